"""Mutants of documents and tables: none may crash, hang, or end in anything but rows or one clear message.

    python -m tests.sources.documents.fuzzing [--mutants 1000] [--seed 0] [--corpus FOLDER]

Parents are the sample documents and tables of every format (.doc where LibreOffice is installed, to write and
to read it), and real documents where a corpus is named. A mutant that takes too long is tried again alone, as
other work on the machine may be the reason.

Bytes are flipped, cut, doubled and moved; parts of DOCX and XLSX are changed inside their archive, so that
the fault reaches the XML and not only the archive's frame.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import settings
from pipeline.errors import UprError
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.anything import is_document
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.records import Record
from pipeline.sources.tables.events import TableOptions
from pipeline.sources.tables.isolation import read_table
from pipeline.store.vocabularies import load_states
from tests.sources.documents.fuzzing_parents import parents

LIMITS = DocumentLimits(seconds=60.0)
ALONE = DocumentLimits(seconds=300.0)
_TOO_SLOW = "was given up"


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: "read", "refused", or the fault that must not be; `again` where it was tried
    twice because it took too long beside others.
    """

    name: str
    kind: str
    detail: str
    seconds: float
    again: bool = False


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
        inside = parent.suffix in (".docx", ".xlsx", ".ods") and rng.random() < 0.7
        yield f"{number:04d}-{parent.name}", (mutate_inside if inside else mutate)(raw, rng)


def try_one(name: str, raw: bytes, folder: Path, limits: DocumentLimits = LIMITS) -> Outcome:
    """Read a mutant as `label` would."""
    path = folder / name
    path.write_bytes(raw)
    began = time.perf_counter()
    try:
        kind, detail = "read", f"{_records_in(path, limits)} records"
    except UprError as error:
        kind, detail = "refused", str(error)
        # A reader that stopped on its own, or had to be stopped, met something that it should have refused.
        if "its reader stopped" in detail or _TOO_SLOW in detail:
            kind = "fault"
    finally:
        path.unlink()
    return Outcome(name, kind, detail, time.perf_counter() - began)


def _records_in(path: Path, limits: DocumentLimits) -> int:
    if is_document(path, limits):
        return len(read_document(path, load_states(), limits).records)
    events = read_table(path, TableOptions(), IngestSettings(), limits)
    return sum(1 for event in events if isinstance(event, Record))


def fuzz(
    count: int, seed: int, corpus: Path | None, keep: Path | None = None, *, with_office: bool = True
) -> list[Outcome]:
    """Try mutants; those at fault are kept in `keep`."""
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as first,
        ThreadPoolExecutor(2) as pool,
    ):
        load_states()
        made = mutants(count, seed, parents(corpus, Path(first), with_office=with_office))
        while batch := [m for _, m in zip(range(16), made, strict=False)]:
            for (name, raw), outcome in zip(
                batch, list(pool.map(lambda m: try_one(m[0], m[1], Path(folder)), batch)), strict=True
            ):
                slow = outcome.kind == "fault" and _TOO_SLOW in outcome.detail
                outcome = try_one(name, raw, Path(folder), ALONE) if slow else outcome  # noqa: PLW2901
                outcomes.append(replace(outcome, again=slow))
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
        f"took more than {LIMITS.seconds:g} s and were tried again alone: {sum(o.again for o in outcomes)}",
        *(f"{o.name}: {o.detail}" for o in faults),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
