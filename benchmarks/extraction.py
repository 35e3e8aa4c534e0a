"""How well session documents are read, against what UPR Info's coders took from the same reports.

    python -m benchmarks.extraction [--corpus FOLDER] [--json FILE]

Reports: each extracted wording is compared with the coded rows of its State and session; two are the same
where rapidfuzz's `fuzz.ratio` of their normalised texts is at least 90. A coded row "stands" in its report
where `fuzz.partial_ratio` against the whole text is at least 92; rows that do not stand were reworded or
merged by UPR Info.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import io
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from benchmarks.pipeline import Step
from benchmarks.pipeline import measure as run_step
from pipeline import settings
from pipeline.corpus.brackets import BracketReader
from pipeline.corpus.states import States
from pipeline.corpus.text import cycle_of, normalise
from pipeline.errors import UprError
from pipeline.sources.documents.batch import read_all
from pipeline.sources.documents.kinds.chapter import inner_number, read_item
from pipeline.sources.documents.merge import merge
from pipeline.sources.documents.read import Document
from pipeline.sources.documents.wording.item import WordingReader
from pipeline.sources.records import Record
from pipeline.store.vocabularies import load_states

SAME, STANDS = 90, 92
SEVERAL = ("118.4", "118.12", "118.16", "118.18", "118.130")
_CODED = {"Accepted": "Supported", "Noted": "Noted", "Pending": "Pending"}


@dataclass
class Figures:
    """Counts of one report; those of several are added."""

    counts: Counter[str] = field(default_factory=Counter)

    def share(self, part: str, whole: str) -> float:
        """A share, NaN where there is nothing to share."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else float("nan")


@dataclass(frozen=True)
class Measured:
    """A report against its coded rows.

    Attributes:
        missed: State and text of rows that stand in the report and were not matched; True where the text is
            part of a longer extracted wording, which UPR Info split.
        unmatched: paragraph and text of extracted recommendations that no coded row is like.
    """

    file: str
    session: int
    figures: Figures
    missed: Sequence[tuple[str, str, bool]]
    unmatched: Sequence[tuple[str, str]]


def coded_rows(folder: Path) -> dict[tuple[str, int], list[Mapping[str, str]]]:
    """UPR Info's recommendations by State under Review and session."""
    rows: dict[tuple[str, int], list[Mapping[str, str]]] = defaultdict(list)
    for name in ("1-5", "6-9", "10-13", "14-17", "18"):
        text = (folder / f"{name}.csv").read_bytes().decode("mac_roman")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            rows[row["To"], int(row["Session"])].append(row)
    return rows


def measure(
    document: Document, expected: Mapping[str, str], rows: Sequence[Mapping[str, str]], states: States
) -> Measured:
    """A report's figures.

    Args:
        document: the report, read.
        expected: its line in reports.csv.
        rows: the coded rows of the same State and session.
        states: by which States are compared.
    """
    whole = normalise(document.text)
    coded = [normalise(row["Text"]) for row in rows]
    extracted = [normalise(record.text or "") for record in document.records]
    scores = process.cdist(coded, extracted, scorer=fuzz.ratio, score_cutoff=SAME)
    figures = Figures()
    counts = figures.counts
    missed: list[tuple[str, str, bool]] = []
    for place, row in enumerate(rows):
        stands = stands_in(coded[place], whole)
        same = [k for k in range(len(extracted)) if scores[place][k] >= SAME]
        counts.update(rows=1, stand=stands, matched=bool(same), stand_matched=stands and bool(same))
        if same:
            counts.update(
                _right(
                    row,
                    [document.records[k] for k in same],
                    [float(scores[place][k]) for k in same],
                    rows,
                    coded,
                    place,
                    states,
                )
            )
        elif stands:
            split = any(
                len(text) > len(coded[place]) and fuzz.partial_ratio(coded[place], text) >= SAME
                for text in extracted
            )
            counts.update(missed=1, missed_split=split)
            missed.append((row["From"], row["Text"], split))
    unmatched = [k for k in range(len(extracted)) if not rows or scores[:, k].max() < SAME]
    counts.update(extracted=len(extracted), precise=len(extracted) - len(unmatched), reports=1)
    about = (document.state_under_review, document.session, document.symbol, cycle_of(document.session))
    right = (
        expected["state"],
        int(expected["session"]),
        expected["symbol"],
        cycle_of(int(expected["session"])),
    )
    counts["about_right"] = int(about == right)
    shown = [(document.records[k].paragraph or "", document.records[k].text or "") for k in unmatched]
    return Measured(document.file, int(expected["session"]), figures, missed, shown)


