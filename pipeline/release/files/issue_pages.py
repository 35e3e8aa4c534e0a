"""One page for each issue tag: what is asked, how specifically, by whom, over time, and the responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from pipeline.charts.drawing import percent
from pipeline.charts.issues import RESPONSES, share_over_time
from pipeline.charts.pages import environment
from pipeline.charts.strings import interval_text
from pipeline.corpus.sessions import session_text
from pipeline.corpus.states import State, States
from pipeline.corpus.taxonomy import ACTIONS, Tag, Taxonomy
from pipeline.release.files import state_tables
from pipeline.release.files.pages import Provenance, lines_by, style
from pipeline.release.site.entries import Entry
from pipeline.release.site.search import states_of

_SHARES = {
    "issues_by_recommending_region": "recommending_region",
    "issues_by_reviewed_region": "reviewed_region",
    "issues_by_recommending_state": "recommending",
    "issues_by_reviewed_state": "reviewed",
}


def issues_of(known: Sequence[Entry], taxonomy: Taxonomy) -> list[Tag]:
    """The tags that have a page, those that occur, in order of name."""
    there = {tag for entry in known for tag in entry.issues}
    return sorted((tag for tag in taxonomy.tags if tag.label in there), key=lambda tag: tag.label.casefold())


def issue_pages(
    tables: Mapping[str, pd.DataFrame],
    provenance: Provenance,
    states: States,
    taxonomy: Taxonomy,
    known: Sequence[Entry],
) -> Iterator[tuple[str, str]]:
    """Id and page of every tag that occurs. Args: `known`, the recommendations, of `entries`."""
    template, sheet = environment("pipeline.release").get_template("issue.html.j2"), style()
    sessions = tables["sessions"]
    complete = {int(s) for s in sessions.loc[sessions["complete"], "session"]}
    figures = {name: lines_by(tables[name], "issue") for name in (*_SHARES, "actions_by_issue", "issues")}
    answers = lines_by(tables["acceptance_by_issue"], "issue")
    over_time = dict(iter(tables["issues_over_time"].groupby("issue")))
    paged = states_of(known, states)
    for tag in issues_of(known, taxonomy):
        own = [entry for entry in known if tag.label in entry.issues]
        lines = {name: found.get(tag.label, []) for name, found in figures.items()}
        yield (
            tag.id,
            template.render(
                tag=tag,
                style=sheet,
                warning=provenance.warning,
                title=provenance.manifest["title"],
                source=provenance.source,
                method=provenance.method,
                facts=_facts(lines, answers[tag.label][0], len(own)),
                actions=_actions(lines["actions_by_issue"]),
                answers=_answers(answers[tag.label][0]),
                chart=share_over_time(over_time[tag.label], complete),
                givers=_groups(lines["issues_by_recommending_region"], "recommending_region"),
                receivers=_groups(lines["issues_by_reviewed_region"], "reviewed_region"),
                recommending=_states(lines["issues_by_recommending_state"], "recommending", paged),
                reviewed=_states(lines["issues_by_reviewed_state"], "reviewed", paged),
                examples=_examples(own, paged),
                search=f"../search.html#issue={quote(tag.label)}",
                wordings=len(own),
            ),
        )


def _facts(
    lines: Mapping[str, Sequence[Mapping[str, Any]]], answers: Mapping[str, Any], wordings: int
) -> list[tuple[str, str]]:
    share, specific = lines["issues"][0], lines["actions_by_issue"][4]
    left_out = ", ".join(f"{answers[k]:,} {k}" for k in ("pending", "unknown") if answers[k])
    return [
        (f"{share['count']:,}", f"recommendations carry this tag, in {wordings:,} wordings"),
        (
            percent(share["share"]),
            f"of all {share['of']:,} recommendations ({interval_text(share['low'], share['high'])})",
        ),
        (
            percent(specific["share"]),
            f"precise, of {specific['of']:,} ({interval_text(specific['low'], specific['high'])})",
        ),
        (
            percent(answers["share"]),
            f"supported, of {answers['of']:,} supported or noted "
            f"({interval_text(answers['low'], answers['high'])})"
            + (f"; {left_out} left out" if left_out else ""),
        ),
        (f"{specific['by_people']:,}", f"of the {specific['of']:,} labelled by people"),
    ]


def _actions(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    of = lines[0]["of"] if lines else 0
    named = [(f"{line['action']} {line['name']}", line) for line in lines]
    return state_tables.table(f"How specific: action categories of {of:,}", "Category", named)


def _answers(line: Mapping[str, Any]) -> dict[str, Any]:
    counts = {word: line[word.lower()] for word in RESPONSES}
    total, most = sum(counts.values()), max(counts.values())
    return {
        "title": f"Responses of the States under review to {total:,}",
        "header": ("Response", "", "Number", "Share of all"),
        "lines": [
            {
                "name": word,
                "width": f"{100 * count / most:.1f}",
                "cells": (f"{count:,}", percent(count / total)),
            }
            for word, count in counts.items()
        ],
    }


def _groups(lines: Sequence[Mapping[str, Any]], column: str) -> dict[str, Any]:
    named = sorted(((str(line[column]), line) for line in lines), key=lambda pair: pair[0])
    title = "By regional group of the " + (
        "recommending State" if column.startswith("recommending") else "State under review"
    )
    found = state_tables.table(title, "Regional group", named)
    for line, (_, figures) in zip(found["lines"], named, strict=True):
        line["cells"] = (line["cells"][0], f"{figures['of']:,}", *line["cells"][1:])
    return found | {"header": ("Regional group", "", "Number", "Of all", "Share", "95% interval")}


def _states(lines: Sequence[Mapping[str, Any]], column: str, paged: Mapping[str, State]) -> Markup:
    """Rows of a table: State, number, of all its recommendations, share, interval; in the order of names."""
    rows = []
    for line in sorted(lines, key=lambda line: str(line[column]).casefold()):
        name = str(line[column])
        shown = escape(name, False)
        if name in paged:
            shown = f"<a href=../states/{paged[name].iso}.html>{shown}</a>"
        rows.append(
            f"<tr><th scope=row>{shown}<td>{line['count']:,}<td>{line['of']:,}<td>{percent(line['share'])}"
            f"<td>{interval_text(line['low'], line['high'])}\n"
        )
    return Markup("".join(rows))  # noqa: S704


def _examples(own: Sequence[Entry], paged: Mapping[str, State]) -> list[dict[str, str]]:
    """One recommendation of each category, of the latest session that has one.

    Within it, the one whose key comes first: keys are hashes, so that no State is shown more than others.
    """
    found = []
    for action, name in ACTIONS.items():
        of_category = (entry for entry in own if entry.action == action)
        entry = min(of_category, key=lambda e: (-(e.session or 0), e.anchor), default=None)
        if entry is None:
            continue
        state = paged.get(entry.reviewed)
        session = "not known" if entry.session is None else session_text(entry.session)
        found.append(
            {
                "category": f"{action} {name}",
                "text": entry.text,
                "where": f"{entry.reviewed or 'State not known'}, session {session}",
                "link": f"../states/{state.iso}.html#{entry.anchor}" if state else "",
                "by": ", ".join(entry.by),
                "response": (entry.response or "unknown").lower(),
                "labelled": "people" if entry.people else "a model",
            }
        )
    return found
