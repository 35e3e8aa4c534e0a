"""Make and measure the models of French and Spanish texts, models/languages.

    python -m benchmarks.languages CORPUS_PARQUET PARALLEL_CSV --work FOLDER [--out models/languages]

CORPUS_PARQUET is the table of `upr ingest` over the real corpus, PARALLEL_CSV a table of recommendations
in three languages (columns symbol, en, fr, es). It needs Debian's apertium-eng-spa and apertium-fr-es.
Translations stay in FOLDER, so that a second run is quick. Rows of sessions 1 to 16 train the linear model;
meta-model and limits are tuned on the parallel rows, labelled by the English model in their English wording.
The figures of these are of models that did not see the document (five parts); figures of translated rows of
session 17 and of data/languages are of the model that is written. Results are printed as JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.model_card import real_corpus
from pipeline import settings
from pipeline.corpus.cleaning import Cleaner
from pipeline.corpus.coded import Corpus
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.corpus.text import clean
from pipeline.models.bundle import Bundle, Predictions
from pipeline.models.confidence import micro_f1
from pipeline.models.limits import Limits, fit_limits
from pipeline.models.linear import LinearClassifier, fit_linear
from pipeline.models.stacking import BaseScores, StackingWeights, fit_stacking, stacked_scores
from pipeline.models.translated import TranslatedClassifier
from pipeline.options import DoubtOptions, LinearOptions
from pipeline.store.languages import Vocabularies, current_vocabularies, save_language_bundle
from pipeline.store.models import load_bundle
from pipeline.store.vocabularies import load_blinder, load_states

TAXONOMY = "2014-10"
PAIRS = {"es": ("eng-spa",), "fr": ("eng-spa", "es-fr")}
"""Translations, one after the other: Debian has no pair of English and French."""
TRAIN_ROWS = 12_000
OPTIONS = LinearOptions(
    lead_words=8, lead_weight=2.0, min_document_count=3, max_features=20_000, action_c=1.0, tag_c=0.7
)
PARTS = 5
Mask = npt.NDArray[np.bool_]
Actions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """Texts of one language as the model sees them, their rules' features, and their labels."""

    texts: list[str]
    rules: npt.NDArray[np.float32]
    actions: Actions
    tags: Mask


def translated(texts: Sequence[str], language: str, work: Path) -> list[str]:
    """Machine translations of blinded English texts, in order; made once and kept in `work`."""
    path = work / f"{language}.txt"
    if not path.is_file():
        lines = "\n".join(" ".join(text.split()) for text in texts) + "\n"
        for pair in PAIRS[language]:
            command = ["apertium", "-u", "-f", "line", pair]
            lines = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout
        path.write_text(lines, encoding="utf-8")
    found = path.read_text(encoding="utf-8").split("\n")[:-1]
    if len(found) != len(texts):
        raise SystemExit(f"{path}: {len(found)} lines for {len(texts)} texts; delete it and run again.")
    return found


def coded(texts: Sequence[str], actions: Actions, tags: Mask, own: Vocabularies) -> Coded:
    """Texts ready to be scored."""
    seen = [own.blinder.blind(clean(text)) for text in texts]
    return Coded(seen, own.rules.features(own.rules.label(seen)), actions, tags)


def parallel_rows(path: Path, states: Any, english: Bundle) -> tuple[list[dict[str, str]], Predictions]:
    """Recommendations in three languages with the labels of the English model."""
    cleaner = Cleaner(states)
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            {"symbol": row["symbol"]} | {key: cleaner.clean(row[key]).text for key in ("en", "fr", "es")}
            for row in csv.DictReader(file)
        ]
    return rows, english.predict([row["en"] for row in rows])