def stands_in(text: str, whole: str) -> bool:
    """Whether a normalised text stands in another word for word, or nearly: a partial ratio of at least
    `STANDS`.

    Looks first near exact pieces of the text, which is the same in less time: a good window there is one of
    the whole.
    """
    if text in whole:
        return True
    length = len(text)
    for piece in range(0, max(length - 11, 0), 12):
        found = whole.find(text[piece : piece + 12])
        if found >= 0:
            window = whole[max(found - piece - length // 4, 0) : found - piece + length + length // 4]
            if fuzz.partial_ratio(text, window, score_cutoff=STANDS) >= STANDS:
                return True
    return fuzz.partial_ratio(text, whole, score_cutoff=STANDS) >= STANDS


def _right(
    row: Mapping[str, str],
    records: Sequence[Record],
    scores: Sequence[float],
    rows: Sequence[Mapping[str, str]],
    coded: Sequence[str],
    place: int,
    states: States,
) -> Counter[str]:
    """Whether the State and the response of a matched row are right; of several matches, the one that names
    the State counts.
    """
    naming = [
        k
        for k, record in enumerate(records)
        if _iso(row["From"], states) in _isos(record.recommending_states, states)
    ]
    best = max(naming or range(len(records)), key=lambda k: scores[k])
    coded_states = {
        _iso(other["From"], states) for other, text in zip(rows, coded, strict=True) if text == coded[place]
    }
    said = records[best].response
    gives = said in ("Supported", "Noted")
    return Counter(
        state_right=bool(naming),
        states_equal=_isos(records[best].recommending_states, states) == coded_states,
        response_given=gives,
        response_right=gives and said == _CODED.get(row["Response"], row["Response"]),
        response_pending=said == "Pending",
    )


def _iso(name: str, states: States) -> str:
    state = states.find(name)
    return state.iso if state else name


def _isos(names: Iterable[str], states: States) -> set[str]:
    return {_iso(name, states) for name in names}


def measure_paragraphs(folder: Path, states: States) -> dict[str, float | int]:
    """The folder extraction/: shares of paragraphs whose number, text and States come out exactly."""
    labels = {
        part: json.loads((folder / f"upr_paragraph_{part}_labels.json").read_text("utf-8"))
        for part in ("numbers", "text", "countries")
    }
    reader = WordingReader(BracketReader(states))
    counts: Counter[str] = Counter()
    for number, text, named in zip(labels["numbers"], labels["text"], labels["countries"], strict=True):
        found, start = read_item(number["text"])
        wordings = reader.read(number["text"][start:])
        if number["label"] in SEVERAL:
            own = {inner_number(w.text, number["label"])[0] for w in wordings}
            counts.update(several=1, several_rows=len(wordings), several_numbers=len(own))
            continue
        counts["paragraphs"] += 1
        counts["number"] += found == number["label"]
        counts["text"] += len(wordings) == 1 and _plain(wordings[0].text) == _plain(text["label"])
        counts["states"] += {_iso(n, states) for w in wordings for n in w.states} == {
            _iso(n, states) for n in named["label"]
        }
    total = counts["paragraphs"]
    return {
        "paragraphs": total,
        **{part: counts[part] / total for part in ("number", "text", "states")},
        "paragraphs_with_several": counts["several"],
        "rows_out_of_them": counts["several_rows"],
    }


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(" ;.,")


def measure_lists(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """What came out of each list, and how the lists agree with the reports of the same review."""
    out = []
    for document in documents:
        if document.kind != "list":
            continue
        numbers = {r.paragraph for r in document.records}
        line: dict[str, Any] = {
            "file": document.file,
            "recommendations": len(document.records),
            "numbers": len(numbers),
            "with_themes": sum(bool(r.themes) for r in document.records),
            "with_position": sum(bool(r.response) for r in document.records),
            "with_source": sum(bool(r.position_source) for r in document.records),
            "with_states": sum(bool(r.recommending_states) for r in document.records),
        }
        same = [
            d
            for d in documents
            if d.kind == "report"
            and (d.state_under_review, d.session) == (document.state_under_review, document.session)
        ]
        if same:
            ours = {(r.paragraph, normalise(r.text or "")) for r in document.records}
            theirs = {(r.paragraph, normalise(r.text or "")) for r in same[0].records}
            line["same_in_report"] = len(ours & theirs)
            line["numbers_equal_report"] = numbers == {r.paragraph for r in same[0].records}
        out.append(line)
    return out


def benchmark(corpus: Path, timed: bool = False) -> dict[str, Any]:
    """All figures.

    Args: `corpus`, laid out like the real one; `timed`, whether to measure time and memory of the commands
    too.
    """
    states = load_states()
    rows = coded_rows(corpus / "upr-info")
    with (corpus / "reports" / "reports.csv").open(encoding="utf-8") as file:
        expected = {row["file"]: row for row in csv.DictReader(file)}
    failed: list[UprError] = []
    started = time.perf_counter()
    measured, problems, reading = [], 0, 0.0
    for document in read_all(
        [corpus / "reports" / name for name in expected], states, failed, settings.load().extract
    ):
        about = expected[document.file]
        before = time.perf_counter()
        measured.append(measure(document, about, rows[about["state"], int(about["session"])], states))
        reading -= time.perf_counter() - before
        problems += len(document.problems)
    reading += time.perf_counter() - started
    documents = list(
        read_all(sorted((corpus / "lists").glob("*.*")), states, failed, settings.load().extract)
    )
    merged = merge([d for d in documents if d.session == 34])
    return {
        "measured": measured,
        "steps": timings(corpus) if timed else [],
        "failed": [str(error) for error in failed],
        "problems": problems,
        "seconds_a_report": reading / max(len(measured), 1),
        "paragraphs": measure_paragraphs(corpus / "extraction", states),
        "lists": measure_lists(documents),
        "merged": {
            "rows": len(merged.records),
            "conflicts": len(merged.problems),
            "responses": dict(Counter(r.response for r in merged.records)),
        },
    }


def timings(corpus: Path) -> list[Step]:
    """Time and memory of `upr extract` on 1, 14 and 42 reports, and of `upr label` on 14."""
    reports = sorted((corpus / "reports").glob("*.pdf"))
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("configs", "models"):
            (folder / part).symlink_to(settings.home() / part)
        for count in (1, 14, 42):
            (folder / str(count)).mkdir()
            for report in reports[-count:]:
                (folder / str(count) / report.name).symlink_to(report)
            steps.append(
                run_step(
                    f"extract {count} reports",
                    ["extract", str(folder / str(count)), "--out", str(folder / "out.parquet")],
                    folder,
                )
            )
        if (settings.home() / "models" / "shipped").is_dir():
            steps.append(
                run_step(
                    "label a folder of 14 reports",
                    ["label", str(folder / "14"), "--out", str(folder / "labelled.xlsx")],
                    folder,
                )
            )
    return [
        Step(s.name, s.seconds, s.peak_mb, f"; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores")
        for s in steps
    ]


def total(measured: Iterable[Measured]) -> Figures:
    """The counts of several reports together."""
    out = Figures()
    for one in measured:
        out.counts.update(one.figures.counts)
    return out


_COLUMNS = (
    ("recall", "stand_matched", "stand"),
    ("of all", "matched", "rows"),
    ("precision", "precise", "extracted"),
    ("State", "state_right", "matched"),
    ("States =", "states_equal", "matched"),
    ("response", "response_right", "response_given"),
    ("about", "about_right", "reports"),
)


def table(result: Mapping[str, Any]) -> str:
    """The figures for people."""
    measured: list[Measured] = result["measured"]
    lines = [
        f"{'session':>8} {'reports':>8} {'rows':>6} " + " ".join(f"{name:>9}" for name, _, _ in _COLUMNS)
    ]
    sessions = sorted({m.session for m in measured})
    lines += [_line(str(session), total(m for m in measured if m.session == session)) for session in sessions]
    every = total(measured)
    lines += [_line("all", every), ""]
    reworded = every.counts["rows"] - every.counts["stand"]
    lines += [
        (
            f"{every.counts['rows']:,} coded rows: {every.counts['stand']:,} stand in their report, "
            f"{reworded:,} were reworded by UPR Info."
        ),
        f"Of the standing ones {every.counts['missed']:,} are missed: {every.counts['missed_split']:,} "
        f"UPR Info split off longer wordings, "
        f"{every.counts['missed'] - every.counts['missed_split']:,} for other reasons.",
        "",
    ]
    lines += [
        (
            "recall: coded rows that stand in their report word for word (partial ratio 92) and are matched "
            "(ratio 90);"
        ),
        "of all: matched of all coded rows; precision: extracted recommendations that match a coded row;",
        "State: the coded State is among those of the match; States =: the exact set;",
        (
            "response: equal to the coded one where the report itself gives it; about: State, session, "
            "symbol "
            "and cycle right."
        ),
        "",
        "The five with the lowest recall, and what was missed there:",
    ]
    worst = sorted(measured, key=lambda m: m.figures.share("stand_matched", "stand"))[:5]
    for one in worst:
        recall, precision = (
            one.figures.share("stand_matched", "stand"),
            one.figures.share("precise", "extracted"),
        )
        lines.append(f"  {one.file}: recall {recall:.3f}, precision {precision:.3f}")
        split = sum(part for _, _, part in one.missed)
        lines.append(
            f"    of {len(one.missed)} missed rows UPR Info made {split} out of longer wordings; the "
            f"first missed, and unlike any row:"
        )
        lines += [
            f"    {'split   ' if part else 'reworded'} ({state}) {text[:110]}"
            for state, text, part in one.missed[:3]
        ]
        lines += [f"    unlike   {number} {text[:110]}" for number, text in one.unmatched[:3]]
    lines += [
        "",
        "Paragraphs (extraction/): " + ", ".join(f"{k} {v:.4g}" for k, v in result["paragraphs"].items()),
    ]
    lines += ["List " + ", ".join(f"{k} {v}" for k, v in line.items()) for line in result["lists"]]
    lines += [
        "Merged (report, addendum, list of session 34): "
        + ", ".join(f"{k} {v}" for k, v in result["merged"].items())
    ]
    failed, seconds = len(result["failed"]), result["seconds_a_report"]
    lines += [
        f"Time: {step.name} {step.seconds:.1f} s, {step.peak_mb:.0f} MB{step.note}"
        for step in result["steps"]
    ]
    lines += [
        f"Problems told in the reports: {result['problems']}; documents failed: {failed}; {seconds:.2f} s "
        f"a report."
    ]
    return "\n".join([*lines, *result["failed"]])


def _line(name: str, figures: Figures) -> str:
    shares = " ".join(f"{figures.share(part, whole):>9.3f}" for _, part, whole in _COLUMNS)
    return f"{name:>8} {figures.counts['reports']:>8} {figures.counts['rows']:>6} {shares}"


def summary(result: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that thresholds are set on, by name."""
    measured: list[Measured] = result["measured"]
    every = total(measured)
    sessions = sorted({m.session for m in measured})
    return {
        **{name: every.share(part, whole) for name, part, whole in _COLUMNS},
        "recall by session": {
            s: total(m for m in measured if m.session == s).share("stand_matched", "stand") for s in sessions
        },
        "paragraphs": result["paragraphs"],
        "lists": result["lists"],
        "merged": result["merged"],
        "steps": [dataclasses.asdict(step) for step in result["steps"]],
        "seconds a report": result["seconds_a_report"],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; write the figures as JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpus", type=Path, default=settings.corpus_folder(), help="the real corpus (default: UPR_CORPUS)"
    )
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    chosen = parser.parse_args(arguments)
    if chosen.corpus is None:
        parser.error("name the corpus by --corpus or UPR_CORPUS")
    result = benchmark(chosen.corpus, timed=True)
    print(table(result))
    if chosen.json:
        chosen.json.write_text(json.dumps(summary(result), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
