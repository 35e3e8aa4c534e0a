"""One page for each issue tag: what is asked, how specifically, by whom, over time, and the responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from pipeline.charts import strings as naming
from pipeline.charts.drawing import percent
from pipeline.charts.issues import RESPONSES, share_over_time
from pipeline.charts.strings import interval_text
from pipeline.corpus.sessions import session_text
from pipeline.corpus.states import State, States
from pipeline.corpus.taxonomy import ACTIONS, Tag, Taxonomy
from pipeline.release.files import state_tables
from pipeline.release.files.pages import Provenance, left_out, lines_by, render
from pipeline.release.files.rendering import Place
from pipeline.release.site.entries import Entry
from pipeline.release.site.search import states_of
from pipeline.release.strings import say
from pipeline.store.names import LANGUAGES, sort_key, tag_names
from pipeline.store.sentences import count, language

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
) -> Iterator[tuple[str, bytes]]:
    """File and page of every tag that occurs. Args: `known`, the recommendations, of `entries`."""
    sessions = tables["sessions"]
    complete = {int(s) for s in sessions.loc[sessions["complete"], "session"]}
    figures = {name: lines_by(tables[name], "issue") for name in (*_SHARES, "actions_by_issue", "issues")}
    answers = lines_by(tables["acceptance_by_issue"], "issue")
    over_time = dict(iter(tables["issues_over_time"].groupby("issue")))
    paged = states_of(known, states)
    whole = language() == LANGUAGES[0]
    named = tag_names(taxonomy.version, language())
    for tag in issues_of(known, taxonomy):
        place = Place(f"issues/{tag.id}.html")
        own = [entry for entry in known if tag.label in entry.issues]
        lines = {name: found.get(tag.label, []) for name, found in figures.items()}
        yield (
            place.file,
            render(
                "issue.html.j2",
                provenance,
                place,
                name=naming.tag(tag.label),
                label=tag.label,
                definition=named[tag.label].definition,
                facts=_facts(lines, answers[tag.label][0], len(own)),
                actions=_actions(lines["actions_by_issue"]),
                answers=_answers(answers[tag.label][0]),
                chart=share_over_time(over_time[tag.label], complete),
                givers=_groups(lines["issues_by_recommending_region"], "recommending_region"),
                receivers=_groups(lines["issues_by_reviewed_region"], "reviewed_region"),
                # They are long, and hold no words but names: the other languages lead to the English page.
                each=whole,
                recommending=_states(lines["issues_by_recommending_state"], "recommending", paged),
                reviewed=_states(lines["issues_by_reviewed_state"], "reviewed", paged),
                examples=_examples(own, paged, place.root),
                search=f"../search.html#issue={quote(tag.label)}",
                wordings=len(own),
            ),
        )


def _facts(
    lines: Mapping[str, Sequence[Mapping[str, Any]]], answers: Mapping[str, Any], wordings: int
) -> list[tuple[str, str]]:
    share, specific = lines["issues"][0], lines["actions_by_issue"][4]
    shares = {"share": share, "precise": specific, "supported": answers}
    words = {
        key: say(f"issue.facts.{key}", n=int(line["of"]), interval=interval_text(line["low"], line["high"]))
        for key, line in shares.items()
    }
    if rest := left_out(answers):
        words["supported"] += f"; {say('issue.facts.left-out', rest=rest)}"
    return [
        (count(share["count"]), say("issue.facts.recommendations", n=wordings)),
        *((percent(line["share"]), words[key]) for key, line in shares.items()),
        (count(specific["by_people"]), say("issue.facts.people", n=int(specific["of"]))),
    ]


def _actions(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    of = int(lines[0]["of"]) if lines else 0
    named = [(naming.category(line["action"]), line) for line in lines]
    return state_tables.table(say("issue.how-specific", n=of), say("table.category"), named)


def _answers(line: Mapping[str, Any]) -> dict[str, Any]:
    counts = {word: line[word.lower()] for word in RESPONSES}
    total, most = sum(counts.values()), max(counts.values())
    return {
        "title": say("issue.responses", n=int(total)),
        "header": (say("issue.response"), "", say("number"), say("issue.share-of-all")),
        "lines": [
            {
                "name": naming.responses_of_many(word),
                "width": f"{100 * number / most:.1f}",
                "cells": (count(number), percent(number / total)),
            }
            for word, number in counts.items()
        ],
    }


def _groups(lines: Sequence[Mapping[str, Any]], column: str) -> dict[str, Any]:
    pairs = ((naming.region(str(line[column])), line) for line in lines)
    named = sorted(pairs, key=lambda pair: sort_key(pair[0]))
    by = "recommending" if column.startswith("recommending") else "reviewed"
    found = state_tables.table(say(f"issue.by-{by}"), say("issue.region"), named)
    for line, (_, figures) in zip(found["lines"], named, strict=True):
        line["cells"] = (line["cells"][0], count(figures["of"]), *line["cells"][1:])
    header = (say("issue.region"), "", say("number"), say("issue.of-all"), say("share"), say("interval"))
    return found | {"header": header}


def _states(lines: Sequence[Mapping[str, Any]], column: str, paged: Mapping[str, State]) -> Markup:
    """Rows of a table: State, number, of all its recommendations, share, interval; in the order of names."""
    rows = []
    for line in sorted(lines, key=lambda line: str(line[column]).casefold()):
        name = str(line[column])
        shown = escape(name, False)
        if name in paged:
            shown = f"<a href=../states/{paged[name].iso}.html>{shown}</a>"
        rows.append(
            f"<tr><th scope=row>{shown}<td>{count(line['count'])}<td>{count(line['of'])}"
            f"<td>{percent(line['share'])}<td>{interval_text(line['low'], line['high'])}\n"
        )
    return Markup("".join(rows))  # noqa: S704


def _examples(own: Sequence[Entry], paged: Mapping[str, State], root: str) -> list[dict[str, str]]:
    """One recommendation of each category, of the latest session that has one.

    Within it, the one whose key comes first: keys are hashes, so that no State is shown more than others.
    """
    found = []
    for action in ACTIONS:
        of_category = (entry for entry in own if entry.action == action)
        entry = min(of_category, key=lambda e: (-(e.session or 0), e.anchor), default=None)
        if entry is None:
            continue
        page = paged.get(entry.reviewed)
        reviewed = naming.state(entry.reviewed) if entry.reviewed else say("state-unknown")
        session = None if entry.session is None else session_text(entry.session)
        by = ", ".join(map(naming.state, entry.by))
        facts = [
            say("issue.recommended-by", states=by) if by else "",
            say("issue.responded", response=naming.response(entry.response or "Unknown").lower()),
            say("issue.labelled-by", who=say("people" if entry.people else "model")),
        ]
        found.append(
            {
                "category": naming.category(action),
                "text": entry.text,
                "where": say(
                    "issue.where" if session else "issue.where-unknown", state=reviewed, session=session
                ),
                # The texts stand once, on the English pages of States.
                "link": f"{root}states/{page.iso}.html#{entry.anchor}" if page else "",
                "facts": " ".join(filter(None, facts)),
            }
        )
    return found
