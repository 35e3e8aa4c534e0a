"""Evidence: the words of a text that a label depends on.

They are found by occlusion (leaving words out), and joined with the words that the codebook's rules name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.corpus.blinding import MASK
from pipeline.corpus.text import Span

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Score = Callable[[Sequence[str]], FloatArray]
"""From texts to probabilities, shape (n_texts, n_labels)."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_GAP = re.compile(r"[\s,]+")
_SMALLEST = 1e-6
_SMALL_WORDS = frozenset(
    {
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "with",
        "by",
        "its",
        "their",
        "his",
        "her",
        "it",
        "that",
        "this",
    }
    | {"is", "are", "be", "as", "from", "all", "any", "into", "such", "these", "those", "which", "who"}
)
"""Words without a meaning of their own; they belong to evidence only between two words of it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A part of a text that a label depends on.

    Attributes:
        span: its characters.
        weight: by how much the label's log odds fall without it; of joined words the sum; 0 where only a rule
            names it and the model does not depend on it.
        by_rule: whether a rule of the codebook names it.
        by_model: whether the model depends on it.
    """

    span: Span
    weight: float
    by_rule: bool
    by_model: bool


def word_spans(text: str) -> tuple[Span, ...]:
    """The words of a text without the mask of States, in order."""
    return tuple(Span(m.start(), m.end()) for m in _WORD.finditer(text) if MASK not in m.group())


def without(text: str, spans: Iterable[Span]) -> str:
    """`text` without some spans (they may overlap), with single spaces in their place.

    >>> without("Ratify the Convention without delay", [Span(0, 6), Span(22, 29)])
    'the Convention delay'
    """
    kept: list[str] = []
    done = 0
    for span in sorted(spans):
        kept.append(text[done : span.start] if span.start > done else "")
        done = max(done, span.end)
    kept.append(text[done:])
    return " ".join(" ".join(kept).split())


def _log_odds(probabilities: FloatArray) -> FloatArray:
    inside = np.clip(np.asarray(probabilities, dtype=np.float64), _SMALLEST, 1 - _SMALLEST)
    odds: FloatArray = np.log(inside) - np.log1p(-inside)
    return odds


def occlusion(text: str, units: Sequence[Span], score: Score) -> FloatArray:
    """By how much each label's log odds fall when a unit is left out. Calls `score` once.

    Returns: shape (n_units, n_labels).
    """
    odds = _log_odds(score([text, *(without(text, (unit,)) for unit in units)]))
    drops: FloatArray = odds[0] - odds[1:]
    return drops


