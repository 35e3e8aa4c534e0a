"""What a document from outside may cost: bytes, pages, seconds, memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for a single document.

    Attributes:
        pages: of a PDF.
        unpacked_bytes: of a DOCX or XLSX, all its parts together.
        file_bytes: of the file itself.
        seconds: of reading, after which it is given up.
        memory_bytes: of address space that the reading process may take.
    """

    pages: int = 500
    unpacked_bytes: int = 200_000_000
    file_bytes: int = 100_000_000
    seconds: float = 30.0
    memory_bytes: int = 3_000_000_000
