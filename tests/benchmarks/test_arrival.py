"""The backtest of the arrival report, on the sample corpus."""

from benchmarks.arrival import Backtest, main
from pipeline import settings
from pipeline.arrival.estimates import METHODS


def test_a_session_is_judged_by_earlier_ones_only(sample):
    backtest = Backtest(sample, settings.load())
    assert {sample.sessions[i] for i in backtest.places(1, 16)} == {2, 4, 6, 8, 10, 12, 14, 16}
    found = backtest.session(18)
    assert {*METHODS, "accuracy", "tags", "accepted error"} == set(found)
    assert abs(found["as_before"]) < 0.5
    pledges = [i for i, kind in enumerate(sample.table["kind"].to_pylist()) if kind == "pledge"]
    assert not set(pledges) & set(backtest.places(1, 99).tolist())


def test_a_corpus_that_is_not_there_is_one_message(tmp_path, capsys):
    assert main([str(tmp_path / "none.parquet")]) == 1
    assert "none.parquet" in capsys.readouterr().err