def find_evidence(
    text: str,
    score: Score,
    labels: Sequence[int],
    rule_spans: Mapping[int, Sequence[Span]] | None = None,
    *,
    top: int = 6,
    least_share: float = 0.2,
    most_units: int = 400,
) -> dict[int, tuple[Evidence, ...]]:
    """The evidence for each of `labels` in a text.

    Args:
        text: as the model sees it (masked); spans refer to it.
        score: the model.
        labels: columns of `score` to explain.
        rule_spans: by column, the words that the rules name.
        top: at most so many words a label are found by occlusion.
        least_share: a word counts from this share of the strongest word's weight, in (0, 1].
        most_units: at most so many variants are scored; in a longer text neighbouring words are left out
            together.

    Returns: by column, evidence in the order of the text; empty where no word lowers the probability.
    """
    named = {label: tuple(rule_spans.get(label, ())) if rule_spans else () for label in labels}
    words = [word for word in word_spans(text) if text[word.start : word.end].lower() not in _SMALL_WORDS]
    size = -(-len(words) // most_units) or 1
    groups = [
        Span(words[i].start, words[min(i + size, len(words)) - 1].end) for i in range(0, len(words), size)
    ]
    rules = sorted({span for spans in named.values() for span in spans})
    drops = occlusion(text, [*groups, *rules], score)
    by_rule = {span: drops[len(groups) + i] for i, span in enumerate(rules)}
    found: dict[int, tuple[Evidence, ...]] = {}
    for label in labels:
        strongest = _strongest(groups, drops[: len(groups), label], top, least_share)
        parts = [Evidence(span, weight, False, True) for span, weight in strongest]
        parts += [Evidence(span, max(0.0, float(by_rule[span][label])), True, False) for span in named[label]]
        found[label] = _joined(text, parts)
    return found


def _strongest(
    words: Sequence[Span], drops: FloatArray, top: int, least_share: float
) -> list[tuple[Span, float]]:
    """The words that a label depends on most, by falling weight."""
    if not len(drops) or drops.max() <= 0:
        return []
    order = np.argsort(-drops, kind="stable")[:top]
    return [(words[i], float(drops[i])) for i in order if drops[i] >= least_share * drops.max()]


def _joined(text: str, parts: list[Evidence]) -> tuple[Evidence, ...]:
    """Parts in the order of the text; those that overlap or touch become one.

    Small words and commas between two parts do not count.
    """
    joined: list[Evidence] = []
    for part in sorted(parts, key=lambda p: (p.span, p.by_model)):
        last = joined[-1] if joined else None
        if last is not None and (
            part.span.start <= last.span.end or _only_small_words(text[last.span.end : part.span.start])
        ):
            # A word inside a rule's span was left out together with it, so its weight is counted already.
            inside = part.span.end <= last.span.end
            weight = max(last.weight, part.weight) if inside else last.weight + part.weight
            span = Span(last.span.start, max(last.span.end, part.span.end))
            joined[-1] = Evidence(span, weight, last.by_rule or part.by_rule, last.by_model or part.by_model)
        else:
            joined.append(part)
    return tuple(joined)


def _only_small_words(between: str) -> bool:
    """Whether `between` holds only white space, commas and at most two small words."""
    words = _GAP.sub(" ", between).split()
    return len(words) <= 2 and all(word.lower() in _SMALL_WORDS for word in words)


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """By how much a label's log odds fall without its evidence, and without as many random words.

    Attributes:
        evidence, random: shape (n_measured,).
        rows: (n_measured,) positions of their texts; texts without a measurement are missing.
    """

    evidence: FloatArray
    random: FloatArray
    rows: np.ndarray[Any, np.dtype[np.int64]]


def faithfulness(
    texts: Sequence[str],
    labels: Sequence[int],
    spans: Sequence[Sequence[Span]],
    score: Score,
    seed: int,
    draws: int = 5,
) -> Faithfulness:
    """Whether the model depends on the evidence more than on random words.

    Args:
        texts: texts, as the model sees them.
        labels: for each text the column of `score` that its evidence is for.
        spans: for each text its evidence.
        score: the model; called once.
        seed: of the random words.
        draws: how often random words are drawn for a text; their mean counts.

    Texts without evidence, or with nothing but evidence, cannot be measured and are left out.
    """
    generator = np.random.default_rng(seed)
    variants: list[str] = []
    columns: list[int] = []
    rows: list[int] = []
    for row, (text, label, evidence) in enumerate(zip(texts, labels, spans, strict=True)):
        words = word_spans(text)
        removed = sum(any(e.start < w.end and w.start < e.end for e in evidence) for w in words)
        if not 0 < removed < len(words):
            continue
        variants += [text, without(text, evidence)]
        variants += [
            without(text, (words[i] for i in generator.choice(len(words), removed, replace=False)))
            for _ in range(draws)
        ]
        columns.append(label)
        rows.append(row)
    if not columns:
        return Faithfulness(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    odds = _log_odds(score(variants)).reshape(len(columns), draws + 2, -1)
    own = odds[np.arange(len(columns)), :, columns]
    return Faithfulness(
        own[:, 0] - own[:, 1], own[:, 0] - own[:, 2:].mean(axis=1), np.array(rows, dtype=np.int64)
    )
