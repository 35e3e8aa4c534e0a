"""Mutants of documents and tables: none may crash, hang, or end in anything but rows or one clear message.

    python -m tests.sources.documents.fuzzing [--mutants 1000] [--seed 0] [--corpus FOLDER]

Parents are the sample documents and tables of every format, and real documents where a corpus is named.
Bytes are flipped, cut, doubled and moved; parts of DOCX and XLSX are changed inside their archive, so that
the fault reaches the XML and not only the archive's frame.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from pipeline import settings
from pipeline.errors import UprError
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.anything import is_document
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.records import Record
from pipeline.sources.tables.isolation import read_table
from pipeline.sources.tables.reading import Asked
from pipeline.store.vocabularies import load_states

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"
LIMITS = DocumentLimits(seconds=60.0)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: "read", "refused", or the fault that must not be."""

    name: str
    kind: str
    detail: str
    seconds: float


TABLES: dict[str, bytes] = {
    "plan.csv": "No.;Recommendation;Country;Position\r\n7.1;Adopt a law on wells;Per\u00fa;Noted\r\n".encode(
        "cp1252"
    ),
    "plan.tsv": "No.\tTexto\tPa\u00eds\n7.1\tAdoptar una ley de pozos\tPer\u00fa\n".encode("utf-16"),
    "index.json": json.dumps(
        [
            {
                "Text": "7.1 Adopt a law on wells (Peru);",
                "Body": body,
                "UprPositions": ["Noted"],
                "UprSession": ["7"],
            }
            for body in ("- UPR", "- CEDAW")
        ]
    ).encode(),
    "rows.jsonl": b'{"text": "Adopt a law on wells", "lead": 1}\n{"text": "Mend the wells", "lead": null}\n',
    "texts.txt": b"Adopt a law on wells\nMend the wells\n",
}
"""Small tables of the formats that are read; workbooks and Parquet are written when they are needed."""


def tables(folder: Path) -> list[Path]:
    """Tables to start from, written into a folder."""
    for name, content in TABLES.items():
        (folder / name).write_bytes(content)
    rows = [["No.", "Recommendation", "Country"], ["7.1", "Adopt a law on wells", "Peru"]]
    with xlsxwriter.Workbook(folder / "plan.xlsx") as book:
        for title in ("Plan", "Other"):
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    pq.write_table(
        pa.table({"text": ["Adopt a law on wells"] * 50, "lead": [1] * 50}), folder / "rows.parquet"
    )
    return sorted(folder.iterdir())


def parents(corpus: Path | None, folder: Path) -> list[Path]:
    """Documents and tables to start from. Args: `folder`, an empty one, where the tables are written."""
    found = sorted(p for p in SAMPLE.glob("session-document*") if p.suffix in (".pdf", ".docx", ".xlsx"))
    found += tables(folder)
    if corpus is not None:
        found += sorted((corpus / "lists").glob("*.*")) + sorted((corpus / "reports").glob("*.pdf"))[::9]
    return found


def mutate(raw: bytes, rng: random.Random) -> bytes:
    """A few random changes to some bytes."""
    out = bytearray(raw)
    for _ in range(rng.randint(1, 12)):
        if not out:
            break
        at = rng.randrange(len(out))
        size = min(rng.choice((1, 4, 64, 1024)), len(out) - at)
        change = rng.randrange(6)
        if change == 0:
            out[at] = rng.randrange(256)
        elif change == 1:
            del out[at : at + size]
        elif change == 2:
            out[at:at] = out[at : at + size]
        elif change == 3:
            out[at : at + size] = rng.randbytes(size)
        elif change == 4:
            out[at:at] = rng.choice(
                (b"(", b")", b"\x00", b"<", b"&", b"9" * 40, b"(" * 300, b"118.1 ", b"\xff\xfe")
            )
        elif rng.random() < 0.2:
            del out[at:]
    return bytes(out)


