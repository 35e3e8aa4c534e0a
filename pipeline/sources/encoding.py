"""Which encoding and dialect a delimited text file is in: found out, reported, and never guessed in silence."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass

from pipeline.errors import SourceError

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
# Letters and marks that names and sentences in the UN's languages use; what else a decoding brings is a sign against it.
_PLAUSIBLE = frozenset("àâäáãåçèéêëìíîïñòóôöõøùúûüýÿœæßÀÂÄÁÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØÙÚÛÜŒÆ‘’“”–—…•°«»\u00a0§€")
DELIMITERS = (",", ";", "\t", "|")
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


def detect(content: bytes, where: str, encoding: str = "auto", delimiter: str = "auto") -> TextFormat:
    """The format of a file's content; what is not "auto" is taken as told.

    Raises: SourceError if the content is empty, is another kind of file, or cannot be text in the encoding told.
    """
    if not content.strip():
        raise SourceError(where, "the file is empty.", "Export it again.")
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            raise SourceError(where, f"this is {kind}, not a delimited text file.", "Give the file its right ending, or export it as .csv.")
    name = _encoding(content) if encoding == "auto" else encoding
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise SourceError(where, f"there is no encoding '{encoding}'.", "Use a name such as utf-8, cp1252 or mac_roman.") from error
    delimiter = _SPELLED.get(delimiter, delimiter)
    if delimiter != "auto" and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise SourceError(where, f"{delimiter!r} cannot separate cells.", "Use one character, such as ',' or ';', or tab.")
    head = content[:1_000_000].decode(name, errors="replace")
    return TextFormat(name, _delimiter(head) if delimiter == "auto" else delimiter, _line_end(head))


def _encoding(content: bytes) -> str:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    escaped = content.decode("utf-8", errors="surrogateescape")
    broken = sum(1 for c in escaped if "\ud800" <= c <= "\udfff")
    proper = sum(1 for c in escaped if c > "\x7f") - broken
    if proper > broken:
        # UTF-8 with stray bytes: the rows that hold them are rejected, the others are right.
        return "utf-8"
    return max(_SINGLE_BYTE, key=lambda name: _plausibility(content, name))


def _plausibility(content: bytes, name: str) -> int:
    text = content.decode(name, errors="replace")
    score = sum(1 if c in _PLAUSIBLE else -1 for c in text if c > "\x7f")
    # Old Macintosh exports end lines with a bare CR: a sign where the letters do not decide.
    return 2 * score + (name == "mac_roman" and _line_end(text[:1_000_000]) == "CR")


def _line_end(sample: str) -> str:
    crlf = sample.count("\r\n")
    cr, lf = sample.count("\r") - crlf, sample.count("\n") - crlf
    return max((("CRLF", crlf), ("CR", cr), ("LF", lf)), key=lambda pair: pair[1])[0]


def _delimiter(head: str) -> str:
    """The delimiter that cuts the heading into most cells."""
    first = next((line for line in head.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda d: (len(next(csv.reader([first], delimiter=d))), -DELIMITERS.index(d)))
