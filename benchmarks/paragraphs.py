"""How many coded recommendations get symbol and paragraph from extracted reports, and how many rightly.

    python -m benchmarks.paragraphs [--corpus FOLDER] [--show N]

No source names the paragraph of a coded row, so two facts tell that the match does not look at. The first is
the response: where the report itself gives one, that of the paragraph is compared with the coded one. Beside
it stands how often other paragraphs of the report that name the same State have that response, which is what
wrong matches would reach. The second is the recommending State: where the text alone is compared, the
paragraph of the most similar wording must name the State that made the row. `--show` prints matches drawn at
random, the least similar first, for a person to read.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rapidfuzz import fuzz, process

from pipeline import settings
from pipeline.corpus.text import normalise
from pipeline.evaluation.intervals import wilson
from pipeline.release.tables.paragraphs import SIMILAR, Review, Wording, wordings_of
from pipeline.sources.documents.read import DOCUMENT_SUFFIXES
from pipeline.stages import extract, ingest
from pipeline.stages.publish import PublishInputs, assemble
from pipeline.store.vocabularies import load_states

_ANSWERS = ("Supported", "Noted")
_SHARES = (
    ("rows of these reviews with symbol and paragraph", "found", "rows"),
    ("of these, found as a part of a longer wording", "found as a part", "found"),
    ("found, with the coded response where the report gives one", "same answer", "answered"),
    ("other paragraphs that name the State, with that response", "others, same answer", "others"),
    ("most similar text, whose paragraph names the State", "by text, State named", "by text"),
)

Row = Mapping[str, Any]


def reports_of(corpus: Path) -> list[Path]:
    """The documents in the folder `reports` of a corpus."""
    return sorted(p for p in (corpus / "reports").iterdir() if p.suffix in DOCUMENT_SUFFIXES)


def released_rows(corpus: Path, reports: Sequence[Path]) -> tuple[list[Row], list[Row]]:
    """The rows of a release of the coded corpus that was given reports, and the records of these reports.

    Args: `corpus`, laid out like the real one; `reports`, documents of some of its reviews.
    """
    chosen = settings.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [path for path in sorted((corpus / "upr-info").glob("*.csv")) if path.stem != "voluntary"]
        ingest.run(sources, folder / "corpus.parquet", chosen)
        extract.run(reports, folder / "reports.parquet", chosen)
        inputs = PublishInputs(folder / "corpus.parquet", documents=folder / "reports.parquet")
        documents = pq.read_table(folder / "reports.parquet")
        return assemble(inputs, chosen).recommendations.to_pylist(), documents.to_pylist()


def review_counts(rows: Sequence[Row], wordings: Sequence[Wording], said: Mapping[str, str]) -> Counter[str]:
    """The counts of one review.

    Args:
        rows: of the release.
        wordings: of the report.
        said: paragraph to the response that the report itself gives, where it gives one.
    """
    counts: Counter[str] = Counter(reports=1, rows=len(rows))
    texts, said_there = [row["text"] for row in rows], [w.text for w in wordings]
    alone = process.cdist(texts, said_there, scorer=fuzz.ratio, processor=normalise, score_cutoff=SIMILAR)
    for row, scores in zip(rows, alone, strict=True):
        state, paragraph, response = (row[k] for k in ("recommending_state_iso", "paragraph", "response"))
        if like := bool(scores.max(initial=0)):
            counts.update({"by text": 1, "by text, State named": state in wordings[scores.argmax()].states})
        if paragraph is None:
            continue
        counts.update({"found": 1, "found as a part": not like})
        if paragraph in said and response in _ANSWERS:
            others = {w.paragraph for w in wordings if state in w.states} - {paragraph}
            rivals = [said[other] == response for other in others if other in said]
            counts.update({"answered": 1, "same answer": said[paragraph] == response})
            counts.update({"others": len(rivals), "others, same answer": sum(rivals)})
    return counts


def answers_of(records: Sequence[Row]) -> dict[Review, dict[str, str]]:
    """By review, the paragraphs in which the report supports or notes all recommendations."""
    states = load_states()
    found: dict[Review, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record in records:
        state = states.find(record["state_under_review"] or "")
        if state is not None and record["session"] is not None:
            found[state.iso, record["session"]][record["paragraph"]].add(record["response"])
    return {
        review: {
            paragraph: answer for paragraph, given in said.items() for answer in _ANSWERS if given == {answer}
        }
        for review, said in found.items()
    }


def show(rows: Sequence[Row], wordings: Mapping[Review, Sequence[Wording]], number: int) -> None:
    """Print matches with the wordings of their paragraphs."""
    found = [row for row in rows if row["paragraph"] is not None]
    drawn = random.Random(1).sample(found, min(number, len(found)))
    for row in sorted(drawn, key=lambda row: float(row["paragraph_similarity"])):
        print(f"\n{row['paragraph_similarity']:.3f} {row['paragraph']} {row['text']}")
        for wording in wordings[row["state_under_review_iso"], row["session"]]:
            if wording.paragraph == row["paragraph"] and row["recommending_state_iso"] in wording.states:
                print(f"      {wording.text}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpus", type=Path, default=settings.corpus_folder(), help="the real corpus (default: UPR_CORPUS)"
    )
    parser.add_argument("--show", type=int, default=0, help="matches to print")
    chosen = parser.parse_args(arguments)
    if chosen.corpus is None:
        parser.error("name the corpus by --corpus or UPR_CORPUS")
    rows, records = released_rows(chosen.corpus, reports_of(chosen.corpus))
    wordings, answers = wordings_of(records, load_states()), answers_of(records)
    reviews: dict[Review, list[Row]] = {review: [] for review in wordings}
    for row in rows:
        reviews.get((row["state_under_review_iso"], row["session"]), []).append(row)
    counts: Counter[str] = Counter()
    for review, own in reviews.items():
        counts += review_counts(own, wordings[review], answers[review])
    print(f"{counts['reports']} reports")
    for name, part, whole in _SHARES:
        share = wilson(counts[part], counts[whole])
        support = f"{counts[part]:,} of {counts[whole]:,}"
        print(f"{share.value:.4f} ({share.low:.4f} to {share.high:.4f}), {support}: {name}")
    show([row for own in reviews.values() for row in own], wordings, chosen.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
