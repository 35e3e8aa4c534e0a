"""Tables of the evaluation page on doubt: whether a session is like the one that set the limits, and codes
that may be slips.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.charts.drawing import stacked_text
from pipeline.charts.trials import Table
from pipeline.corpus.taxonomy import ACTIONS

Found = Mapping[str, Any]


def session_tables(document: Mapping[str, Any]) -> list[Table]:
    """How like the tuning session others are; empty where an evaluation document does not say."""
    table = _sessions(document.get("exchangeability"))
    return [] if table is None else [table]


def slip_tables(document: Mapping[str, Any]) -> list[Table]:
    """Suspected slips and what hangs on them; empty where an evaluation document has none."""
    suspected = document.get("suspected_errors") or {}
    return [t for t in (_suspected(suspected), _foremost(suspected), _statistics(suspected)) if t is not None]


def _sessions(found: Found | None) -> Table | None:
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
    return Table(
        "exchangeability",
        _alike(found, later, against),
        f"{_meaning(found, later)} A classifier that has learned from other reviews tries to tell the "
        f"session from "
        f"session {against} by its "
        "texts alone (States masked): at 0.5 it can only guess, at 1 it always knows. p is how often "
        "chance does as well, when "
        f"whole reviews change sessions ({found['permutations']:,} times); below 0.05 the sessions are "
        f"taken to differ. "
        "The last two columns ask it of "
        "what the sets are made of, the probability that the model gives to the coders' category: below "
        "0.5 the later "
        f"session is the harder one.{_yardstick(found, later)}",
        (
            "Compared with the tuning session",
            "Reviews",
            "Told apart by texts",
            "p",
            "Probability of the coders' category",
            "p",
        ),
        lines,
        "Earlier sessions, as a yardstick" if earlier else "",
        ("Compared with the tuning session", "Reviews", "Told apart by texts", "p"),
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
        f" As a yardstick: of {len(tested)} earlier sessions, {len(apart) or 'none'}{named} can be "
        f"told apart by their texts."
    )


def _alike(found: Found, later: Sequence[str], against: str) -> str:
    tested = [found[kind][s]["p_value"] for kind in ("texts", "sets") for s in later if s in found[kind]]
    known = [p for p in tested if p is not None]
    named = "Session " + " and ".join(later)
    if not known:
        return (
            f"Whether session {' and '.join(later)} is like session {against} cannot be told: there "
            f"are too few reviews"
        )
    if min(known) <= 0.05:
        return f"{named} is not quite like session {against}, which the limits were set on"
    return f"{named} cannot be told from session {against}, which the limits were set on"


def _meaning(found: Found, later: Sequence[str]) -> str:
    """What the test means for the promise of the action sets, in plain words."""
    promise = (
        "The promise that an action set holds the coders' category 19 times in 20 is kept where a new "
        "session is like the one that "
        "the limits were set on."
    )
    known = [found[kind][s]["p_value"] for kind in ("texts", "sets") for s in later if s in found[kind]]
    if any(p is not None and p <= 0.05 for p in known):
        return (
            f"{promise} Here they differ, so the promise is not guaranteed: what the table above "
            f"measured is what counts."
        )
    if all(p is None for p in known):
        return f"{promise} That could not be tested."
    return (
        f"{promise} Nothing found here speaks against that, though a test can only find a difference, "
        f"never prove that there is none."
    )


def _p(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _suspected(found: Found) -> Table | None:
    if not found.get("rows"):
        return None
    lines = [
        ("Recommendations with a doubted code", f"{found['suspects']:,}", f"{found['likely']:,}"),
        ("– the action category", f"{found['actions']:,}", f"{found['likely_actions']:,}"),
        ("– a tag that may be missing", f"{found['tags_missing']:,}", f"{found['likely_tags_missing']:,}"),
        (
            "– a tag that may be one too many",
            f"{found['tags_too_many']:,}",
            f"{found['likely_tags_too_many']:,}",
        ),
    ]
    return Table(
        "suspected-errors",
        f"{found['likely']:,} of {found['rows']:,} coded recommendations have a code that may be a slip",
        "Doubted: a model that had not seen the row finds another code more probable than it usually is, "
        "or the same text was "
        "coded differently elsewhere. Likely: the codebook's rules or equal texts say so as well; they "
        "have little to say against a "
        "tag that was given. These are questions, not findings: a code can be right although all three "
        "speak against it. The whole "
        "list, most suspicious first, is suspected_errors.csv beside this evaluation, and can be imported "
        "into the review desk. In "
        f"{found['coded_differently_elsewhere']:,} rows the same text is coded differently elsewhere. The "
        f"test session is not in the "
        "list: corrections that a model picked would flatter it there.",
        ("What is doubted", "Doubted", "Likely a slip"),
        lines,
    )


def _foremost(found: Found) -> Table | None:
    shown = found.get("shown", {})
    if not any(shown.values()):
        return None
    header = ("Recommendation", "Coded", "Suggested", "Why")
    tags = [(*_place(line), *_tags(line), _why(line)) for line in shown["tags"]]
    return Table(
        "suspected-actions",
        "Foremost among them: actions that may be slips",
        "At most twelve texts, each once; those with doubted tags below. Most witnesses first (model, "
        "rules, equal "
        "texts), then the least probable.",
        header,
        [
            (*_place(line), _named(line["coded_action"]), _named(line["action"]), _why(line))
            for line in shown["action"]
        ],
        f"The {len(tags)} foremost with doubted tags" if tags else "",
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
    """What was coded, and what would change."""
    coded, suggested = line["coded_issues"] or [], line["issues"]
    changes = [f"and {t}" for t in suggested if t not in coded] + [
        f"without {t}" for t in coded if t not in suggested
    ]
    return ", ".join(coded), "; ".join(changes) or "as coded"


def _statistics(found: Found) -> Table | None:
    statistics = found.get("statistics")
    if not statistics or not statistics["all"]["figures"]:
        return None
    likely, every = statistics["likely"], statistics["all"]
    printed = [c for c in statistics["changes"] if c["printed"]]
    others = [c for c in statistics["changes"] if not c["printed"]]
    return Table(
        "changed-statistics",
        f"{likely['printed_changed']} of {likely['printed']} printed statistics would "
        f"change{_at_most(printed)} if the likely slips were "
        "corrected",
        "Counted as changed: a share that moves by more than 0.15 percentage points, a mean by more than "
        "0.01 of a level, or another "
        f"order of the most frequent issues. Of all {likely['figures']:,} statistics of these kinds, "
        f"printed or not, "
        f"{likely['changed']:,} would "
        f"change if the likely slips were corrected, {every['changed']:,} if all doubted codes were "
        f"({every['printed_changed']} of those printed). "
        f"{_largest(statistics['changes'])} Printed: by UPR Info after sessions and in its statement of "
        f"2014, and by E. "
        "R. McMahon in 2012. "
        "Doubted codes of the test session are counted here.",
        ("Statistic", "As coded", "If the likely ones hold", "If all hold"),
        list(_changed(printed)),
        f"The {len(others):,} others that would change" if others else "",
        ("Statistic", "As coded", "If the likely ones hold", "If all hold"),
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
