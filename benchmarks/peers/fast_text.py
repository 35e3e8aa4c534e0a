"""fastText's supervised mode: softmax over the actions, one-against-all over the tags."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import fasttext
import numpy as np

from benchmarks.peers import Answers, FloatMatrix, PeerTexts, micro_f1
from pipeline.models.confidence import best_tag_threshold
from pipeline.store.files import read_json, write_json

_WORD = re.compile(r"\w+|[^\w\s]")
_PREFIX = "__label__"
# Few buckets: the default of two million makes a file of 800 MB.
_COMMON = {"lr": 0.5, "dim": 100, "bucket": 200_000, "minCount": 2, "thread": 1, "seed": 0, "verbose": 0}
_GRID = [{"epoch": epoch, "wordNgrams": ngrams} for epoch in (10, 25) for ngrams in (1, 2)]


def _line(text: str) -> str:
    """A text as fastText's tutorial has it: lower case, words and marks apart."""
    return " ".join(_WORD.findall(text.lower()))


class FastText:
    """Two models; epochs and word n-grams of each chosen on the tuning part out of four settings."""

    action: Any
    tag: Any
    tag_limit = 0.5
    tag_count = 0

    def fit(self, train: PeerTexts, tune: PeerTexts) -> Mapping[str, Any]:
        """Train every setting and keep the better model of each task."""
        self.tag_count = train.tags.shape[1]
        lines, tune_lines = [_line(text) for text in train.texts], [_line(text) for text in tune.texts]
        with tempfile.TemporaryDirectory() as name:
            actions = _training_file(Path(name) / "actions", lines, ([a] for a in train.actions.tolist()))
            tags = _training_file(
                Path(name) / "tags", lines, (np.flatnonzero(row).tolist() for row in train.tags)
            )
            tried = []
            for options in _GRID:
                action = fasttext.train_supervised(actions, loss="softmax", **_COMMON, **options)
                right = float((self._actions(action, tune_lines) == tune.actions).mean())
                tag = fasttext.train_supervised(tags, loss="ova", **_COMMON, **options)
                scores = self._tags(tag, tune_lines)
                limit = best_tag_threshold(scores.astype(np.float32), tune.tags)
                tried.append((right, action, micro_f1(scores >= limit, tune.tags), tag, limit, options))
        best_action, best_tag = max(tried, key=lambda t: t[0]), max(tried, key=lambda t: t[2])
        self.action, self.tag, self.tag_limit = best_action[1], best_tag[3], best_tag[4]
        return {
            "action": best_action[5],
            "tags": best_tag[5],
            "tag threshold": round(self.tag_limit, 3),
            "settings tried": [
                {**t[5], "action, session 17": round(t[0], 4), "tags, session 17": round(t[2], 4)}
                for t in tried
            ],
        }

    def save(self, folder: Path) -> None:
        """Write both models, not quantised."""
        self.action.save_model(str(folder / "action.bin"))
        self.tag.save_model(str(folder / "tags.bin"))
        write_json(folder / "limits.json", [self.tag_limit, self.tag_count])

    def load(self, folder: Path) -> None:
        """Read both models."""
        self.action, self.tag = (
            fasttext.load_model(str(folder / name)) for name in ("action.bin", "tags.bin")
        )
        self.tag_limit, self.tag_count = read_json(folder / "limits.json")

    def answer(self, texts: list[str]) -> Answers:
        """The labels of both."""
        lines = [_line(text) for text in texts]
        return Answers(self._actions(self.action, lines), self._tags(self.tag, lines) >= self.tag_limit)

    @staticmethod
    def _actions(model: Any, lines: list[str]) -> Any:
        labels, _ = model.predict(lines)
        return np.array([int(label[0].removeprefix(_PREFIX)) for label in labels], dtype=np.int64)

    def _tags(self, model: Any, lines: list[str]) -> FloatMatrix:
        scores = np.zeros((len(lines), self.tag_count))
        for row, (names, values) in enumerate(zip(*model.predict(lines, k=-1), strict=True)):
            scores[row, [int(name.removeprefix(_PREFIX)) for name in names]] = values
        return scores


def _training_file(path: Path, lines: Iterable[str], labels: Iterable[Iterable[int]]) -> str:
    with path.open("w", encoding="utf-8") as file:
        for line, given in zip(lines, labels, strict=True):
            file.write(f"{' '.join(f'{_PREFIX}{label}' for label in given)} {line}\n")
    return str(path)