def evaluation_set(language: str, taxonomy: Taxonomy) -> tuple[list[str], Actions, Mask]:
    """The project's own coded texts in a language."""
    with Path(f"data/languages/evaluation-{language}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {tag.id: i for i, tag in enumerate(taxonomy.tags)}
    tags = np.zeros((len(rows), len(columns)), dtype=bool)
    for i, row in enumerate(rows):
        tags[i, [columns[tag] for tag in row["tags"].split("; ")]] = True
    return [row["text"] for row in rows], np.array([int(row["action"]) for row in rows]), tags


def base_scores(linear: LinearClassifier, own: Vocabularies, rows: Coded) -> BaseScores:
    """Outputs of the linear model and the rules."""
    return BaseScores(None, linear.score(own.rules.lemmas(rows.texts)), rows.rules)


def fitted(linear: LinearClassifier, own: Vocabularies, projected: Coded) -> StackingWeights:
    """The meta-model, from official translations: machine translations often lose the leading verb and set
    phrases, so that rules would seem worse than they are.
    """
    return fit_stacking(base_scores(linear, own, projected), projected.actions, projected.tags)


def limits_of(scores: Any, rows: Coded, rare: Sequence[str]) -> Limits:
    """Calibration and thresholds."""
    return fit_limits(scores, rows.actions, rows.tags, DoubtOptions(), max_chars=5000, rare_tags=rare)


def figures(predicted: Predictions, rows: Coded) -> dict[str, float]:
    """What is reported of predictions."""
    right = predicted.action == rows.actions
    inside = predicted.action_sets[np.arange(len(right)), rows.actions - 1]
    confident = predicted.accepted
    return {
        "rows": len(right),
        "action_accuracy": round(float(right.mean()), 4),
        "tags_micro_f1": round(micro_f1(predicted.tags, rows.tags), 4),
        "mean_confidence": round(float(predicted.confidence.mean()), 4),
        "set_coverage": round(float(inside.mean()), 4),
        "set_size": round(float(predicted.action_sets.sum(axis=1).mean()), 2),
        "above_accept": round(float(confident.mean()), 4),
        "wrong_above_accept": round(float((~right[confident]).mean()), 4) if confident.any() else 0.0,
        "rules_action_accuracy": round(
            float((rows.rules[:, :5] @ np.arange(1, 6) == rows.actions).mean()), 4
        ),
        "rules_tags_micro_f1": round(micro_f1(rows.rules[:, 5:] > 0, rows.tags), 4),
    }


def predictions_of(scores: Any, limits: Limits) -> Predictions:
    """Scores as calibrated predictions."""
    calibration = limits.calibration
    return Predictions(calibration.action(scores), calibration.tags(scores), scores.known, limits.thresholds)


def by_document(
    linear: LinearClassifier, own: Vocabularies, projected: Coded, symbols: Sequence[str]
) -> dict[str, float]:
    """Figures on the parallel rows, each part by a meta-model and limits of the other parts."""
    documents = sorted(set(symbols))
    part = {symbol: i % PARTS for i, symbol in enumerate(documents)}
    parts = np.array([part[symbol] for symbol in symbols])
    found: list[Predictions] = []
    order: list[npt.NDArray[np.int64]] = []
    for number in range(PARTS):
        rest, held = (_take(projected, np.flatnonzero(where)) for where in (parts != number, parts == number))
        weights = fitted(linear, own, rest)
        limits = limits_of(stacked_scores(base_scores(linear, own, rest), weights), rest, ())
        found.append(predictions_of(stacked_scores(base_scores(linear, own, held), weights), limits))
        order.append(np.flatnonzero(parts == number))
    rows = _take(projected, np.concatenate(order))
    each = [figures(p, _take(projected, o)) for p, o in zip(found, order, strict=True)]
    sizes = np.array([one["rows"] for one in each])
    means = {
        name: round(float(np.average([one[name] for one in each], weights=sizes)), 4)
        for name in each[0]
        if name not in ("rows", "tags_micro_f1", "wrong_above_accept", "rules_tags_micro_f1")
    }
    given = np.concatenate([p.tags for p in found])
    accepted = np.concatenate([p.accepted for p in found])
    right = np.concatenate([p.action for p in found]) == rows.actions
    wrong = float((~right[accepted]).mean()) if accepted.any() else 0.0
    return {
        "rows": len(rows.texts),
        "tags_micro_f1": round(micro_f1(given, rows.tags), 4),
        "rules_tags_micro_f1": round(micro_f1(rows.rules[:, 5:] > 0, rows.tags), 4),
        "wrong_above_accept": round(wrong, 4),
        **means,
    }


def _take(rows: Coded, places: npt.NDArray[np.int64]) -> Coded:
    return Coded(
        [rows.texts[i] for i in places.tolist()], rows.rules[places], rows.actions[places], rows.tags[places]
    )


def linear_of(corpus: Corpus, texts: dict[int, str], own: Vocabularies) -> LinearClassifier:
    """The linear model, on lemmas of translations of some rows of sessions 1 to 16."""
    train = corpus.splits["session"].rows("train")
    rows = np.sort(np.random.default_rng(0).choice(train, min(TRAIN_ROWS, len(train)), replace=False))
    lemmas = own.rules.lemmas([texts[i] for i in rows.tolist()])
    return fit_linear(lemmas, corpus.actions[rows], corpus.tags[rows], OPTIONS, 0)


def make(language: str, corpus: Corpus, english: Bundle, options: argparse.Namespace) -> dict[str, Any]:
    """Make a language's model, and measure it."""
    own = current_vocabularies(language, TAXONOMY)
    split, blinder = corpus.splits["session"], load_blinder()
    used = np.flatnonzero(np.isin(split.parts, ("train", "tune")))
    blinded = {i: blinder.blind(corpus.texts[i]) for i in used.tolist()}
    unique = list(dict.fromkeys(blinded.values()))
    of_text = dict(zip(unique, translated(unique, language, options.work), strict=True))
    texts = {i: of_text[text] for i, text in blinded.items()}
    linear = linear_of(corpus, texts, own)
    rows = split.rows("tune")
    tune = coded([texts[i] for i in rows.tolist()], corpus.actions[rows], corpus.tags[rows], own)
    parallel, labels = parallel_rows(options.parallel, load_states(), english)
    projected = coded([row[language] for row in parallel], labels.action, labels.tags, own)
    symbols = [row["symbol"] for row in parallel]
    weights = fitted(linear, own, projected)
    cases = corpus.tags[split.rows("train")].sum(axis=0)
    rare = [corpus.taxonomy.labels[i] for i in np.flatnonzero(cases < DoubtOptions().rare_tag_cases)]
    limits = limits_of(stacked_scores(base_scores(linear, own, projected), weights), projected, rare)
    report: dict[str, Any] = {
        "translated session 17": figures(
            predictions_of(stacked_scores(base_scores(linear, own, tune), weights), limits), tune
        ),
        "projection, by document": by_document(linear, own, projected, symbols),
    }
    facts = {"language": language, "train_rows": TRAIN_ROWS, "tuned_on": "projected labels", **report}
    classifier = TranslatedClassifier(linear, weights, own.rules.lemmas)
    bundle = Bundle(
        classifier,
        limits.calibration,
        limits.thresholds,
        corpus.taxonomy,
        own.blinder,
        own.rules,
        "unsaved",
        False,
        facts,
    )
    saved = save_language_bundle(options.out / language, bundle, language)
    written, actions, tags = evaluation_set(language, corpus.taxonomy)
    report["own evaluation set"] = figures(saved.predict(written), coded(written, actions, tags, own))
    return report


def main() -> None:
    """Make both models, and print their figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("parallel", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models/languages"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    corpus = real_corpus(options.corpus)
    english = load_bundle(settings.resource("models/best"))
    report = {language: make(language, corpus, english, options) for language in ("fr", "es")}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
