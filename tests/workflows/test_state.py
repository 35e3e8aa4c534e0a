"""The folder that an update keeps its state in."""

from datetime import UTC, datetime

from pipeline.workflows.state import UpdateState, keyed, write_rows

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_a_run_that_was_cut_short_goes_on_and_another_begins_after_it_ended(tmp_path):
    state = UpdateState(tmp_path)
    run, resumed = state.begin(["a"], NOW)
    assert not resumed
    again, resumed = state.begin(["a"], NOW)
    assert (again, resumed) == (run, True)
    state.end(run, {"run": run.name})
    assert state.log() == [{"run": run.name}]
    following, resumed = state.begin(["a"], NOW)
    assert not resumed
    assert following.name != run.name, "the log names each run once"


def test_runs_of_one_second_have_folders_of_their_own(tmp_path):
    state = UpdateState(tmp_path)
    first, _ = state.begin(["a"], NOW)
    first.folder.mkdir(parents=True)
    state.end(first, {"run": first.name})
    second, _ = state.begin(["a"], NOW)
    assert second.name == f"{first.name}-2"


def test_other_sources_begin_a_run_of_their_own(tmp_path):
    state = UpdateState(tmp_path)
    first, _ = state.begin(["a"], NOW)
    first.folder.mkdir(parents=True)
    other, resumed = state.begin(["b"], NOW)
    assert not resumed
    assert other.name != first.name


def test_a_run_is_logged_once_and_a_half_written_line_is_mended(tmp_path):
    state = UpdateState(tmp_path)
    run, _ = state.begin(["a"], NOW)
    state.end(run, {"run": run.name})
    state.end(run, {"run": run.name})
    assert len(state.log()) == 1
    with state.log_path.open("a") as file:
        file.write('{"run": "cut sho')
    assert len(state.log()) == 1
    state.end(state.begin(["a"], NOW)[0], {"run": "next"})
    assert [entry["run"] for entry in state.log()] == [run.name, "next"]


def test_rows_come_back_as_they_were(tmp_path):
    rows = {
        "r": {
            "rec_id": "x",
            "row_id": "r",
            "text": "Do it",
            "issue_scores": None,
            "recommending_states": ["A"],
        }
    }
    write_rows(tmp_path / "rows.parquet", rows)
    found = keyed(tmp_path / "rows.parquet")
    assert found["r"]["recommending_states"] == ["A"]
    assert keyed(tmp_path / "none.parquet") == {}


def test_folders_of_old_runs_are_removed_and_the_log_keeps_all(tmp_path):
    state = UpdateState(tmp_path)
    names = []
    for _ in range(12):
        run, _ = state.begin(["a"], NOW)
        run.folder.mkdir(parents=True)
        state.end(run, {"run": run.name})
        state.remove_old_runs(3)
        names.append(run.name)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == sorted(names[-3:])
    assert [entry["run"] for entry in state.log()] == names
