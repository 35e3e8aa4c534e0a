"""Fits the classifier of pairs on the coded pairs and links, and measures it: `make threads`.

    python -m benchmarks.threads CORPUS [--vectors]

CORPUS is the output of `upr ingest` on the real corpus; texts are found in it by `row_id`. Writes
configs/threads_model.json and prints the figures on the States held out. `--vectors` makes the vectors of
words again, which needs the extra `train-encoder` and some minutes; otherwise those in the file are kept.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.thread_figures import figures
from benchmarks.thread_vectors import encoded, word_vectors
from pipeline.store.files import read_json, write_json
from pipeline.store.vocabularies import config_path, read_yaml
from pipeline.threads.features import FEATURES, asked, features
from pipeline.threads.model import PairModel
from pipeline.threads.reading import Reader
from pipeline.threads.vocabulary import Vocabulary

LAST_SESSION = 17
"""Later sessions are test data: nothing is fitted or chosen on them."""
_TIMES = 5
_FOLDS = 10
_PRECISION = {"repeated": 0.88, "same": 0.93}
"""Precision on out-of-fold predictions of links that sets each threshold: above the aims of 0.85 and 0.9,
since the thresholds are chosen on the same links."""
_MEANT = {"repeated": ("same", "near"), "same": ("same",)}
_PERHAPS = 0.3
_STRENGTH = 0.3

Matrix = npt.NDArray[np.float64]


def fit(corpus: Path, renew: bool) -> dict[str, Any]:
    """The content of configs/threads_model.json, with the figures that it reaches."""
    rows = pd.DataFrame(pq.read_table(corpus).to_pylist()).set_index("row_id")
    pairs, links = (pd.read_csv(config_path(f"thread_{name}.csv")) for name in ("pairs", "links"))
    reader = Reader(read_yaml(config_path("threads.yaml")))
    if renew:
        vocabulary = _vocabulary(rows, reader)
    else:
        vocabulary = Vocabulary.from_content(read_json(config_path("threads_model.json")))
    coded = training(rows, pairs, links)
    content = {
        "features": list(FEATURES),
        **lines(matrix(rows, coded, reader, vocabulary), coded),
        "perhaps": _PERHAPS,
        **vocabulary.content(),
    }
    held_out = pairs[pairs["part"] == "test"]
    model = PairModel.from_content(content)
    rated = matrix(rows, held_out, reader, vocabulary)
    content["measured"] = figures(rated, model, held_out, links)
    content["measured"]["fitted_on"] = len(coded)
    return content


def training(rows: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Coded pairs and links of the tuning States, without those of test sessions.

    Columns: `later`, `earlier`, `state`, `relation`, and `stands_for`: how many links of these States a link
    represents, none where it is not of the sample that thresholds are chosen on.
    """
    columns = ["later", "earlier", "state", "relation", "stands_for"]
    links = links.assign(relation=links["first_reading"])
    both = pd.concat([part[part["part"] == "tune"].reindex(columns=columns) for part in (links, pairs)])
    both = both.sort_values("stands_for", kind="stable").drop_duplicates(["later", "earlier"])
    return both[both["later"].map(rows["session"]) <= LAST_SESSION].reset_index(drop=True)


def _vocabulary(rows: pd.DataFrame, reader: Reader) -> Vocabulary:
    """Words that stand in at least `_TIMES` wordings, with inverse document frequencies and vectors."""
    known = rows[(rows["kind"] == "recommendation") & (rows["session"] <= LAST_SESSION)]
    texts = known.drop_duplicates("rec_id")["text"].tolist()
    words = [reader.read(text).words for text in texts]
    count = Counter(word for text in words for word in set(text))
    frequencies = {
        word: round(math.log((len(texts) + 1) / (n + 1)) + 1, 2) for word, n in count.items() if n >= _TIMES
    }
    plain = Vocabulary(frequencies, np.zeros((len(frequencies), 1), dtype=np.float32))
    weights = [plain.weights(text) for text in words]
    return Vocabulary(frequencies, word_vectors(weights, sorted(frequencies), encoded(texts)))


def matrix(rows: pd.DataFrame, pairs: pd.DataFrame, reader: Reader, vocabulary: Vocabulary) -> Matrix:
    """(N, F) features of pairs of `row_id`."""
    known = rows.loc[sorted({*pairs["later"], *pairs["earlier"]})].to_dict("index")
    made = {
        row_id: asked(row["text"], int(row["action"]), list(row["issues"]), reader, vocabulary)
        for row_id, row in known.items()
    }
    return np.array(
        [features(made[a], made[b]) for a, b in zip(pairs["later"], pairs["earlier"], strict=True)]
    )


def out_of_fold(rows: Matrix, truth: npt.NDArray[np.bool_], states: pd.Series[str]) -> Matrix:
    """(N,) probabilities, each by a classifier of other States."""
    folds = GroupKFold(_FOLDS)
    guessed = cross_val_predict(_recipe(), rows, truth, groups=states, cv=folds, method="predict_proba")
    return np.asarray(guessed[:, 1], dtype=np.float64)


def lines(rows: Matrix, coded: pd.DataFrame) -> dict[str, Any]:
    """Both logistic regressions, with thresholds chosen on the links that stand for others."""
    truth = {name: coded["relation"].isin(meant).to_numpy() for name, meant in _MEANT.items()}
    guessed = {name: out_of_fold(rows, truth[name], coded["state"]) for name in _MEANT}
    sampled = coded["stands_for"].notna().to_numpy()
    weights = coded["stands_for"].to_numpy()
    found: dict[str, Any] = {}
    for name in _MEANT:
        eligible = sampled.copy()
        if name == "same":
            eligible &= guessed["repeated"] >= found["repeated"]["threshold"]
        threshold = _threshold(
            guessed[name][eligible], truth[name][eligible], weights[eligible], _PRECISION[name]
        )
        found[name] = _line(rows, truth[name]) | {"threshold": threshold}
    return found


def _threshold(guessed: Matrix, truth: npt.NDArray[np.bool_], weights: Matrix, precision: float) -> float:
    """The lowest probability from which the weighted precision of links is high enough."""
    order = np.argsort(-guessed, kind="stable")
    hits = np.cumsum((truth * weights)[order]) / np.cumsum(weights[order])
    reached = np.flatnonzero(hits >= precision)
    if not reached.size:
        raise SystemExit(f"No threshold reaches a precision of {precision} on the links coded.")
    return round(float(guessed[order][reached[-1]]), 4)


def _recipe() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=3000))


def _line(rows: Matrix, truth: npt.NDArray[np.bool_]) -> dict[str, Any]:
    recipe = _recipe().fit(rows, truth)
    scaler, model = recipe[0], recipe[1]
    weights = model.coef_[0] / scaler.scale_
    return {
        "weights": [round(float(w), 5) for w in weights],
        "bias": round(float(model.intercept_[0] - weights @ scaler.mean_), 5),
    }


if __name__ == "__main__":
    made = fit(Path(sys.argv[1]), "--vectors" in sys.argv[2:])
    write_json(config_path("threads_model.json"), made)
    print(json.dumps(made["measured"], indent=2))
