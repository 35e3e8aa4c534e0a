"""The answers of an addendum, put to the recommendations of its report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.sources.documents.wording.responses import Answer
from pipeline.sources.records import Record, Reject

_SHOWN = 20


def apply_answers(
    records: Sequence[Record], answers: Mapping[str, Answer], file: str
) -> tuple[list[Record], list[Reject]]:
    """The records with the answers, and what a person should look at: numbers that stand nowhere, conflicts,
    and recommendations that stay without an answer.

    Args:
        records: the recommendations of one review.
        answers: see `addendum.Answers`. A number without its paragraph ("6") is that of the only
            recommendation whose number ends so ("140.6"). A part ("140.6(a)") of a recommendation that is not
            cut into parts answers it in part.
        file: the addendum, for messages.
    """
    told: list[Reject] = []
    known = list(dict.fromkeys(record.paragraph or "" for record in records))
    by_number: dict[str, Answer] = {}
    parts: dict[str, list[str]] = {}
    for cited, answer in answers.items():
        numbers, said = _numbers(cited, known), answer
        if not numbers and (part := re.fullmatch(r"(.+)\((\w)\)", cited)) and _numbers(part[1], known):
            parts.setdefault(part[1], []).append(part[2])
            numbers = _numbers(part[1], known)
            said = Answer("Noted", answer.words or f"{answer.position} in part: ({part[2]})")
        if not numbers and known:
            reason = (
                f"cites recommendation {cited}, which does not stand in the other documents of this review."
            )
            told.append(Reject(file, None, reason))
        for number in numbers:
            by_number.setdefault(number, said)
    told += [
        Reject(
            file,
            None,
            f"answers only part ({'), ('.join(letters)}) of recommendation {number}; it counts as Noted.",
        )
        for number, letters in parts.items()
    ]
    out = []
    for record in records:
        final = by_number.get(record.paragraph or "")
        if final is None:
            out.append(record)
            continue
        response, conflict = final_response(record, final.position, file, record.row)
        told += conflict
        out.append(replace(record, response=response, response_raw=final.words))
    told += _unanswered(out, by_number, file)
    return out, told


def _numbers(cited: str, known: Sequence[str]) -> list[str]:
    """The recommendations that a cited number means; several where the report cuts it into (a), (b)."""
    if cited in known:
        return [cited]
    if parts := [number for number in known if number.startswith(f"{cited}(")]:
        return parts
    if "." in cited:
        return []
    ends = [number for number in known if number.rsplit(".", 1)[-1] == cited and "." in number]
    return ends if len(ends) == 1 else []


def _unanswered(records: Iterable[Record], answered: Mapping[str, Answer], file: str) -> list[Reject]:
    """One message on the recommendations that wait for an answer and got none."""
    numbers = list(dict.fromkeys(record.paragraph or "(no number)" for record in records))
    waiting = [
        record.paragraph or "(no number)"
        for record in records
        if record.response in ("", "Pending") and record.paragraph not in answered
    ]
    waiting = list(dict.fromkeys(waiting))
    if not waiting:
        return []
    more = f" and {len(waiting) - _SHOWN} more" if len(waiting) > _SHOWN else ""
    reason = (
        f"gives no answer to {len(waiting)} of the {len(numbers)} recommendations: "
        f"{', '.join(waiting[:_SHOWN])}{more}. They stay without one; look for it in the addendum."
    )
    return [Reject(file, None, reason)]


def final_response(held: Record, response: str, file: str, row: int | None) -> tuple[str, list[Reject]]:
    """The response after a later document said `response` ("" for nothing), and the conflict if it is one."""
    if not response:
        return held.response, []
    if held.response in ("", "Pending", response):
        return response, []
    reason = (
        f"paragraph {held.paragraph}: {response} here, {held.response} before ({held.file}); "
        f"the later, {response}, is taken."
    )
    return response, [Reject(file, row, reason, (held.text or "")[:160])]
