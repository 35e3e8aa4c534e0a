"""The recommendations as the search page of a release loads them, and what its filters are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.charts.issues import RESPONSES
from pipeline.corpus.sessions import session_text
from pipeline.corpus.states import State, States
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.release.site.entries import Entry
from pipeline.release.site.packed import packed
from pipeline.threads.model import RELATIONS

ENTRIES = 4_000
"""Wordings of a file: small enough to be shown as progress, large enough to be compressed well."""


def states_of(known: Sequence[Entry], states: States) -> dict[str, State]:
    """The States that have a page, by the name that the release calls them, in order of name."""
    names = {name for entry in known for name in (entry.reviewed, *entry.by)}
    found = {name: states.find(name) for name in sorted(names, key=str.casefold) if name}
    return {name: state for name, state in found.items() if state is not None}


def files(known: Sequence[Entry]) -> list[str]:
    """The files that hold the recommendations, in order."""
    return [f"site/texts-{number:02}.js" for number in range(1, -(-len(known) // ENTRIES) + 1)]


def names(known: Sequence[Entry], states: States) -> dict[str, Any]:
    """What the numbers in the files stand for.

    Returns: `states`, of name, page ("" for none) and regional group each; `issues`, `actions` and
    `responses` by name; `sessions`, number to what is shown; `files`, `wordings` and `rows`.
    """
    paged = states_of(known, states)
    sessions = sorted({entry.session for entry in known if entry.session is not None})
    return {
        "states": [
            [name, *((f"{paged[name].iso}.html", paged[name].region) if name in paged else ("", ""))]
            for name in _states(known)
        ],
        "issues": _issues(known),
        "actions": [f"{number} {name}" for number, name in ACTIONS.items()],
        "responses": RESPONSES,
        "sessions": {str(session): session_text(session) for session in sessions},
        "files": files(known),
        "wordings": len(known),
        "rows": sum(entry.rows for entry in known),
    }


def _states(known: Sequence[Entry]) -> list[str]:
    return sorted({name for entry in known for name in (entry.reviewed, *entry.by)}, key=str.casefold)


def _issues(known: Sequence[Entry]) -> list[str]:
    return sorted({tag for entry in known for tag in entry.issues}, key=str.casefold)


def texts(known: Sequence[Entry], threads: pa.Table) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file. A wording is the same place in every list of its file.

    Args: `threads`, threads.parquet.
    """
    again = _again(known, threads)
    state = {name: place for place, name in enumerate(_states(known))}
    issue = {tag: place for place, tag in enumerate(_issues(known))}
    for number, name in enumerate(files(known)):
        part = known[number * ENTRIES : (number + 1) * ENTRIES]
        here = [link for link in again if number * ENTRIES <= link[0] < (number + 1) * ENTRIES]
        links = {
            "at": [place - number * ENTRIES for place, *_ in here],
            "back": [earlier - place for place, earlier, *_ in here],
            "order": [order for *_, order, _ in here],
            "relation": [RELATIONS.index(relation) for *_, relation in here],
        }
        yield name, packed(_columns(part, state, issue) | {"again": links})


def _again(known: Sequence[Entry], threads: pa.Table) -> list[tuple[int, int, int, str]]:
    """Wordings that repeat an earlier one: place, place of that one, order in the thread (1 where it is only
    perhaps repeated) and relation; in order of place.
    """
    place = {entry.key: at for at, entry in enumerate(known) if "-" not in entry.anchor}
    columns = (threads[name].to_pylist() for name in ("rec_key", "repeats", "order", "relation"))
    return sorted(
        (place[key], place[earlier], order or 1, relation)
        for key, earlier, order, relation in zip(*columns, strict=True)
        if earlier is not None
    )


def _columns(part: Sequence[Entry], state: Mapping[str, int], issue: Mapping[str, int]) -> dict[str, Any]:
    return {
        "text": [entry.text for entry in part],
        "key": [entry.anchor for entry in part],
        "paragraph": [entry.paragraph or "" for entry in part],
        "to": [state[entry.reviewed] for entry in part],
        "session": [entry.session or 0 for entry in part],
        "by": [[state[name] for name in entry.by] for entry in part],
        "issues": [[issue[tag] for tag in entry.issues] for entry in part],
        "action": [entry.action or 0 for entry in part],
        "response": [RESPONSES.index(entry.response or "Unknown") for entry in part],
        "people": [int(entry.people) for entry in part],
        "rows": [entry.rows for entry in part],
    }