def mutate_inside(raw: bytes, rng: random.Random) -> bytes:
    """The same to one part of an archive, which stays a good archive."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        names = archive.namelist()
        likely = [n for n in names if n.endswith((".xml", ".rels"))] or names
        chosen = rng.choice(likely)
        for name in names:
            content = archive.read(name)
            # With a date of its own, or the bytes would depend on the second they are written in.
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            changed.writestr(entry, _mutate_xml(content, rng) if name == chosen else content)
    return out.getvalue()


def _mutate_xml(content: bytes, rng: random.Random) -> bytes:
    """Damage that keeps the XML well-formed in half the cases: values, numbers and texts change places."""
    if rng.random() < 0.5:
        return mutate(content, rng)
    pieces = content.split(b'"')
    for _ in range(rng.randint(1, 20)):
        at = rng.randrange(len(pieces))
        if at % 2:
            pieces[at] = rng.choice(
                (
                    b"",
                    b"-1",
                    b"99999999999999999999",
                    b"x",
                    b"%1.%2.%9",
                    pieces[rng.randrange(1, len(pieces), 2)],
                )
            )
    return b'"'.join(pieces)


def mutants(count: int, seed: int, from_files: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of mutants; the same for the same seed and parents."""
    rng = random.Random(seed)
    for number in range(count):
        parent = from_files[number % len(from_files)]
        raw = parent.read_bytes()
        inside = parent.suffix in (".docx", ".xlsx") and rng.random() < 0.7
        yield f"{number:04d}-{parent.name}", (mutate_inside if inside else mutate)(raw, rng)


def try_one(name: str, raw: bytes, folder: Path) -> Outcome:
    """Read a mutant as `label` would."""
    path = folder / name
    path.write_bytes(raw)
    began = time.perf_counter()
    try:
        kind, detail = "read", f"{_records_in(path)} records"
    except UprError as error:
        kind, detail = "refused", str(error)
        # A reader that stopped on its own, or had to be stopped, met something that it should have refused.
        if "its reader stopped" in detail or "was given up" in detail:
            kind = "fault"
    finally:
        path.unlink()
    return Outcome(name, kind, detail, time.perf_counter() - began)


def _records_in(path: Path) -> int:
    if is_document(path, LIMITS):
        return len(read_document(path, load_states(), LIMITS).records)
    events = read_table(path, Asked(), IngestSettings(), LIMITS)
    return sum(1 for event in events if isinstance(event, Record))


def fuzz(count: int, seed: int, corpus: Path | None, keep: Path | None = None) -> list[Outcome]:
    """Try mutants; those at fault are kept in `keep`."""
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as first,
        ThreadPoolExecutor(2) as pool,
    ):
        load_states()
        made = mutants(count, seed, parents(corpus, Path(first)))
        while batch := [m for _, m in zip(range(16), made, strict=False)]:
            for (name, raw), outcome in zip(
                batch, pool.map(lambda m: try_one(m[0], m[1], Path(folder)), batch), strict=True
            ):
                outcomes.append(outcome)
                if outcome.kind == "fault" and keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / name).write_bytes(raw)
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Try many mutants and tell how they ended; 1 if any was at fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", type=Path, default=settings.corpus_folder())
    parser.add_argument("--keep", type=Path, help="folder for mutants at fault")
    chosen = parser.parse_args(arguments)
    outcomes = fuzz(chosen.mutants, chosen.seed, chosen.corpus, chosen.keep)
    faults = [o for o in outcomes if o.kind == "fault"]
    counts = Counter(o.kind for o in outcomes)
    slowest = max(o.seconds for o in outcomes)
    ended = f"{counts['read']} read, {counts['refused']} refused with a message, {counts['fault']} at fault"
    lines = [
        f"{len(outcomes)} mutants: {ended}; slowest {slowest:.1f} s",
        *(f"{o.name}: {o.detail}" for o in faults),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
