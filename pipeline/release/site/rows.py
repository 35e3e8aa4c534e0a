"""Tables of single recommendations in HTML, short since a release holds many of them.

What HTML does not need, closing tags and quotes, is left out. Category and who labelled are codes, which the
heads of a table explain; where scripts run, `rows.js` spells them out and makes each first cell a link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from itertools import groupby

from markupsafe import Markup

from pipeline.corpus.sessions import year_of
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.corpus.text import cycle_of
from pipeline.release.site.entries import Entry, Followed, Link

DOCUMENTS = "https://docs.un.org/en/"
# Documents of the UN have no number 0; those of invented samples do, and are not linked.
_SYMBOL = re.compile(r"A/(?!.*/0(?:/|$))[A-Z0-9/.()-]+")
_LATER = 3
"""Later wordings that a row links to; a thread may have dozens, and each links back."""
_COLUMNS = (
    ("Paragraph", ""),
    ("Recommendation", ""),
    ("Recommended by", " data-many"),
    ("Issues", " data-many"),
    ("Category", " data-one"),
    ("Response", " data-one"),
    ("Labelled by", " data-one"),
)


LABELLED = {"people": "P", "model": "M"}
"""Who labelled a row, to its code in the tables."""


def codes() -> dict[int, dict[str, str]]:
    """What the codes of a row stand for: number of the column, from 0, to code and words."""
    return {
        _place("Category"): {str(number): f"{number} {name}" for number, name in ACTIONS.items()},
        _place("Labelled by"): {code: word for word, code in LABELLED.items()},
    }


def _place(column: str) -> int:
    return [name for name, _ in _COLUMNS].index(column)


def explained() -> list[tuple[str, str]]:
    """The columns of codes by name, with the words of their codes."""
    return [
        (
            _COLUMNS[column][0],
            ", ".join(
                word if word.startswith(f"{code} ") else f"{code} {word}" for code, word in words.items()
            ),
        )
        for column, words in codes().items()
    ]


def received(own: Sequence[Entry], threads: Mapping[str, Followed]) -> Markup:
    """The recommendations to a State, a part that opens for each review, the latest first.

    Args: `own`, in order of `entries`; `threads`, of `followed`.
    """
    parts = []
    for session, group in groupby(own, key=lambda entry: entry.session):
        lines = list(group)
        parts.append(_part(session, lines, "".join(_row(entry, threads) for entry in lines)))
    return Markup("".join(parts))  # noqa: S704


def made(own: Sequence[Entry], pages: Mapping[str, str]) -> Markup:
    """Where the recommendations by a State stand: the States addressed, each with the number of wordings.

    Args: `own`, in any order; `pages`, the names of States that have a page to their file.
    """
    counts = sorted(Counter(entry.reviewed for entry in own).items())
    return Markup("".join(f"<li>{_addressed(name, n, pages)}\n" for name, n in counts))  # noqa: S704


def _addressed(name: str, count: int, pages: Mapping[str, str]) -> str:
    shown = escape(name, False) or "State not known"
    return f"<a href={pages[name]}#rows>{shown}</a> {count}" if name in pages else f"{shown} {count}"


def _review(session: int | None) -> str:
    if session is None:
        return "Session not known"
    year = year_of(session)
    return f"Session {session} ({'' if year is None else f'{year}, '}cycle {cycle_of(session)})"


def _number(lines: Sequence[Entry]) -> str:
    return f"{len(lines):,} recommendation{'' if len(lines) == 1 else 's'}"


def _document(lines: Sequence[Entry]) -> str:
    """Links to the UN documents that the rows of a review are from."""
    symbols = sorted({entry.symbol for entry in lines if entry.symbol})
    linked = [f'<a href="{DOCUMENTS}{s}">{s}</a>' if _SYMBOL.fullmatch(s) else escape(s) for s in symbols]
    return f'<p class="note">UN document: {", ".join(linked)}</p>\n' if linked else ""


def _part(session: int | None, lines: Sequence[Entry], rows: str) -> str:
    meant = dict(explained())
    head = "".join(
        f'<th scope="col"{kind}>{name}' + (f"<small>: {meant[name]}</small>" if name in meant else "")
        for name, kind in _COLUMNS
    )
    heading = f"{_review(session)}: {_number(lines)}"
    return (
        f'<details class="review"><summary>{heading}</summary>\n{_document(lines)}'
        f'<div class="scroll" id="s{session or 0}" tabindex="0" role="region" aria-label="{heading}">'
        f'<table class="rows"><thead><tr>{head}</thead>\n<tbody>\n{rows}</table></div></details>\n'
    )


def _row(entry: Entry, threads: Mapping[str, Followed]) -> str:
    thread = threads.get(entry.key)
    return (
        f"<tr id={entry.anchor}><td>{escape(entry.paragraph or '', False)}<td>{escape(entry.text, False)}"
        f"{_thread(thread) if thread else ''}{_reported(entry)}<td>{escape('; '.join(entry.by), False)}"
        f"{_codes(entry.issues, entry.action, entry.response, entry.people)}\n"
    )


@cache
def _codes(issues: tuple[str, ...], action: int | None, response: str | None, people: bool) -> str:
    tags = escape("; ".join(issues), False)
    answer, who = response or "Unknown", LABELLED["people" if people else "model"]
    return f"<td>{tags}<td>{action or '–'}<td>{answer}<td>{who}"


def _reported(entry: Entry) -> str:
    """What others report of the implementation, in their words and with their sources."""
    said = escape("; ".join(entry.implementation), False)
    return f"<p>Implementation, as reported: {said}." if said else ""


def _thread(thread: Followed) -> str:
    """Where the recommendation stands in its thread, below the text; the words are explained on the page."""
    said = []
    if thread.earlier:
        said.append(f"In {thread.reviews} reviews. Before: {_links(thread.earlier)}.")
    if thread.later:
        left = len(thread.later) - _LATER
        rest = f"; and {left} more" if left > 0 else ""
        said.append(f"Again: {_links(thread.later[:_LATER])}{rest}.")
    if thread.perhaps:
        said.append(f"Perhaps: {_links((thread.perhaps,))}.")
    return f"<p>{' '.join(said)}" if said else ""


def _links(links: Sequence[Link]) -> str:
    return "; ".join(f"<a href=#{link.anchor}>{link.session}</a> ({_said(link)})" for link in links)


def _said(link: Link) -> str:
    relation = "" if link.relation == "perhaps" else f"{link.relation}, "
    return relation + " or ".join(response or "unknown" for response in link.responses)
