"""Uwazi's rows as records: API rows, JSON files in their shapes, and the CSV export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import settings
from pipeline.errors import SettingsError, SourceError, UprError
from pipeline.sources.records import Record
from pipeline.sources.uwazi.entities import is_uwazi_line, load_mapping, mapping_from, read_uwazi_json, record
from pipeline.stages import ingest
from tests.sources.uwazi.uwazi_server import Instance, as_csv, entity, invent

MAPPING = load_mapping()


def metadata(**changes: Any) -> dict[str, Any]:
    """The metadata of a recommendation as the live database gives it."""
    return {
        "recommendation": [{"value": "Strengthen the work of nurses in remote valleys"}],
        "action_category": [{"value": "a4", "label": "4 - General action"}],
        "issues": [{"value": "i1", "label": "Right to health"}, {"value": "i2", "label": "Labour"}],
        "response": [{"value": "r1", "label": "Not Supported"}],
        "session": [{"value": "s44", "label": "44 - November 2023"}],
        "cycle": [{"value": "c4", "label": "Cycle 4"}],
        "state_under_review": [{"value": "x1", "label": "Cape Verde", "type": "entity", "icon": None}],
        "recommending_state": [{"value": "x2", "label": "Iceland"}],
        "state_under_review___regional_group": [{"value": "g1", "label": "Africa"}],
        **changes,
    }


def read(**changes: Any) -> Record:
    return record(entity("s1", 1, metadata(**changes)), MAPPING, "db.example", 3, "en")


def test_each_field_is_read() -> None:
    assert read() == Record(
        "db.example",
        3,
        "Strengthen the work of nurses in remote valleys",
        state_under_review="Cape Verde",
        recommending_states=("Iceland",),
        session="44 - November 2023",
        response="Not Supported",
        language="en",
        action="4 - General action",
        issues=("Right to health", "Labour"),
    )


@pytest.mark.parametrize("nothing", [[], None, [{"value": ""}], [{"value": None, "label": ""}]])
def test_what_is_not_given_is_empty(nothing: Any) -> None:
    made = read(
        session=nothing,
        response=nothing,
        issues=nothing,
        recommending_state=nothing,
        action_category=nothing,
        recommendation=nothing,
    )
    assert made.fault is None
    assert (made.text, made.session, made.response, made.issues, made.recommending_states, made.action) == (
        None,
        None,
        "",
        (),
        (),
        None,
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"session": "44"}, "'session' is not a list of {value, label}"),
        ({"session": ["44"]}, "'session' is not a list of {value, label}"),
        (
            {"session": [{"value": "a", "label": "1"}, {"value": "b", "label": "2"}]},
            "'session' holds more than one value",
        ),
        ({"recommendation": [{"value": {"text": "x"}}]}, "'recommendation' holds a value that is not text"),
        ({"recommendation": [{"value": 5}]}, "'recommendation' holds a value that is not text"),
    ],
)
def test_what_cannot_be_read_is_a_fault_of_the_row(changes: dict[str, Any], fault: str) -> None:
    made = read(**changes)
    assert made.fault is not None
    assert fault in made.fault


def test_an_unknown_key_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(
        SourceError, match=r"db.example, row 3: .*'sdg', 'gdp'.*Add it under fields or ignored of `uwazi`"
    ):
        read(sdg=[], gdp=[])


def test_another_language_is_a_fault() -> None:
    made = record(entity("s1", 1, metadata(), "es"), MAPPING, "db.example", 1, "en")
    assert made.fault is not None
    assert "The row is in 'es'" in made.fault
    assert record(entity("s1", 1, metadata(), "es"), MAPPING, "db.example", 1, "es").fault is None


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(text=words, issues=st.lists(words), states=st.lists(words), session=words)
def test_what_was_put_in_comes_out(text: str, issues: list[str], states: list[str], session: str) -> None:
    made = read(
        recommendation=[{"value": text}],
        issues=[{"value": str(i), "label": label} for i, label in enumerate(issues)],
        recommending_state=[{"value": str(i), "label": label} for i, label in enumerate(states)],
        session=[{"value": "s", "label": session}],
    )
    assert (made.text, made.issues, made.recommending_states, made.session) == (
        text,
        tuple(issues),
        tuple(states),
        session,
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "label", "values", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(sorted(MAPPING.fields)), json_values)
    | json_values.filter(lambda v: not isinstance(v, dict)),
    json_values,
)
def test_no_row_whatever_breaks_the_reader(content: Any, language: Any) -> None:
    made = record({"sharedId": "s1", "language": language, "metadata": content}, MAPPING, "f", 1, "en")
    assert made.fault is not None or made.text is None or isinstance(made.text, str)


def as_object(rows: list[Any]) -> str:
    return json.dumps({"rows": rows, "totalRows": len(rows)}, indent=1)


def as_list(rows: list[Any]) -> str:
    return json.dumps(rows)


def as_lines(rows: list[Any]) -> str:
    return "\n".join(json.dumps(row) for row in rows) + "\n\n"


@pytest.fixture(scope="module")
def instance() -> Instance:
    return invent(80, big_session=20, without_session=5, later_tags=0)


@pytest.mark.parametrize("shape", [as_object, as_list, as_lines])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_all_shapes_of_a_file_are_read(
    shape: Callable[[list[Any]], str], mark: str, instance: Instance, tmp_path: Path
) -> None:
    path = tmp_path / "export.json"
    path.write_text(mark + shape(instance.entities), encoding="utf-8")
    made = list(read_uwazi_json(path))
    assert [r.text for r in made] == [e["metadata"]["recommendation"][0]["value"] for e in instance.entities]
    assert [r.row for r in made] == list(range(1, 81))
    assert {r.fault for r in made} == {None}


def test_lines_are_told_from_the_projects_own(instance: Instance, tmp_path: Path) -> None:
    theirs, ours, broken = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "c.jsonl"
    theirs.write_text(as_lines(instance.entities))
    ours.write_text('{"text": "Continue the work"}\n')
    broken.write_text('{"text": ')
    assert [is_uwazi_line(path) for path in (theirs, ours, broken, tmp_path / "none")] == [
        True,
        False,
        False,
        False,
    ]
    assert ingest.run([theirs], tmp_path / "o.parquet", settings.load()).checked.table.num_rows == 80


def test_repeated_entities_and_other_languages_are_rejects(instance: Instance, tmp_path: Path) -> None:
    path, out = tmp_path / "export.json", tmp_path / "o.parquet"
    first = instance.entities[0]
    path.write_text(as_list([*instance.entities, first, {**first, "language": "es"}, {"title": "x"}, 7]))
    report = ingest.run([path], out, settings.load())
    assert report.checked.table.num_rows == 80
    assert [r.row for r in report.checked.rejects] == [81, 82, 83, 84]
    reasons = [r.reason for r in report.checked.rejects]
    assert "repeats the entity of row 1" in reasons[0]
    assert "The row is in 'es'" in reasons[1]
    assert "has no metadata" in reasons[2]
    assert "has no metadata" in reasons[3]


def test_a_broken_line_is_a_reject(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(as_lines(instance.entities[:3]) + '{"metadata": \n')
    made = list(read_uwazi_json(path))
    assert [r.fault is None for r in made] == [True, True, True, False]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"[]", "the file has no rows"),
        (b'{"rows": []}', "the file has no rows"),
        (b'{"rows": [{"metadata"', "is not JSON"),
        (b'{"totalRows": 3}', "neither a list of rows"),
        (b'"text"', "neither a list of rows"),
        ('["caf\u00e9"]'.encode("latin-1"), "is not UTF-8"),
        (b"%PDF-1.4\n%\xe2\xe3", "is not UTF-8"),
        (b"To,Text\nA,B\n", "is not JSON"),
    ],
)
def test_a_file_that_is_no_export_is_one_clear_error(content: bytes, message: str, tmp_path: Path) -> None:
    path, out = tmp_path / "export.json", tmp_path / "o.parquet"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        ingest.run([path], out, settings.load())
    assert [p.name for p in tmp_path.iterdir()] == ["export.json"]


def test_lone_surrogates_do_not_stop_the_table(tmp_path: Path) -> None:
    path, out = tmp_path / "export.json", tmp_path / "o.parquet"
    changed = metadata(
        response=[{"value": "r", "label": "Supported\ud800"}],
        recommendation=[{"value": "Strengthen\udfff clinics"}],
    )
    path.write_text(
        as_list(
            [
                entity("a\ud800", 1, changed),
                entity("a\ud800", 2, changed),
                entity("b", 1, metadata(session=[{"label": "\ud800"}])),
            ]
        )
    )
    report = ingest.run([path], out, settings.load())
    assert pq.read_table(out)["text"].to_pylist() == ["Strengthen clinics"]
    assert len(report.checked.rejects) == 2


def test_the_csv_export_gives_the_same_table(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "export.json").write_text(as_object(instance.entities))
    as_csv(instance, tmp_path / "export.csv")
    tables = []
    for name in ("export.json", "export.csv"):
        out = tmp_path / "a" / f"{name}.parquet"
        report = ingest.run([tmp_path / name], out, settings.load())
        assert report.checked.rejects == []
        tables.append(pq.read_table(out).drop_columns(["source_file"]))
    assert tables[0].num_rows == 80
    assert tables[0].equals(tables[1])
    assert max(len(tags) for tags in tables[0]["issues"].to_pylist()) > 1


def test_the_settings_are_checked() -> None:
    content = yaml.safe_load((settings.home() / "configs" / "sources.yaml").read_text())["uwazi"]
    assert mapping_from(content, "f") == MAPPING
    with pytest.raises(SettingsError, match="'wording' is not a field"):
        mapping_from(content | {"fields": {"recommendation": "wording"}}, "f")
    for key in content:
        with pytest.raises(UprError, match=key):
            mapping_from({k: v for k, v in content.items() if k != key}, "f")
    with pytest.raises(SettingsError, match="cannot be used"):
        mapping_from(content | {"result_cap": "many"}, "f")
