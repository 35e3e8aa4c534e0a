"""Whether the numbers of a chapter's lists are whole: gaps, duplicates and misprints, each with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from pipeline.sources.documents.kinds.chapter import Block
from pipeline.sources.documents.pages.lines import DocumentText
from pipeline.sources.records import Reject


def place(page: int | None, line: int) -> str:
    """Page and line in words."""
    return f"page {page}, line {line}" if page is not None else f"paragraph {line} of the document"


def numbering_faults(
    file: str, document: DocumentText, items: Sequence[Block], found: Collection[str | None]
) -> Iterator[Reject]:
    """Gaps and duplicates in the numbers of a chapter's lists, in the order of the lists.

    Args:
        file: name for messages.
        document: the text, for the places.
        items: the numbered items of the chapter.
        found: numbers that were read, also those inside the text of another item.
    """
    lists: dict[int | None, list[Block]] = defaultdict(list)
    for item in items:
        lists[item.parent].append(item)
    for item in items:
        if item.printed not in (None, item.number):
            line = document.line_at(item.start)
            reason = (
                f"number {item.printed} stands where {item.number} is due, and is taken for it. "
                f"Check the document there."
            )
            yield Reject(
                file,
                None,
                f"{place(line.page, line.number)}: {reason}",
                document.flow(item.content, item.end)[:160],
                line.page,
            )
    running = 0
    for parent, members in lists.items():
        seen: dict[int, Block] = {}
        # One list may run on through several paragraphs: it then begins where the one before ended.
        last = running if members[0].order == running + 1 else 0
        for item in members:
            order = item.order or 0
            line = document.line_at(item.start)
            if order in seen:
                first = document.line_at(seen[order].start)
                reason = (
                    f"number {item.number} is repeated (first at "
                    f"{place(first.page, first.number)}); both are kept. Check which is right."
                )
                yield Reject(
                    file,
                    None,
                    f"{place(line.page, line.number)}: {reason}",
                    document.flow(item.content, item.end)[:160],
                    line.page,
                )
            elif order > last + 1:
                missing = [f"{parent}.{n}" for n in range(last + 1, order) if f"{parent}.{n}" not in found]
                if missing:
                    more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
                    reason = (
                        f"numbers {', '.join(missing[:10])}{more} are missing before {item.number}. "
                        f"Look for them in the document there."
                    )
                    yield Reject(file, None, f"{place(line.page, line.number)}: {reason}", None, line.page)
            seen.setdefault(order, item)
            last = max(last, order)
        running = last
