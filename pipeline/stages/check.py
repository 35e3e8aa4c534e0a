"""Stage `check`: one text, its labels, the evidence for them, and advice for who drafts it; or a list of
drafts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.advice.checking import Checked, explained
from pipeline.advice.coded import CodedCorpus, default_corpus, read_coded
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.models.bundle import Bundle
from pipeline.models.reasons import Reason
from pipeline.progress import Progress, silent
from pipeline.registry.choosing import choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.settings import Settings
from pipeline.sources.drafts import Draft, read_drafts
from pipeline.store.models import load_bundle
from pipeline.store.tables import check_suffix, write_batches
from pipeline.store.word import write_advice

ADVICE = pa.schema(
    [
        pa.field("action", pa.int64()),
        pa.field("action_confidence", pa.float64()),
        pa.field("issues", pa.list_(pa.string())),
        pa.field("needs_review", pa.bool_()),
        pa.field("review_reasons", pa.list_(pa.string())),
        pa.field("why", pa.string()),
        pa.field("makes_specific", pa.list_(pa.string())),
        pa.field("rewrites", pa.list_(pa.string())),
        pa.field("examples", pa.list_(pa.string())),
        pa.field("support", pa.string()),
        pa.field("model_version", pa.string()),
    ]
)
"""What a list of drafts gets beside its own columns."""


@dataclass(frozen=True)
class ListResult:
    """What was done with a list of drafts: rows written, how many are specific, and for how many a rewrite is
    proposed.
    """

    rows: int
    specific: int
    rewritten: int
    model_version: str
    model_origin: str
    demo: bool


def _corpus(path: Path | None) -> CodedCorpus | None:
    chosen = path or default_corpus()
    return None if chosen is None else read_coded(chosen)


def run(
    text: str,
    settings: Settings,
    *,
    model: str = CHAMPION,
    corpus: Path | None = None,
    state: str | None = None,
) -> Checked:
    """Label and explain one text, and advise who drafts it.

    Args:
        model: see `choose_model`.
        corpus: a table of `upr ingest`, for examples; None for the one of the home folder, if it is there.
        state: the State under review, to look for what it was asked before.

    Raises: SourceError if the text has no letter or digit, or there is no such State or no such table;
        ModelError; SettingsError if the registry cannot be reached.
    """
    choice = choose_model(model, settings)
    others = settings.label.languages
    return explained(load_bundle(choice.folder), choice.origin, text, _corpus(corpus), state, others)


def run_list(
    source: Path,
    out: Path,
    settings: Settings,
    *,
    model: str = CHAMPION,
    corpus: Path | None = None,
    state: str | None = None,
    progress: Progress = silent,
) -> ListResult:
    """Advise on each draft of a list.

    Args:
        source: a .docx (a draft a paragraph), or any table that `upr label` reads.
        out: .xlsx, .csv, .jsonl or .parquet: the list as it is, and the columns of `ADVICE` beside it; .docx:
            the drafts in their order, with the advice below each.

    Raises: as `run`; StoreError. Nothing is written then.
    """
    in_word = out.suffix.lower() == ".docx"
    if not in_word:
        check_suffix(out)
    choice = choose_model(model, settings)
    bundle, coded = load_bundle(choice.folder), _corpus(corpus)
    names, drafts = read_drafts(source, settings)
    schema = pa.schema([*(pa.field(name, pa.string()) for name in names), *ADVICE])
    counts = {"specific": 0, "rewritten": 0}

    def advised() -> Iterator[tuple[Draft, dict[str, Any]]]:
        for draft in progress(drafts, "drafts", len(drafts)):
            values = _advised(draft, bundle, choice.origin, coded, state, settings.label.languages)
            counts["specific"] += values["action"] == 5
            counts["rewritten"] += bool(values["rewrites"])
            yield draft, values

    if in_word:
        written = write_advice(out, ((draft.text, values) for draft, values in advised()))
    else:
        rows = (dict(zip(names, draft.cells, strict=True)) | values for draft, values in advised())
        written = write_batches(out, schema, (pa.Table.from_pylist([row], schema=schema) for row in rows))
    found = bundle.version, choice.origin, bundle.demo
    return ListResult(written, counts["specific"], counts["rewritten"], *found)


def _advised(
    draft: Draft,
    bundle: Bundle,
    origin: str,
    coded: CodedCorpus | None,
    state: str | None,
    languages: Sequence[str],
) -> dict[str, Any]:
    """The values of `ADVICE` of a draft; a draft without a letter has none but the reason."""
    values: dict[str, Any] = dict.fromkeys(ADVICE.names)
    if not normalise(draft.text):
        reasons = [Reason.EMPTY_TEXT.value]
        return values | {"needs_review": True, "review_reasons": reasons, "model_version": bundle.version}
    try:
        done = explained(bundle, origin, draft.text, coded, state, languages)
    except SourceError as error:
        raise SourceError(draft.place, error.what, error.todo) from error
    values |= {name: value for name, value in done.columns.items() if name in values}
    if done.advice is None:
        return values
    support = done.advice.support
    return values | {
        "why": " ".join(filter(None, (done.advice.why, done.advice.limits))),
        "makes_specific": list(done.advice.ways),
        "rewrites": [rewrite.text for rewrite in done.advice.rewrites],
        "examples": [example.text for example in done.advice.examples],
        "support": None if support is None else support.sentence,
    }
