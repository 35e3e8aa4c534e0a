"""Checks that whatever follows from the Parquet tables of a release is what follows from them.

Copies, figures, pages, metrics and texts are made again from the tables and release.json, and compared byte
by byte. So whoever forges one of them has to forge the tables, too; those only a signature protects.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.charts.drawing import DRAWN_BY
from pipeline.corpus.text import cycle_of, recommendation_id
from pipeline.options import SplitOptions
from pipeline.release.checks.rows import Faults, Opened
from pipeline.release.files.copies import content
from pipeline.release.files.edition import edition_of, taxonomy_table, threads_facts
from pipeline.release.files.writing import Edition, rendered, workbook_without_rows
from pipeline.release.site.packed import unpacked
from pipeline.release.statistics.measured import machine_scores
from pipeline.release.statistics.metrics import both, quality_of
from pipeline.release.tables.content import Content
from pipeline.release.tables.keys import with_keys
from pipeline.release.tables.splitting import split_table, with_in_sample
from pipeline.release.tables.spreading import with_state_columns
from pipeline.store.files import read_json
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states, load_taxonomy_file

_DRAWING = re.compile(rb"<svg.*?</svg>", re.DOTALL)


def derived(release: Opened) -> Faults:
    """Columns that follow from others: ids, cycles, codes and regions of States, splits."""
    table, states = release.tables["recommendations"], load_states()
    names = ("text", "state_under_review", "session", "cycle", "rec_id", "text_group")
    iso = cache(lambda name: (state.iso if (state := states.find(name)) else None) if name else None)
    for number, (text, reviewed, session, cycle, rec_id, group) in enumerate(
        zip(*(table[n].to_pylist() for n in names), strict=True), 1
    ):
        code = iso(reviewed)
        if (code or not reviewed) and rec_id != recommendation_id(code or "", session, text or ""):
            yield f"recommendations.parquet, row {number}: rec_id is not that of State, session and text."
            break
        if group != recommendation_id("", None, text or "") or cycle != cycle_of(session):
            yield f"recommendations.parquet, row {number}: text_group or cycle do not follow from the row."
            break
    yield from _keyed(release)
    added = [n for n in table.column_names if n.endswith(("_iso", "_region")) or n == "recommending_state"]
    due = with_state_columns(table.drop_columns(added), states)
    for name in added:
        if table[name].to_pylist() != due[name].to_pylist():
            yield f"recommendations.parquet: {name} does not follow from the State."
    taxonomy = load_taxonomy_file(read_json(release.folder / "metrics.json")["taxonomy"]).taxonomy
    options = SplitOptions(**release.manifest["splits"])
    if not split_table(table, taxonomy, options).equals(release.tables["splits"]):
        yield "splits.parquet is not what the rules of the splits in release.json give."
    name = "machine_in_sample"
    if not table[name].equals(with_in_sample(table, release.tables["splits"])[name]):
        yield f"recommendations.parquet: {name} does not follow from the splits."


def _keyed(release: Opened) -> Faults:
    """`rec_key` and `replaces` follow from the previous release, where that is beside this one."""
    table, before = release.tables["recommendations"], release.manifest["previous"]
    pairs = table.group_by(["rec_id", "rec_key"]).aggregate([])
    if not pairs.num_rows == len(table["rec_id"].unique()) == len(table["rec_key"].unique()):
        yield "recommendations.parquet: rec_key does not name each wording by a key of its own."
    if before is not None and not (release.folder.parent / before).is_dir():
        return
    old = None if before is None else read_parquet(release.folder.parent / before / "recommendations.parquet")
    due = with_keys(table, old)
    for name in ("rec_key", "replaces"):
        if not table[name].equals(due[name]):
            yield f"recommendations.parquet: {name} does not follow from {before or 'rec_id'}."


def recomputed(release: Opened) -> Faults:
    """Every file that follows from the tables and release.json is as they make it."""
    edition = edition_of(_content(release), release.tables["diff"], release.manifest)
    if release.manifest["threads"] != threads_facts():
        yield "threads.parquet was made by other word lists or another classifier than this program's."
    elif not edition.threads.equals(release.tables["threads"]):
        yield "threads.parquet does not follow from the recommendations."
    expected = set()
    for job in rendered(edition):
        for name, due in job().items():
            expected.add(name)
            found = content(release.folder, name, release.manifest)
            if not same(name, found, due, release.manifest["drawn_by"]):
                yield f"{name} is not what the tables and release.json give{_place(found, due)}."
    yield from _sheets(release, edition)
    for folder in sorted({name.partition("/")[0] for name in expected if "/" in name}):
        files = (path for path in (release.folder / folder).rglob("*") if not path.is_dir())
        there = {path.relative_to(release.folder).as_posix() for path in files}
        yield from (f"{name} does not follow from the tables." for name in sorted(there - expected))


def _sheets(release: Opened, edition: Edition) -> Faults:
    """The sheets of the workbook beside its recommendations, which `mirrors` compares with the table."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "upr.xlsx"
        workbook_without_rows(path, edition)
        due = _cells(path)
    try:
        found = _cells(release.folder / "upr.xlsx")
    except CalamineError as error:
        yield f"upr.xlsx: cannot be read as a workbook ({error})."
        return
    if list(found) != list(due):
        yield f"upr.xlsx: has the sheets {', '.join(found)}; due are {', '.join(due)}."
        return
    for name, rows in due.items():
        if name != "Recommendations" and found[name] != rows:
            pairs = enumerate(zip(found[name], rows, strict=False), 1)
            place = next((number for number, (mine, theirs) in pairs if mine != theirs), len(rows))
            yield f"upr.xlsx, sheet {name}, row {place}: is not what the tables and release.json give."


def _cells(path: Path) -> dict[str, list[list[Any]]]:
    """The cells of the sheets of a workbook, of the recommendations none. Raises: CalamineError."""
    with path.open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        return {
            name: [] if name == "Recommendations" else book.get_sheet_by_name(name).to_python()
            for name in book.sheet_names
        }


def same(name: str, found: bytes, due: bytes, drawn_by: str) -> bool:
    """Whether a file is what is due, apart from what other libraries draw or compress by other bytes."""
    if name.endswith(".js"):
        return unpacked(found) == unpacked(due)
    return found == due if drawn_by == DRAWN_BY else _undrawn(found) == _undrawn(due)


def _undrawn(page: bytes) -> bytes:
    """A page without its drawings: another version of the library draws the same figures by other bytes."""
    return _DRAWING.sub(b"", page)


def _content(release: Opened) -> Content:
    """The content that the tables and release.json of a release stand for."""
    tables, known = release.tables, read_json(release.folder / "metrics.json")
    rows, labels, splits = (tables[name] for name in ("recommendations", "labels", "splits"))
    taxonomy = load_taxonomy_file(known["taxonomy"]).taxonomy
    scores = machine_scores(rows, labels, taxonomy)
    # What `upr evaluate` measured does not follow from the tables.
    given = (rows, labels, splits, scores, taxonomy)
    quality = quality_of(both(*given), both(*given, "pledge"), taxonomy, None)
    quality["evaluation"] = known["evaluation"]
    return Content(rows, labels, splits, taxonomy_table(taxonomy.version), quality, scores, {})


def _place(found: bytes, due: bytes) -> str:
    lines = zip(found.splitlines(), due.splitlines(), strict=False)
    number = next((i for i, (a, b) in enumerate(lines, 1) if a != b), None)
    return f" (line {number} differs)" if number else ""
