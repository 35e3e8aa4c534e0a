"""A list of drafts with advice as a Word document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.store.files import atomic_file
from pipeline.store.workbooks import FIXED_DATE

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LISTS = (
    ("makes_specific", "What would make it specific"),
    ("rewrites", "Possible rewrites"),
    ("examples", "Specific recommendations that were supported"),
)


def write_advice(out: Path, drafts: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    """Write drafts in their order, each with its category and advice below it, whole or not at all.

    Args: `drafts`, the text of each with its values by column (see `stages.check.ADVICE`).
    Returns: how many drafts. Raises: StoreError.
    """
    from docx import Document  # takes long to import

    document = Document()
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = FIXED_DATE
    document.add_heading("Drafts with advice", 1)
    count = 0
    model = ""
    for text, values in drafts:
        count += 1
        document.add_paragraph(_plain(text), "List Number").runs[0].bold = True
        _add_advice(document, values)
        model = values["model_version"] or model
    document.add_paragraph(f"Model: {model}")
    with atomic_file(out) as temporary:
        document.save(str(temporary))
    return count


def _add_advice(document: Any, values: Mapping[str, Any]) -> None:
    action = values["action"]
    if action is None:
        _add_line(document, "Category", f"none ({', '.join(values['review_reasons'] or ())})")
        return
    _add_line(
        document, "Category", f"{action} {ACTIONS[action]}, probability {values['action_confidence']:.0%}"
    )
    _add_line(document, "Issues", "; ".join(values["issues"] or ()) or "none")
    for name, title in (("why", "Why"), ("support", "Support")):
        if values[name]:
            _add_line(document, title, values[name])
    for name, title in _LISTS:
        if values[name]:
            _add_line(document, title, "")
            for sentence in values[name]:
                document.add_paragraph(_plain(sentence), "List Bullet 2")


def _add_line(document: Any, title: str, value: str) -> None:
    paragraph = document.add_paragraph(style="List Continue")
    paragraph.add_run(f"{title}: ").italic = True
    paragraph.add_run(_plain(value))


def _plain(text: str) -> str:
    """A text without the characters that XML does not know; never empty, so that it has a run."""
    return _NOT_XML.sub(" ", text) or " "
