"""The page on which two States, or regional groups, stand beside each other.

It loads the same figures as the pages of the States have, as texts, so that none is reckoned twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.charts.drawing import percent, records
from pipeline.charts.issues import RESPONSES
from pipeline.charts.strings import interval_text
from pipeline.corpus.sessions import session_text
from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.release.files.pages import Provenance, lines_by, render
from pipeline.release.site.packed import packed

FIGURES = "site/figures.js"
ROLES = {"received": "reviewed", "made": "recommending"}
"""Role as the page calls it, to the columns of statistics."""
GROUPS = {
    "Africa": "African Group",
    "Asia": "Asian Group",
    "EEG": "Eastern European Group",
    "GRULAC": "Latin American and Caribbean Group",
    "WEOG": "Western European and Others Group",
    "Observer": "Observer States",
}

_TITLES = {
    "received": "Recommendations to the States of each regional group",
    "made": "Recommendations by the States of each regional group",
}


def comparison_page(
    tables: Mapping[str, pd.DataFrame], provenance: Provenance, states: States
) -> dict[str, bytes]:
    """compare.html and the figures that it loads, by name."""
    found = figures(tables, states)
    groups = [unit for unit in found["units"] if not unit["page"]]
    page = render(
        "compare.html.j2",
        provenance,
        method=provenance.method,
        figures=FIGURES,
        file=f"{provenance.mark}upr-comparison.csv",
        states=[unit for unit in found["units"] if unit["page"]],
        beside=[(title, _fallback(found, role, groups)) for role, title in _TITLES.items()],
        actions=found["actions"],
        responses=RESPONSES,
    )
    return {"compare.html": page.encode(), FIGURES: packed(found)}


def figures(tables: Mapping[str, pd.DataFrame], states: States) -> dict[str, Any]:
    """All figures of the page, as texts.

    Returns: `units` (id, name, page), `actions`, `responses` and `issues` by name, and for each role the
    figures of each unit that has any, by id.
    """
    issues = sorted(tables["issues"]["issue"][tables["issues"]["count"] > 0], key=str.casefold)
    place = {tag: str(at) for at, tag in enumerate(issues)}
    roles = {role: _of_role(tables, column, place) for role, column in ROLES.items()}
    named = sorted({name for found in roles.values() for name in found[1]}, key=str.casefold)
    ids = {name: state.iso for name in named if (state := states.find(name))}
    groups = [name for name in GROUPS if any(name in found[0] for found in roles.values())]
    return {
        "units": [
            *({"id": name, "name": f"{GROUPS[name]} ({name})", "page": ""} for name in groups),
            *({"id": iso, "name": name, "page": f"states/{iso}.html"} for name, iso in ids.items()),
        ],
        "actions": [f"{number} {name}" for number, name in ACTIONS.items()],
        "responses": RESPONSES,
        "issues": issues,
        **{
            role: {**found[0], **{ids[name]: unit for name, unit in found[1].items() if name in ids}}
            for role, found in roles.items()
        },
    }


def _of_role(
    tables: Mapping[str, pd.DataFrame], role: str, place: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
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
    answers: list[int],
    supported: tuple[float, float, float],
    actions: list[dict[str, Any]],
    issues: list[dict[str, Any]],
    place: Mapping[str, str],
) -> dict[str, Any]:
    """Figures of a State or group: numbers, then shares with their intervals, all as texts."""
    return {
        "number": f"{sum(answers):,}",
        "coded": f"{actions[0]['of']:,}" if actions else "0",
        "people": f"{actions[0]['by_people']:,}" if actions else "0",
        "actions": [_cells(line) for line in actions],
        "answers": [f"{count:,}" for count in answers],
        "answered": f"{answers[0] + answers[1]:,}",
        "supported": [percent(supported[0]), interval_text(*supported[1:])],
        "issues": {place[line["issue"]]: _cells(line) for line in issues if line["count"]},
    }


def _cells(line: Mapping[str, Any]) -> list[str]:
    return [f"{line['count']:,}", percent(line["share"]), interval_text(line["low"], line["high"])]


def _review(line: Mapping[str, Any]) -> list[str]:
    counts = [f"{line[f'{word.lower()}_count']:,}" for word in RESPONSES]
    return [
        session_text(int(line["session"])),
        f"{line['recommendations']:,}",
        percent(line["precise"]),
        *counts,
    ]


def _fallback(
    found: Mapping[str, Any], role: str, groups: list[dict[str, str]]
) -> list[tuple[str, dict[str, Any]]]:
    """The regional groups with their figures, in the order of their names."""
    return [(unit["name"], found[role][unit["id"]]) for unit in groups if unit["id"] in found[role]]
