"""Tables of the evaluation page on exchangeability of sessions, and on suspected coding errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.charts.drawing import stacked_text
from pipeline.charts.trials import TitledTable
from pipeline.corpus.taxonomy import ACTIONS

Found = Mapping[str, Any]


def session_tables(document: Mapping[str, Any]) -> list[TitledTable]:
    """How like the tuning session others are; empty where an evaluation document does not say."""
    table = _sessions(document.get("exchangeability"))
    return [] if table is None else [table]


def suspected_error_tables(document: Mapping[str, Any]) -> list[TitledTable]:
    """Suspected coding errors and the figures that depend on them; empty if a document has none."""
    suspected = document.get("suspected_errors") or {}
    return [t for t in (_suspected(suspected), _foremost(suspected), _statistics(suspected)) if t is not None]


def _sessions(found: Found | None) -> TitledTable | None:
    if not found or not found["texts"]:
        return None
    later = [str(s) for s in found["later"]]
    against = " and ".join(str(s) for s in found["against"])
    lines, earlier = [], []
    for session, texts in sorted(found["texts"].items(), key=lambda item: int(item[0])):
        sets = found["sets"].get(session, {"auc": None, "p_value": None})
        line = (
            f"Session {session}",
            f"{texts['reviews']}",
            stacked_text(texts["auc"], 2),
            _p(texts["p_value"]),
        )
        if session in later:
            lines.append((*line, stacked_text(sets["auc"], 2), _p(sets["p_value"])))
        else:
            earlier.append(line)
    return TitledTable(
        "exchangeability",
        _alike(found, later, against),
        f"{_meaning(found, later)} A classifier that was trained on other reviews tries to distinguish the "
        f"session from session {against} by its texts alone (States masked). The first figure is its AUC: at "
        "0.5 it guesses, at 1 it is always right. p is the share of random exchanges of reviews between "
        f"the sessions ({found['permutations']:,} of them) with an AUC at least as high; below 0.05 the "
        "sessions are considered different. The last two columns compare the probability that a model gives "
        "to the coders' category, on which the prediction sets are based: below 0.5 the later session is the "
        f"harder one.{_yardstick(found, later)}",
        (
            "Compared with the tuning session",
            "Reviews",
            "Distinguished by texts (AUC)",
            "p",
            "Probability of the coders' category",
            "p",
        ),
        lines,
        "Earlier sessions, for comparison" if earlier else "",
        ("Compared with the tuning session", "Reviews", "Distinguished by texts (AUC)", "p"),
        earlier,
    )


def _yardstick(found: Found, later: Sequence[str]) -> str:
    """Which earlier sessions differ, by their texts."""
    tested = sorted(int(s) for s, t in found["texts"].items() if s not in later and t["p_value"] is not None)
    apart = [s for s in tested if found["texts"][str(s)]["p_value"] <= 0.05]
    if not tested:
        return ""
    whole = len(apart) > 2 and apart == list(range(apart[0], apart[-1] + 1))
    named = f" ({apart[0]} to {apart[-1]})" if whole else f" ({', '.join(map(str, apart))})" if apart else ""
    return (
        f" For comparison: of {len(tested)} earlier sessions, {len(apart) or 'none'}{named} can be "
        f"distinguished by their texts."
    )


def _alike(found: Found, later: Sequence[str], against: str) -> str:
    tested = [found[kind][s]["p_value"] for kind in ("texts", "sets") for s in later if s in found[kind]]
    known = [p for p in tested if p is not None]
    named = "Session " + " and ".join(later)
    if not known:
        return (
            f"Whether session {' and '.join(later)} is like session {against} cannot be tested: there "
            f"are too few reviews"
        )
    if min(known) <= 0.05:
        return f"{named} differs from session {against}, on which the model was calibrated"
    return f"{named} cannot be distinguished from session {against}, on which the model was calibrated"


def _meaning(found: Found, later: Sequence[str]) -> str:
    """What the test means for the coverage of the prediction sets, in plain words."""
    promise = (
        "That a prediction set contains the coders' category in 95% of the rows is guaranteed where a new "
        "session is like the one on which the model was calibrated."
    )
    known = [found[kind][s]["p_value"] for kind in ("texts", "sets") for s in later if s in found[kind]]
    if any(p is not None and p <= 0.05 for p in known):
        return (
            f"{promise} Here they differ, so there is no guarantee; the measured coverage is in the table "
            f"above."
        )
    if all(p is None for p in known):
        return f"{promise} That could not be tested."
    return (
        f"{promise} No difference was found here. A test can find a difference, but cannot prove that "
        f"there is none."
    )


def _p(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _suspected(found: Found) -> TitledTable | None:
    if not found.get("rows"):
        return None
    lines = [
        ("Recommendations with a suspected code", f"{found['suspects']:,}", f"{found['likely']:,}"),
        ("– the action category", f"{found['actions']:,}", f"{found['likely_actions']:,}"),
        ("– a tag that may be missing", f"{found['tags_missing']:,}", f"{found['likely_tags_missing']:,}"),
        (
            "– a tag that may be wrong",
            f"{found['tags_too_many']:,}",
            f"{found['likely_tags_too_many']:,}",
        ),
    ]
    return TitledTable(
        "suspected-errors",
        f"{found['likely']:,} of {found['rows']:,} coded recommendations have a code that is probably wrong",
        "Suspected: by out-of-fold predictions another code is more probable than it is on average for rows "
        "that have it, or the same text was coded differently elsewhere. Probable: the codebook's rules or "
        "equal texts agree with the model; they seldom contradict a tag that was coded. A suspected code can "
        "be right although all three contradict it. The whole list, most suspicious first, is "
        "suspected_errors.csv in the folder of this evaluation, and can be imported into the review desk. In "
        f"{found['coded_differently_elsewhere']:,} rows the same text is coded differently elsewhere. The "
        "test session is not in the list: if only rows that a model selects were corrected, its test figures "
        "would be too good.",
        ("What is suspected", "Suspected", "Probable error"),
        lines,
    )


def _foremost(found: Found) -> TitledTable | None:
    shown = found.get("shown", {})
    if not any(shown.values()):
        return None
    header = ("Recommendation", "Coded", "Suggested", "Why")
    tags = [(*_place(line), *_tags(line), _why(line)) for line in shown["tags"]]
    return TitledTable(
        "suspected-actions",
        "Most suspicious actions",
        "At most twelve texts, each once; suspected tags are below. Rows that most of model, rules and equal "
        "texts contradict come first, then those with the least probable code.",
        header,
        [
            (*_place(line), _named(line["coded_action"]), _named(line["action"]), _why(line))
            for line in shown["action"]
        ],
        f"The {len(tags)} most suspicious rows by their tags" if tags else "",
        header,
        tags,
        kind="prose",
    )


def _place(line: Found) -> tuple[str]:
    copies = f"; {line['rows']} rows like it" if line["rows"] > 1 else ""
    where = (
        f"Session {line['session']}, {line['state_under_review']}; {line['source_file']}, row "
        f"{line['source_row']}{copies}"
    )
    return (f"{line['text']}\n{where}",)


def _why(line: Found) -> str:
    reasons: list[str] = line["review_reasons"]
    return "\n".join([reasons[0], "; ".join(reasons[1:])]).rstrip()


def _named(action: int) -> str:
    return f"{action} {ACTIONS[action]}"


def _tags(line: Found) -> tuple[str, str]:
    """The coded tags, and the suggested changes."""
    coded, suggested = line["coded_issues"] or [], line["issues"]
    changes = [f"and {t}" for t in suggested if t not in coded] + [
        f"without {t}" for t in coded if t not in suggested
    ]
    return ", ".join(coded), "; ".join(changes) or "as coded"


def _statistics(found: Found) -> TitledTable | None:
    statistics = found.get("statistics")
    if not statistics or not statistics["all"]["figures"]:
        return None
    likely, every = statistics["likely"], statistics["all"]
    printed = [c for c in statistics["changes"] if c["printed"]]
    others = [c for c in statistics["changes"] if not c["printed"]]
    return TitledTable(
        "changed-statistics",
        f"{likely['printed_changed']} of {likely['printed']} printed statistics would "
        f"change{_at_most(printed)} if the probable errors were corrected",
        "Counted as changed: a share that moves by more than 0.15 percentage points, a mean by more than "
        "0.01 of a level, or another "
        f"order of the most frequent issues. Of all {likely['figures']:,} statistics of these kinds, "
        f"printed or not, "
        f"{likely['changed']:,} would "
        f"change if the probable errors were corrected, {every['changed']:,} if all suspected codes were "
        f"({every['printed_changed']} of those printed). "
        f"{_largest(statistics['changes'])} Printed: by UPR Info after sessions and in its statement of "
        f"2014, and by E. "
        "R. McMahon in 2012. "
        "Suspected codes of the test session are counted here.",
        ("Statistic", "As coded", "Probable errors corrected", "All suspected codes corrected"),
        list(_changed(printed)),
        f"The {len(others):,} others that would change" if others else "",
        ("Statistic", "As coded", "Probable errors corrected", "All suspected codes corrected"),
        list(_changed(others)),
        kind="worded",
    )


def _at_most(changes: Sequence[Found]) -> str:
    moves = [abs(c["if_likely"] - c["coded"]) for c in changes if c["unit"] == "percent"]
    return f", by {max(moves):.1f} points at most," if moves else ""


def _largest(changes: Sequence[Found]) -> str:
    moves = [
        (abs(c["if_likely"] - c["coded"]), c)
        for c in changes
        if c["unit"] == "percent" and c["changes_if_likely"]
    ]
    if not moves:
        return ""
    size, change = max(moves, key=lambda pair: pair[0])
    return (
        f"The largest move is {size:.1f} points ({change['name'][:1].lower()}{change['name'][1:]}, "
        f"{change['where']})."
    )


def _changed(changes: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    for change in changes:
        cells = [_value(change[k], change["unit"]) for k in ("coded", "if_likely", "if_all")]
        yield f"{change['name']}\n{change['where']}", *cells


def _value(value: Any, unit: str) -> str:
    if unit == "rank":
        return ", ".join(value)
    return f"{value:.2f}%" if unit == "percent" else f"{value:.2f}"
