"""Bad input costs no data: whole output or none, one clear message, exit code 1, rejects counted and kept."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline import cli, settings
from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.sheets import open_tables
from tests.small_disk import limited_files, small_disk

HEADINGS = ["To", "Text", "From", "Response", "Action", "Issue", "Session"]
GOOD = ["Iceland", "Adopt a law on the safety of ferries", "Bhutan", "Accepted", "5", "Other", "7"]

Upr = Callable[..., tuple[int, str]]


def table(*rows: list[str], headings: list[str] = HEADINGS, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([headings, *rows])
    return text.getvalue().encode()


def good(**changes: str) -> list[str]:
    return [changes.get(heading, value) for heading, value in zip(HEADINGS, GOOD, strict=True)]


def workbook(path: Path, *rows: list[str]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADINGS, *rows]):
            sheet.write_row(number, 0, row)
    return path


@pytest.fixture
def upr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Upr:
    """Run the command line in this process; anything but an orderly exit fails the test."""

    def run(*arguments: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["upr", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        captured = capsys.readouterr()
        assert captured.out == ""
        return int(stopped.value.code or 0), captured.err

    return run


def ingest(upr: Upr, source: Path, *more: str) -> tuple[int, str, Path, list[dict[str, object]]]:
    """`upr ingest`: code, messages, output, rejects."""
    out = source.parent / "out" / "table.parquet"
    code, heard = upr("ingest", source, "--out", out, *more)
    rejects = out.with_name("table.parquet.rejects.jsonl")
    return (
        code,
        heard,
        out,
        [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else [],
    )


def refused(upr: Upr, source: Path, message: str, *more: str) -> None:
    """The whole is refused: one line that names the file and says `message`, and no output."""
    code, heard, out, _ = ingest(upr, source, *more)
    assert code == 1
    assert heard.startswith("upr: ")
    assert len(heard.splitlines()) == 1, heard
    assert source.name in heard
    assert message in heard
    assert not out.parent.exists() or not list(out.parent.iterdir())


FILES: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "the file is empty"),
    ("empty.xls", b"", "the file is empty"),
    ("empty.xlsx", b"", "the file is empty"),
    ("empty.json", b"", "the file is empty"),
    ("empty.jsonl", b"", "no rows"),
    ("empty.parquet", b"", "is not a Parquet file"),
    ("blank.csv", b"\r\r \n", "the file is empty"),
    ("bom.csv", b"\xef\xbb\xbf", "the file has no headings"),
    ("headings.csv", table(), "headings and no rows"),
    (
        "columns.csv",
        table(["a", "b"], headings=["Name", "Price"]),
        "the columns are not those of a known table",
    ),
    ("missing.csv", table(GOOD[:1] + GOOD[2:], headings=HEADINGS[:1] + HEADINGS[2:]), "'text' is missing"),
    ("more.csv", table([*GOOD, "x"], headings=[*HEADINGS, "Remark"]), "column 'Remark' is not known"),
    ("twice.csv", table([*GOOD, "x"], headings=[*HEADINGS, "Text"]), "column 'Text' is repeated"),
    ("report.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "this is a PDF document"),
    ("book.csv", b"PK\x03\x04" + bytes(50), "this is a ZIP container"),
    ("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "this is a legacy Office file"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(50), "this is a picture"),
    ("report.xls", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "the workbook cannot be read"),
    ("page.xls", b"<html><table><tr><td>To</td></tr></table></html>", "the columns are not those of a known"),
    ("cut.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "the workbook cannot be read"),
    ("text.parquet", b"To,Text\n", "is not a Parquet file"),
    ("zeros.csv", bytes(4096), "this is no text, whatever its ending says"),
    ("words.docx", b"PK\x03\x04", "is not a kind of table"),
    ("none", table(GOOD), "is not a kind of table"),
    ("columns.jsonl", b'{"wording": "x"}\n', "column 'text' is missing"),
]


@pytest.mark.parametrize(("name", "content", "message"), FILES, ids=[name for name, _, _ in FILES])
def test_a_file_that_cannot_be_used_is_one_message_and_no_output(
    name: str, content: bytes, message: str, upr: Upr, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    refused(upr, tmp_path / name, message)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook(share: float, upr: Upr, tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", *[good(Text=f"Adopt law {n}") for n in range(300)]).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: int(len(whole) * share)])
    refused(upr, tmp_path / "cut.xlsx", "the workbook cannot be read")


@pytest.mark.corpus
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_the_truncated_export_of_the_website(share: float, upr: Upr, tmp_path: Path) -> None:
    folder = settings.corpus_folder()
    if folder is None:
        pytest.skip("UPR_CORPUS is not set: no .xls of the website to cut")
    whole = (folder / "upr-info" / "6-9.xls").read_bytes()
    (tmp_path / "cut.xls").write_bytes(whole[: int(len(whole) * share)])
    refused(upr, tmp_path / "cut.xls", "the workbook cannot be read")


def test_what_is_not_there(upr: Upr, tmp_path: Path) -> None:
    refused(upr, tmp_path / "missing.csv", "there is no such file")
    (tmp_path / "folder").mkdir()
    refused(upr, tmp_path / "folder", "the folder holds no file that can be read")


def test_one_bad_file_of_two_stops_both(upr: Upr, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(GOOD))
    (tmp_path / "b.csv").write_bytes(b"")
    out = tmp_path / "o.parquet"
    code, heard = upr("ingest", tmp_path / "a.csv", tmp_path / "b.csv", "--out", out)
    assert (code, out.exists()) == (1, False)
    assert "b.csv: the file is empty" in heard


def test_an_earlier_output_stays_when_the_input_is_bad(upr: Upr, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(table(GOOD))
    _, _, out, _ = ingest(upr, source)
    before = out.read_bytes()
    source.write_bytes(table(good(Action="6")))
    code, _, _, rejects = ingest(upr, source)
    assert code == 1
    assert out.read_bytes() == before
    assert rejects == []


@pytest.mark.parametrize(
    ("option", "message"),
    [("--encoding", "there is no encoding 'ebcdick'"), ("--taxonomy", "there is no taxonomy 'ebcdick'")],
)
def test_an_option_that_names_nothing(option: str, message: str, upr: Upr, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(GOOD))
    code, heard = upr("ingest", tmp_path / "a.csv", "--out", tmp_path / "o.parquet", option, "ebcdick")
    assert (code, len(heard.splitlines())) == (1, 1)
    assert message in heard


@pytest.mark.parametrize("delimiter", ["", ";;", "\n", '"'])
def test_a_delimiter_that_cannot_be(delimiter: str, upr: Upr, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(GOOD))
    code, heard = upr("ingest", tmp_path / "a.csv", "--out", tmp_path / "o.parquet", "--delimiter", delimiter)
    if delimiter:
        assert (code, len(heard.splitlines())) == (1, 1)
        assert "cannot separate" in heard
    else:
        assert code == 0


def test_the_output_must_be_parquet_and_a_file(upr: Upr, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(GOOD))
    (tmp_path / "folder.parquet").mkdir()
    for out, message in (
        (tmp_path / "o.csv", "End --out in .parquet"),
        (tmp_path / "folder.parquet", "Name a file, not a folder"),
        (tmp_path / "a.csv" / "o.parquet", "is not a folder. Name a folder that exists"),
    ):
        code, heard = upr("ingest", tmp_path / "a.csv", "--out", out)
        assert (code, len(heard.splitlines())) == (1, 1)
        assert message in heard
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "folder.parquet"]
    assert list((tmp_path / "folder.parquet").iterdir()) == []


ROWS: list[tuple[str, list[str], str]] = [
    ("action 6", good(Action="6"), "'6' is not an action category. Use 1 to 5."),
    ("action 0", good(Action="0"), "'0' is not an action category"),
    ("action word", good(Action="specific"), "'specific' is not an action category"),
    ("action 4.5", good(Action="4.5"), "'4.5' is not an action category"),
    ("unknown tag", good(Issue="Right to helth"), "Did you mean 'Right to health'?"),
    ("one unknown tag of two", good(Issue="Labour,Ferries"), "'Ferries' is not one of the 54 tags"),
    ("empty text", good(Text=""), "The text is empty"),
    ("only signs", good(Text=" -- "), "The text is empty"),
    ("unknown State", good(To="Icelnd"), "Did you mean 'Iceland'?"),
    ("session word", good(Session="spring"), "'spring' is not a UPR session"),
    ("session 0", good(Session="0"), "'0' is not a UPR session"),
    ("response", good(Response="Maybe"), "'Maybe' is not a response"),
    ("10 MB in a cell", good(Text="law " * 2_500_000), "more than the 20,000 of a recommendation"),
    ("10 MB in the State", good(To="Iceland" * 1_400_000), "is not a State"),
    ("10 MB in the tags", good(Issue="Labour" * 1_600_000), "is not one of the 54 tags"),
    ("10 MB in the response", good(Response="no " * 3_300_000), "is not a response"),
    ("10 MB in the session", good(Session="9" * 10_000_000), "is not a UPR session"),
    ("10 MB in the action", good(Action="5" * 10_000_000), "is not an action category"),
    ("NUL in the text", good(Text="Adopt a\x00 law"), "NUL"),
    ("too few cells", GOOD[:-1], "The row has 6 cells, the heading 7"),
    ("too many cells", [*GOOD, "x"], "The row has 8 cells, the heading 7"),
]


def _large_field(name: str) -> list[pytest.MarkDecorator]:
    """One field of 10 MB is enough in the quick suite: they take seconds each."""
    return [pytest.mark.long] if name.startswith("10 MB in the ") else []


@pytest.mark.parametrize(
    ("row", "reason"), [pytest.param(*r[1:], id=r[0], marks=_large_field(r[0])) for r in ROWS]
)
def test_a_bad_row_goes_to_the_rejects_and_the_others_stay(
    row: list[str], reason: str, upr: Upr, tmp_path: Path
) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(table(good(Text="Adopt law 1"), row, good(Text="Adopt law 3")))
    code, heard, out, rejects = ingest(upr, source)
    assert code == 0
    assert pq.read_table(out)["text"].to_pylist() == ["Adopt law 1", "Adopt law 3"]
    assert [(r["file"], r["row"]) for r in rejects] == [("a.csv", 2)]
    assert reason in str(rejects[0]["reason"])
    assert len(json.dumps(rejects[0])) < 2_000
    assert "1 rows rejected" in heard
    shutil.rmtree(out.parent)
    refused(upr, source, "Nothing was written because of --strict", "--strict")


def test_bytes_of_two_encodings_in_one_file(upr: Upr, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    lines = [",".join(HEADINGS).encode()]
    lines += [
        ",".join(good(Text=f"Protéger les côtes, n° {n}".replace(",", " "))).encode() for n in range(20)
    ]
    lines.insert(7, ",".join(good(Text="Prot\xe9ger la c\xf4te")).encode("latin-1"))
    source.write_bytes(b"\n".join(lines))
    code, heard, out, rejects = ingest(upr, source)
    assert code == 0
    assert "utf-8" in heard
    assert pq.read_table(out).num_rows == 20
    assert [(r["row"], "bytes that are not utf-8" in str(r["reason"])) for r in rejects] == [(7, True)]


@pytest.mark.parametrize("place", ["Text", "Session", "To"])
def test_a_quotation_mark_left_open_swallows_no_rows(place: str, upr: Upr, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    rows = [",".join(good(Text=f"Adopt law {n}")) for n in range(1, 6)]
    value = {"Text": "Adopt law 2", "Session": "7", "To": "Iceland"}[place]
    rows[1] = rows[1].replace(value, '"' + value)
    source.write_text("\n".join([",".join(HEADINGS), *rows]) + "\n")
    code, _, out, rejects = ingest(upr, source)
    assert code == 0
    assert pq.read_table(out)["text"].to_pylist() == [
        "Adopt law 1",
        "Adopt law 3",
        "Adopt law 4",
        "Adopt law 5",
    ]
    assert [(r["row"], "quotation mark in the row is not closed" in str(r["reason"])) for r in rejects] == [
        (2, True)
    ]


lines_of_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(st.tuples(lines_of_text, lines_of_text), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t"),
)
def test_cells_with_quotes_and_line_ends_come_back_as_they_were(
    cells: list[tuple[str, str]], delimiter: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cells") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("To", "Text"), *cells])
    rows = list(open_tables(path, DocumentLimits(), "utf-8", delimiter)[0].rows)
    assert [row.cells for row in rows] == cells
    assert {row.fault for row in rows} == {None}


@hypothesis_settings(max_examples=80, deadline=None)
@given(content=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".tsv", ".xls", ".xlsx"]))
def test_no_bytes_whatever_break_the_reader(
    content: bytes, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    path.write_bytes(content)
    with contextlib.suppress(SourceError):
        found = open_tables(path, DocumentLimits())[0]
        assert all(len(row.cells) == len(found.headings) for row in found.rows)


def process(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False, **options)


def unprivileged(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `upr` as someone whom file permissions bind; root is bound once its capabilities are taken away."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root reads everything, and there is no setpriv to bind it")
        command = [
            "setpriv",
            "--bounding-set=-dac_override,-dac_read_search",
            "--inh-caps=-dac_override,-dac_read_search",
            *command,
        ]
    return process(command, cwd=settings.home())


def test_no_permission_to_read(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(table(GOOD))
    source.chmod(0)
    done = unprivileged("ingest", source, "--out", tmp_path / "o.parquet")
    assert done.returncode == 1, done.stderr
    assert done.stderr == f"upr: {source}: Permission denied. Ask for permission, or choose another place.\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.jsonl", "a.parquet", "a.json"])
def test_no_permission_to_read_other_kinds(name: str, tmp_path: Path) -> None:
    source = tmp_path / name
    source.write_bytes(b"x")
    source.chmod(0)
    done = unprivileged("ingest", source, "--out", tmp_path / "o.parquet")
    assert done.returncode == 1, done.stderr
    assert "Permission denied" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_permission_to_write(tmp_path: Path) -> None:
    source, folder = tmp_path / "a.csv", tmp_path / "closed"
    source.write_bytes(table(GOOD))
    folder.mkdir(mode=0o555)
    done = unprivileged("ingest", source, "--out", folder / "o.parquet")
    folder.chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert "Permission denied" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(folder.iterdir()) == []


def test_an_export_without_rows_is_a_fault_also_beside_others(upr: Upr, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(table(GOOD))
    (folder / "b.csv").write_bytes(table())
    code, heard = upr("ingest", folder, "--out", tmp_path / "o.parquet")
    assert (code, heard) == (1, "upr: b.csv: the table has headings and no rows. Export it again.\n")
    assert not (tmp_path / "o.parquet").exists()


def test_it_is_said_that_a_table_of_ours_has_no_row_yet(upr: Upr, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table(GOOD))
    (tmp_path / "decisions.csv").write_text("text,state_under_review,session,action,issues,label_source\n")
    code, heard = upr(
        "ingest", tmp_path / "a.csv", tmp_path / "decisions.csv", "--out", tmp_path / "o.parquet"
    )
    assert code == 0
    assert "decisions.csv: no row yet, so nothing is taken from it" in heard
    assert pq.read_metadata(tmp_path / "o.parquet").num_rows == 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "64k") as folder:
        yield folder


def many(path: Path) -> Path:
    """A table whose Parquet takes more than 64 KiB."""
    path.write_bytes(table(*[good(Text=f"Adopt law {os.urandom(40).hex()}") for _ in range(2_000)]))
    return path


def test_a_full_disk(disk: Path, upr: Upr, tmp_path: Path) -> None:
    code, heard = upr("ingest", many(tmp_path / "a.csv"), "--out", disk / "o.parquet")
    assert code == 1
    assert len(heard.splitlines()) == 1
    assert "No space left on device. Free some space" in heard
    assert list(disk.iterdir()) == []


def test_a_full_disk_leaves_the_earlier_output(disk: Path, upr: Upr, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(table(GOOD, good(Action="9")))
    out = disk / "o.parquet"
    assert upr("ingest", source, "--out", out)[0] == 0
    before = {p.name: p.read_bytes() for p in disk.iterdir()}
    assert upr("ingest", many(source), "--out", out)[0] == 1
    assert {p.name: p.read_bytes() for p in disk.iterdir()} == before


def test_a_full_disk_of_temporary_files(disk: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "pipeline", "label", "-", "--out", str(tmp_path / "o.csv")]
    environment = {**os.environ, "TMPDIR": str(disk)}
    done = process(
        arguments,
        cwd=settings.home(),
        input="Adopt a law on the safety of ferries\n" * 5_000,
        env=environment,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert f"upr: {disk}: No space left on device. Free some space" in done.stderr
    assert list(disk.iterdir()) == []
    assert not (tmp_path / "o.csv").exists()


def test_a_limit_on_file_sizes(tmp_path: Path) -> None:
    source, folder = many(tmp_path / "a.csv"), tmp_path / "out"
    folder.mkdir()
    arguments = [sys.executable, "-m", "pipeline", "ingest", str(source), "--out", str(folder / "o.parquet")]
    done = process(
        arguments,
        cwd=settings.home(),
        preexec_fn=limited_files(65_536),
    )
    assert done.returncode == 1, done.stderr
    assert "File too large. Free some space" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("reference", ["nowhere", "models:/nobody@champion"])
def test_a_missing_model(reference: str, upr: Upr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    settings.load.cache_clear()
    (tmp_path / "a.txt").write_text("Adopt a law on the safety of ferries\n")
    code, heard = upr("label", tmp_path / "a.txt", "--out", tmp_path / "o.csv", "--model", reference)
    settings.load.cache_clear()
    assert code == 1
    assert reference.split(":/")[-1].split("@")[0] in heard
    assert heard.splitlines()[-1].startswith("upr: ")
    assert not (tmp_path / "o.csv").exists()


# What is a fault of gold is none of a table to be labelled: a text is all that it needs.
LABELLED = ("more.csv", "twice.csv", "columns.jsonl")
REFUSED = [(name, content) for name, content, _ in FILES if name not in LABELLED]


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=[name for name, _ in REFUSED])
def test_label_refuses_the_same_files(name: str, content: bytes, upr: Upr, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    code, heard = upr("label", tmp_path / name, "--out", tmp_path / "o.parquet")
    assert code == 1
    assert name in heard
    assert heard.splitlines()[-1].startswith("upr: ")
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", LABELLED)
def test_label_takes_a_table_whose_headings_it_does_not_know(name: str, upr: Upr, tmp_path: Path) -> None:
    (content,) = (content for known, content, _ in FILES if known == name)
    (tmp_path / name).write_bytes(content)
    code, heard = upr("label", tmp_path / name, "--out", tmp_path / "o.parquet")
    assert code == 0
    assert "1 rows labelled" in heard
