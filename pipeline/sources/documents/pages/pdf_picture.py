"""Pages of a PDF as pictures, for people who compare what was extracted with the document."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.apart import answers

_WIDTH = 1000
"""Pixels: the text of a page of A4 is easily read."""
_MOST_HEIGHT = 4000


def page_picture(path: Path, number: int, limits: DocumentLimits) -> tuple[bytes, int]:
    """A page drawn in a process of its own, within limits of time and memory.

    Args:
        number: of the page, from 1.

    Returns: the picture (PNG), and how many pages the document has.
    Raises: SourceError if there is no such page, or the document cannot be read.
    """
    task = {"path": str(path), "number": number}
    ((picture, pages),) = answers(draw, task, limits, path.name)
    return base64.b64decode(picture), pages


def draw(task: Any, _limits: DocumentLimits) -> Iterator[tuple[str, int]]:
    """The picture in base64, and how many pages there are; runs in the process of its own."""
    import pypdfium2

    path, number = Path(task["path"]), task["number"]
    try:
        with pypdfium2.PdfDocument(path) as document:
            if not 1 <= number <= len(document):
                raise SourceError(path.name, f"has no page {number}.", f"It has {len(document)}.")
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(_WIDTH / max(width, 1), _MOST_HEIGHT / max(height, 1))
            picture, out = page.render(scale=scale).to_pil(), io.BytesIO()
            picture.convert("L").save(out, "PNG", optimize=True)
            yield base64.b64encode(out.getvalue()).decode(), len(document)
    except pypdfium2.PdfiumError as error:
        raise SourceError(path.name, f"cannot be drawn ({error}).", "Open it in another program.") from error
