from click.testing import CliRunner

from pipeline.cli import upr
from pipeline.store.files import write_json
from tests.charts.test_charts import TEST
from tests.stages.test_report import corpus


def test_the_command_writes_the_page_and_says_where(tmp_path):
    write_json(tmp_path / "test.json", TEST)
    out = tmp_path / "page" / "report.html"
    arguments = [
        "report",
        "--corpus",
        str(corpus(tmp_path / "c.parquet")),
        "--evaluation",
        str(tmp_path / "test.json"),
        "--out",
        str(out),
    ]
    done = CliRunner().invoke(upr, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert f"{out}: 125 recommendations in 16 charts" in done.stderr
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_an_unknown_option_is_wrong_usage():
    assert CliRunner().invoke(upr, ["report", "--corpse", "x"]).exit_code == 2
