"""Tables of single recommendations in HTML, short since a release holds many of them.

What HTML does not need, closing tags and quotes, is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from itertools import groupby

from markupsafe import Markup

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.corpus.text import cycle_of
from pipeline.release.site.entries import Entry, Followed, Link

DOCUMENTS = "https://docs.un.org/en/"
_SYMBOL = re.compile(r"A/[A-Z0-9/.()-]+")
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
    """Where the recommendations by a State stand: by session the States addressed, with their number.

    Args: `own`, in any order; `pages`, the names of States that have a page to their file.
    """
    counts = Counter((-(entry.session or 0), entry.reviewed) for entry in own)
    lines = []
    for session, group in groupby(sorted(counts.items()), key=lambda item: item[0][0]):
        linked = (_addressed(name, -session, count, pages) for (_, name), count in group)
        lines.append(f"<dt>{_review(-session or None)}<dd>{', '.join(linked)}\n")
    return Markup(f"<dl>{''.join(lines)}</dl>")  # noqa: S704


def _addressed(name: str, session: int, count: int, pages: Mapping[str, str]) -> str:
    shown = f"{escape(name, False) or 'State not known'}"
    return f"<a href={pages[name]}#s{session}>{shown}</a> {count}" if name in pages else f"{shown} {count}"


def _review(session: int | None) -> str:
    return "Session not known" if session is None else f"Session {session} (cycle {cycle_of(session)})"


def _number(lines: Sequence[Entry]) -> str:
    return f"{len(lines):,} recommendation{'' if len(lines) == 1 else 's'}"


def _document(lines: Sequence[Entry]) -> str:
    """Links to the UN documents that the rows of a review are from."""
    symbols = sorted({entry.symbol for entry in lines if entry.symbol})
    linked = [f'<a href="{DOCUMENTS}{s}">{s}</a>' if _SYMBOL.fullmatch(s) else escape(s) for s in symbols]
    return f'<p class="note">UN document: {", ".join(linked)}</p>\n' if linked else ""


def _part(session: int | None, lines: Sequence[Entry], rows: str) -> str:
    head = "".join(f'<th scope="col"{kind}>{name}' for name, kind in _COLUMNS)
    heading = f"{_review(session)}: {_number(lines)}"
    return (
        f'<details class="review"><summary>{heading}</summary>\n{_document(lines)}'
        f'<div class="scroll" id="s{session or 0}" tabindex="0" role="region" aria-label="{heading}">'
        f'<table class="rows"><thead><tr>{head}</thead>\n<tbody>\n{rows}</table></div></details>\n'
    )


def _row(entry: Entry, threads: Mapping[str, Followed]) -> str:
    where = escape(entry.paragraph) if entry.paragraph else "#"
    thread = threads.get(entry.key)
    return (
        f"<tr id={entry.anchor}><td><a href=#{entry.anchor}>{where}</a><td>{escape(entry.text, False)}"
        f"{_thread(thread) if thread else ''}{_reported(entry)}<td>{escape('; '.join(entry.by), False)}"
        f"{_codes(entry.issues, entry.action, entry.response, entry.people)}\n"
    )


@cache
def _codes(issues: tuple[str, ...], action: int | None, response: str | None, people: bool) -> str:
    category = f"{action} {ACTIONS[action]}" if action else "–"
    tags = escape("; ".join(issues), False)
    return f"<td>{tags}<td>{category}<td>{response or 'Unknown'}<td>{'people' if people else 'model'}"


def _reported(entry: Entry) -> str:
    """What others report of the implementation, in their words and with their sources."""
    said = escape("; ".join(entry.implementation), False)
    return f"<p>Implementation, as reported: {said}.</p>" if said else ""


def _thread(thread: Followed) -> str:
    """Where the recommendation stands in its thread, in a paragraph below the text."""
    said = []
    if thread.earlier:
        said.append(f"Asked in {thread.reviews} reviews. Before, in session {_links(thread.earlier)}.")
    if thread.later:
        left = len(thread.later) - _LATER
        rest = f"; and {left} more" if left > 0 else ""
        said.append(f"Asked again in session {_links(thread.later[:_LATER])}{rest}.")
    if thread.perhaps:
        said.append(f"For readers to judge: session {_links((thread.perhaps,))}.")
    return f"<p>{' '.join(said)}</p>" if said else ""


def _links(links: Sequence[Link]) -> str:
    return "; ".join(
        f"<a href=#{link.anchor}>{link.session}</a> ({link.relation}, "
        f"{' or '.join(r or 'unknown' for r in link.responses)})"
        for link in links
    )
