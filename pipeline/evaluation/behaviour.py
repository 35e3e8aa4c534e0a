"""Behaviour tests (CheckList): sentences written for the project, with the labels that they must get.

Each class of wording belongs to a rule of the codebook. It either expects labels ("Review and amend ..." is
5), or expects the same labels for several texts (two spellings of a word, two States). Its sentences are
templates over small vocabularies, which are filled in a fixed order, so the same file gives the same cases.

Source: Ribeiro et al., Beyond Accuracy: Behavioral Testing of NLP Models with CheckList, ACL 2020.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluation.intervals import Estimate, clopper_pearson
from pipeline.models.bundle import Bundle

_SLOT = re.compile(r"\{(\w+)\}")
_IT = "{it}"
ACTION, TAGS = "action", "tags"


@dataclass(frozen=True, slots=True)
class Labels:
    """Predicted labels of a text: the action (None where a labeller gives none), and the tags."""

    action: int | None
    tags: frozenset[str]


Labeller = Callable[[Sequence[str]], list[Labels]]
"""From raw texts to their labels, in the same order."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test.

    Attributes:
        texts: one text, whose labels are expected; or several, which must get the labels of the first.
        action: the category expected; None if any category passes.
        tags: tags that must be predicted.
        absent: tags that must not be predicted.
    """

    texts: tuple[str, ...]
    action: int | None
    tags: frozenset[str]
    absent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A class of wording.

    Attributes:
        name: short and unique; quality floors refer to it.
        rule: the codebook's rule, in a sentence.
        alike: which labels must be the same for several texts: "action", "tags", or both; empty where
            certain labels are expected.
        cases: its tests.
    """

    name: str
    rule: str
    alike: tuple[str, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a labeller on a class of wording.

    Attributes:
        name: of the class.
        passed: share of its cases that pass, with the exact binomial interval.
        failures: for each case that fails, the text and what is wrong with its labels.
    """

    name: str
    passed: Estimate
    failures: tuple[tuple[str, str], ...]


def behaviours_from(
    content: Mapping[str, Any], translate: Callable[[list[str]], list[str]]
) -> tuple[Behaviour, ...]:
    """The classes of a file in configs/behaviour, their templates filled.

    Args:
        content: `words`, by slot the words that fill it; `behaviours`, each with name, rule, cases, and
            optionally `frames` (sentences that each case is put into, at "{it}"), `times` (how often a
            template is filled), `action`, `tags` and `not` for all cases, `alike`, and `vary` (a slot whose
            words must all give the same labels).
        translate: from the tags of the file to those of the model's taxonomy.

    Raises: KeyError, TypeError or ValueError where the content has another shape.
    """
    return tuple(_behaviour(entry, content.get("words", {}), translate) for entry in content["behaviours"])


def _behaviour(
    entry: Mapping[str, Any], words: Mapping[str, Sequence[str]], translate: Callable[[list[str]], list[str]]
) -> Behaviour:
    unknown = set(entry) - {
        "name",
        "rule",
        "cases",
        "frames",
        "times",
        "action",
        "tags",
        "not",
        "alike",
        "vary",
    }
    alike = tuple(entry.get("alike", ()))
    if unknown or not set(alike) <= {ACTION, TAGS}:
        raise ValueError(f"'{entry['name']}' has {sorted(unknown) or alike}, which is not known here")
    used: Counter[str] = Counter()
    cases = []
    for template in _templates(entry):
        for _ in range(entry.get("times", 1)):
            texts = _filled(template["texts"], words, used, entry.get("vary"))
            if bool(alike) != (len(texts) > 1):
                raise ValueError(
                    f"'{entry['name']}', '{texts[0]}': `alike` needs several texts; without it give one"
                )
            tags, absent = (frozenset(translate(list(template[name]))) for name in ("tags", "not"))
            cases.append(Case(texts, template["action"], tags, absent))
    distinct = tuple({case.texts: case for case in cases}.values())
    return Behaviour(entry["name"], entry["rule"], alike, distinct)


def _templates(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every case in every frame, as texts with slots and their expected labels.

    Tags of class, frame and case are all expected.
    """
    for case in map(_as_mapping, entry["cases"]):
        for frame in map(_as_mapping, entry.get("frames", (_IT,))):
            yield {
                "texts": tuple(f.replace(_IT, c) for c in case["texts"] for f in frame["texts"]),
                "action": case.get("action", frame.get("action", entry.get("action"))),
                **{
                    name: (*entry.get(name, ()), *frame.get(name, ()), *case.get(name, ()))
                    for name in ("tags", "not")
                },
            }


def _as_mapping(value: Any) -> Mapping[str, Any]:
    """A case or frame written as one text, as several, or as a mapping with `text` or `texts`."""
    if isinstance(value, str):
        return {"texts": (value,)}
    if isinstance(value, Mapping):
        return value if "texts" in value else {**value, "texts": (value["text"],)}
    return {"texts": tuple(value)}


def _filled(
    texts: Sequence[str], words: Mapping[str, Sequence[str]], used: Counter[str], vary: str | None
) -> tuple[str, ...]:
    """Texts with words in their slots: the same words in each text, the next words at the next call."""
    most: Counter[str] = Counter()

    def fill(text: str) -> str:
        here: Counter[str] = Counter()

        def word(slot: re.Match[str]) -> str:
            name = slot[1]
            if name == vary:
                return slot[0]
            place = used[name] + here[name]
            here[name] += 1
            return words[name][place % len(words[name])]

        filled = _SLOT.sub(word, text)
        most.update({name: count - most[name] for name, count in here.items() if count > most[name]})
        return filled

    done = tuple(fill(text) for text in texts)
    used.update(most)
    if vary is None:
        return done
    return tuple(text.replace(f"{{{vary}}}", word) for text in done for word in words[vary])


def outcomes(behaviours: Sequence[Behaviour], labeller: Labeller) -> tuple[Outcome, ...]:
    """Results of a labeller on each class. It is called once, with each distinct text once."""
    texts = list(
        dict.fromkeys(text for behaviour in behaviours for case in behaviour.cases for text in case.texts)
    )
    labels = dict(zip(texts, labeller(texts), strict=True))
    found = []
    for behaviour in behaviours:
        faults = [(case, _fault(case, behaviour.alike, labels)) for case in behaviour.cases]
        failures = tuple((text, fault) for _, (text, fault) in faults if fault)
        total = len(behaviour.cases)
        found.append(Outcome(behaviour.name, clopper_pearson(total - len(failures), total), failures))
    return tuple(found)


def _fault(case: Case, alike: Sequence[str], labels: Mapping[str, Labels]) -> tuple[str, str]:
    """The text with wrong labels and what is wrong with them, "" if the case passes."""
    first = labels[case.texts[0]]
    for text in case.texts[1:]:
        other = labels[text]
        wrong = (
            [f"action {other.action}, not {first.action}"]
            if ACTION in alike and other.action != first.action
            else []
        )
        if TAGS in alike and other.tags != first.tags:
            wrong += [f"lacks {tag}" for tag in sorted(first.tags - other.tags)] + [
                f"has {tag}" for tag in sorted(other.tags - first.tags)
            ]
        if wrong:
            return text, f"{'; '.join(wrong)}, unlike “{case.texts[0]}”"
    wrong = [f"action {first.action}, not {case.action}"] if case.action not in (None, first.action) else []
    wrong += [f"lacks {tag}" for tag in sorted(case.tags - first.tags)] + [
        f"has {tag}" for tag in sorted(case.absent & first.tags)
    ]
    return case.texts[0], "; ".join(wrong)


def model_labeller(bundle: Bundle) -> Labeller:
    """A model as a labeller: its most probable action, and its predicted tags."""
    names = bundle.taxonomy.labels

    def label(texts: Sequence[str]) -> list[Labels]:
        predictions = bundle.predict(texts)
        pairs = zip(predictions.action.tolist(), predictions.tags, strict=True)
        return [
            Labels(action, frozenset(names[t] for t in tags.nonzero()[0].tolist())) for action, tags in pairs
        ]

    return label


def rule_labeller(bundle: Bundle) -> Labeller:
    """The codebook's rules of a model as a labeller."""

    def label(texts: Sequence[str]) -> list[Labels]:
        return [
            Labels(o.action, frozenset(o.tags))
            for o in bundle.rules.label([bundle.seen(text) for text in texts])
        ]

    return label


def behaviour_document(
    behaviours: Sequence[Behaviour], bundle: Bundle, floors: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The part of the evaluation document on behaviour, class by class.

    Returns: name, rule, `model` and `rules` (their outcomes), and `floor` of the model or None.
    """
    ours, theirs = outcomes(behaviours, model_labeller(bundle)), outcomes(behaviours, rule_labeller(bundle))
    return [
        {"name": b.name, "rule": b.rule, "model": model, "rules": rules, "floor": floors.get(b.name)}
        for b, model, rules in zip(behaviours, ours, theirs, strict=True)
    ]


def missed_behaviours(shares: Mapping[str, float | None], floors: Mapping[str, float]) -> list[str]:
    """The floors that are not reached, in words. The floor of a class that was not tested is not reached.

    Args: `shares`, by class the share of cases that pass, 0 to 1.
    """
    missed = []
    for name, floor in floors.items():
        share = shares.get(name)
        if share is None or share < floor:
            held = "was not tried" if share is None else f"holds in {share:.3f} of its cases"
            missed.append(f"behaviour '{name}' {held}, below the floor of {floor}")
    return missed
