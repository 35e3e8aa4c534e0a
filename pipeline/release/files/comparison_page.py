"""The page on which two States, or regional groups, stand beside each other.

All its languages load the same figures, those of the pages of the States: numbers, and shares that are
rounded once, so that none is reckoned twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.charts import strings as naming
from pipeline.charts.drawing import percent, records
from pipeline.charts.issues import RESPONSES
from pipeline.charts.strings import interval_text
from pipeline.corpus.sessions import session_text
from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.release.files.pages import Provenance, lines_by, listed, render
from pipeline.release.files.rendering import Place
from pipeline.release.strings import say
from pipeline.store.sentences import count

FIGURES = "site/figures.js"
ROLES = {"received": "reviewed", "made": "recommending"}
"""Role as the page calls it, to the columns of statistics."""
GROUPS = ("Africa", "Asia", "EEG", "GRULAC", "WEOG", "Observer")

Tables = Mapping[str, pd.DataFrame]


def comparison_page(tables: Tables, provenance: Provenance, states: States) -> dict[str, bytes]:
    """compare.html by its name, in the language that is spoken."""
    found, place = figures(tables, states), Place("compare.html")
    known = _states(tables, states)
    groups = [group for group in GROUPS if any(group in found[role] for role in ROLES)]
    names: dict[str, Any] = {
        "units": [
            *({"id": group, "name": f"{say(f'group.{group}')} ({naming.region(group)})"} for group in groups),
            *(
                {"id": iso, "name": name, "page": f"states/{iso}.html"}
                for iso, name in listed((iso, naming.state(name)) for name, iso in known.items())
            ),
        ],
        "actions": [naming.category(action) for action in ACTIONS],
        "responses": [naming.responses_of_many(word) for word in RESPONSES],
        "issues": [naming.tag(label) for label in _issues(tables)],
    }
    page = render(
        "compare.html.j2",
        provenance,
        place,
        figures=FIGURES,
        file=f"{provenance.mark}upr-comparison.csv",
        names=names,
        states=listed((iso, naming.state(name)) for name, iso in known.items()),
        beside=[
            (say(f"compare.{role}"), [_shown(unit, found[role]) for unit in names["units"][: len(groups)]])
            for role in ROLES
        ],
    )
    return {place.file: page}


def _shown(unit: Mapping[str, str], role: Mapping[str, Any]) -> list[str]:
    """The line of a regional group: name, number, shares of the categories, responses, share supported."""
    found = role.get(unit["id"])
    if found is None:
        return [unit["name"], count(0)]
    share, low, high = (math.nan if end is None else end / 1000 for end in found["supported"])
    return [
        unit["name"],
        count(found["number"]),
        *(percent(line[1] / 1000) for line in found["actions"]),
        *map(count, found["answers"]),
        f"{percent(share)} ({interval_text(low, high)})",
    ]


def _issues(tables: Tables) -> list[str]:
    return sorted(tables["issues"]["issue"][tables["issues"]["count"] > 0], key=str.casefold)


def _states(tables: Tables, states: States) -> dict[str, str]:
    """The States that made or received recommendations: name to ISO code."""
    named = {str(name) for column in ROLES.values() for name in tables[f"{column}_states"][column]}
    return {name: state.iso for name in named if (state := states.find(name))}


def figures(tables: Tables, states: States) -> dict[str, Any]:
    """All figures of the page: for each role those of each regional group and State that has any, by id.

    A share is a number of tenths of a per cent, None where it is not defined.
    """
    place = {tag: str(at) for at, tag in enumerate(_issues(tables))}
    ids = _states(tables, states)
    found = {}
    for role, column in ROLES.items():
        groups, own = _of_role(tables, column, place)
        found[role] = {**groups, **{ids[name]: unit for name, unit in own.items() if name in ids}}
    return found


def _of_role(tables: Tables, role: str, place: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures of the regional groups, and of the States, by name."""
    groups, states = {}, {}
    kinds = f"{role}_region", f"{role}_state"
    actions = [
        lines_by(tables[f"actions_by_{kind}"], by) for kind, by in zip(kinds, (kinds[0], role), strict=True)
    ]
    issues = [
        lines_by(tables[f"issues_by_{kind}"], by) for kind, by in zip(kinds, (kinds[0], role), strict=True)
    ]
    for line in records(tables[f"acceptance_by_{role}_region"]):
        name = str(line[f"{role}_region"])
        answers = [line[word.lower()] for word in RESPONSES]
        share = line["share"], line["low"], line["high"]
        groups[name] = _unit(answers, share, actions[0].get(name, []), issues[0].get(name, []), place)
    for line in records(tables[f"{role}_states"]):
        name = str(line[role])
        answers = [line[f"{word.lower()}_count"] for word in RESPONSES]
        share = line["supported"], line["supported_low"], line["supported_high"]
        states[name] = _unit(answers, share, actions[1].get(name, []), issues[1].get(name, []), place)
    if role == "reviewed":
        for name, lines in lines_by(tables["reviews"], "reviewed").items():
            states[name]["reviews"] = [_review(line) for line in lines]
    return groups, states


def _unit(
    answers: Sequence[int],
    supported: Sequence[float],
    actions: Sequence[Mapping[str, Any]],
    issues: Sequence[Mapping[str, Any]],
    place: Mapping[str, str],
) -> dict[str, Any]:
    """Figures of a State or group: numbers, and shares with their intervals."""
    return {
        "number": int(sum(answers)),
        "coded": int(actions[0]["of"]) if actions else 0,
        "people": int(actions[0]["by_people"]) if actions else 0,
        "actions": [_line(line) for line in actions],
        "answers": [int(number) for number in answers],
        "supported": [_tenths(share) for share in supported],
        "issues": {place[line["issue"]]: _line(line) for line in issues if line["count"]},
    }


def _line(line: Mapping[str, Any]) -> list[int | None]:
    return [int(line["count"]), *(_tenths(line[key]) for key in ("share", "low", "high"))]


def _tenths(share: float) -> int | None:
    """A share in tenths of a per cent, rounded as pages write it."""
    return None if math.isnan(share) else round(10 * float(f"{100 * share:.1f}"))


def _review(line: Mapping[str, Any]) -> list[Any]:
    counts = [int(line[f"{word.lower()}_count"]) for word in RESPONSES]
    return [
        session_text(int(line["session"])),
        int(line["recommendations"]),
        _tenths(line["precise"]),
        *counts,
    ]
