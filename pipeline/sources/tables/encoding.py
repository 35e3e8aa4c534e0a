"""Which encoding and dialect a delimited text file is in: found out, reported, and never guessed in
silence.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.errors import SourceError
from pipeline.store.files import explain

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP container (.xlsx, .docx or .zip)"),
    (b"\xd0\xcf\x11\xe0", "a legacy Office file (.xls or .doc)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a compressed file"),
)
_SINGLE_BYTE = ("cp1252", "mac_roman")
# Letters and marks that names and sentences in the UN's languages use; what else a decoding brings is a sign
# against it.
_PLAUSIBLE = frozenset("àâäáãåçèéêëìíîïñòóôöõøùúûüýÿœæßÀÂÄÁÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØÙÚÛÜŒÆ‘’“”–—…•°«»\u00a0§€")
DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1_000_000
_LINES = 100
_SEEN = 10_000
_CONTROLS = [*range(9), *range(14, 32)]
_MOST_CONTROLS = 0.02
_SPELLED = {"tab": "\t", "\\t": "\t"}


@dataclass(frozen=True)
class TextFormat:
    """How a delimited text file is written.

    Attributes:
        encoding: a Python codec name.
        delimiter: one character.
        line_end: "CR", "LF" or "CRLF".
    """

    encoding: str
    delimiter: str
    line_end: str

    def __str__(self) -> str:
        shown = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(self.delimiter, self.delimiter)
        return f"{self.encoding}, {shown}, {self.line_end} line ends"


def detect_in(path: Path, encoding: str = "auto", delimiter: str = "auto") -> TextFormat:
    """The format of a file; see `detect`. Raises: SourceError, StoreError."""
    try:
        with path.open("rb") as file:
            return detect(file, str(path), encoding, delimiter)
    except OSError as error:
        raise explain(path, error) from error


def detect(file: BinaryIO, where: str, encoding: str = "auto", delimiter: str = "auto") -> TextFormat:
    """The format of an open file, read in blocks, however large it is; what is not "auto" is taken as told.

    Raises: SourceError if the content is empty, is another kind of file, or cannot be text in the encoding
        told.
    """
    if not any(block.strip() for block in _blocks(file)):
        raise SourceError(where, "the file is empty.", "Export it again.")
    content = next(_blocks(file))
    if kind := _signature(content):
        raise SourceError(
            where,
            f"this is {kind}, not a delimited text file.",
            "Give the file its right ending, or export it as .csv.",
        )
    if encoding == "auto" and not _can_be_text(content):
        raise SourceError(
            where,
            "this is no text, whatever its ending says.",
            "Give the file its right ending, or export the table as .csv.",
        )
    name = _encoding(file, content) if encoding == "auto" else encoding
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise SourceError(
            where, f"there is no encoding '{encoding}'.", "Use a name such as utf-8, cp1252 or mac_roman."
        ) from error
    delimiter = _SPELLED.get(delimiter, delimiter)
    if delimiter != "auto" and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise SourceError(
            where, f"{delimiter!r} cannot separate cells.", "Use one character, such as ',' or ';', or tab."
        )
    head = content.decode(name, errors="replace")
    return TextFormat(name, _delimiter(head) if delimiter == "auto" else delimiter, _line_end(head))


def is_text(path: Path) -> bool:
    """Whether a file is text by its bytes, whatever its ending. Raises: StoreError."""
    try:
        with path.open("rb") as file:
            head = file.read(_BLOCK)
    except OSError as error:
        raise explain(path, error) from error
    return bool(head.strip()) and not _signature(head) and _can_be_text(head)


def _signature(head: bytes) -> str | None:
    """What kind of file begins so, None if text may."""
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def _can_be_text(head: bytes) -> bool:
    """Whether bytes can be text: it has hardly any control characters, but for those of UTF-16."""
    if _wide(head):
        return True
    controls = np.bincount(np.frombuffer(head, dtype=np.uint8), minlength=256)[_CONTROLS].sum()
    return int(controls) <= _MOST_CONTROLS * len(head)


def _wide(head: bytes) -> str | None:
    """The encoding of a text of two bytes a letter; every second byte is 0 where no mark says so."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[:_SEEN:2].count(0), head[1:_SEEN:2].count(0)
    half = max(min(len(head), _SEEN) // 2, 1)
    if max(even, odd) < half / 4 or min(even, odd) > half / 50:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file from its beginning."""
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _encoding(file: BinaryIO, head: bytes) -> str:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if wide := _wide(head):
        return wide
    proper, broken = _utf8_letters(file)
    if proper > broken or not broken:
        # With some broken ones it is UTF-8 with stray bytes: the rows that hold them are rejected, the others
        # are right.
        return "utf-8"
    counts = np.zeros(256, dtype=np.int64)
    for block in _blocks(file):
        counts += np.bincount(np.frombuffer(block, dtype=np.uint8), minlength=256)
    return max(_SINGLE_BYTE, key=lambda name: _plausibility(counts.tolist(), head, name))


def _utf8_letters(file: BinaryIO) -> tuple[int, int]:
    """How many characters beyond ASCII are proper UTF-8, and how many bytes are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    proper = broken = 0
    for block in chain(_blocks(file), (b"",)):
        text = decoder.decode(block, final=not block)
        if not text.isascii():
            escaped = sum(1 for c in text if "\ud800" <= c <= "\udfff")
            proper += sum(1 for c in text if c > "\x7f") - escaped
            broken += escaped
    return proper, broken


def _plausibility(counts: list[int], head: bytes, name: str) -> int:
    """Args: `counts`, how often the file has each byte."""
    letters = [bytes([byte]).decode(name, errors="replace") for byte in range(256)]
    score = sum(
        n if letter in _PLAUSIBLE else -n
        for letter, n in zip(letters, counts, strict=True)
        if letter > "\x7f"
    )
    # Old Macintosh exports end lines with a bare CR: a sign where the letters do not decide.
    return 2 * score + (name == "mac_roman" and _line_end(head.decode(name, errors="replace")) == "CR")


def _line_end(sample: str) -> str:
    crlf = sample.count("\r\n")
    cr, lf = sample.count("\r") - crlf, sample.count("\n") - crlf
    return max((("CRLF", crlf), ("CR", cr), ("LF", lf)), key=lambda pair: pair[1])[0]


def _delimiter(head: str) -> str:
    """The delimiter that cuts the heading into most cells; another one, where a title stands above the
    headings: the first line is then cut otherwise than others, and the other one cuts more of them alike.
    """
    lines = [line for line in head.splitlines()[:_LINES] if line.strip()]
    first = lines[0] if lines else ""
    best = max(DELIMITERS, key=lambda d: (len(next(csv.reader([first], delimiter=d))), -DELIMITERS.index(d)))
    if len(_widths(lines, best)) < 2:
        return best
    alike = {d: max((n * (w - 1) for w, n in _widths(lines, d).items()), default=0) for d in DELIMITERS}
    other = max(DELIMITERS, key=lambda d: (alike[d], -DELIMITERS.index(d)))
    return other if alike[other] > alike[best] else best


def _widths(lines: list[str], delimiter: str) -> Counter[int]:
    """How many rows have how many cells."""
    try:
        return Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return Counter()
