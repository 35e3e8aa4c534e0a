"""Automatic list numbers of a DOCX, as Word shows them: they stand in no text, only in the rules of
word/numbering.xml.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"),
    (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
    (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    pattern: str


@dataclass
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Gives each paragraph its number, in the order of the document."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        """Args: the roots of word/numbering.xml and word/styles.xml, None where a document has none."""
        self._lists: dict[str, _List] = {}
        self._abstract: dict[str, str] = {}
        self._overrides: dict[str, dict[int, int]] = defaultdict(dict)
        self._own_levels: dict[str, dict[int, _Level]] = {}
        self._started: set[str] = set()
        self._styles = _style_numbers(styles)
        if numbering is not None:
            self._read(numbering)

    def _read(self, root: Any) -> None:
        for abstract in root.iterfind(f"{W}abstractNum"):
            levels = dict(filter(None, (_level(element) for element in abstract.iterfind(f"{W}lvl"))))
            self._lists[abstract.get(f"{W}abstractNumId", "")] = _List(levels)
        for num in root.iterfind(f"{W}num"):
            number = num.get(f"{W}numId", "")
            self._abstract[number] = _value(num.find(f"{W}abstractNumId"))
            for override in num.iterfind(f"{W}lvlOverride"):
                level = _integer(override.get(f"{W}ilvl"))
                start = override.find(f"{W}startOverride")
                if start is not None:
                    self._overrides[number][level] = _integer(_value(start), 1)
                own = override.find(f"{W}lvl")
                if own is not None and (found := _level(own)):
                    self._own_levels.setdefault(number, {})[level] = found[1]

    def next(self, properties: Any | None) -> str:
        """The number of the next paragraph ("134.7", "(a)"), "" for one without number or with a bullet.

        Args: `properties`, its w:pPr element.
        """
        number, level = self._of(properties)
        numbered = self._lists.get(self._abstract.get(number, ""))
        if numbered is None or not number or number == "0":
            return ""
        levels = numbered.levels | self._own_levels.get(number, {})
        if level not in levels:
            return ""
        if number not in self._started:
            self._started.add(number)
            for place, start in self._overrides.get(number, {}).items():
                numbered.counts[place] = start - 1
        counts = numbered.counts
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [place for place in counts if place > level]:
            del counts[deeper]
        for upper in range(level):
            if upper in levels:
                counts.setdefault(upper, levels[upper].start)
        return _shown(levels, counts, level)

    def _of(self, properties: Any | None) -> tuple[str, int]:
        style_number, style_level = "", 0
        if properties is not None:
            style = properties.find(f"{W}pStyle")
            if style is not None:
                style_number, style_level = self._styles.get(_value(style), ("", 0))
            direct = properties.find(f"{W}numPr")
            if direct is not None:
                number, level = direct.find(f"{W}numId"), direct.find(f"{W}ilvl")
                return (
                    _value(number) if number is not None else style_number,
                    _integer(_value(level)) if level is not None else (style_level if number is None else 0),
                )
        return style_number, style_level


def _style_numbers(styles: Any | None) -> dict[str, tuple[str, int]]:
    """Style -> list and level, those of the style it is based on where it has none of its own."""
    own: dict[str, tuple[str, int]] = {}
    based: dict[str, str] = {}
    if styles is None:
        return own
    for style in styles.iterfind(f"{W}style"):
        name = style.get(f"{W}styleId", "")
        based[name] = _value(style.find(f"{W}basedOn"))
        numbered = style.find(f"{W}pPr/{W}numPr")
        if numbered is not None and numbered.find(f"{W}numId") is not None:
            own[name] = (_value(numbered.find(f"{W}numId")), _integer(_value(numbered.find(f"{W}ilvl"))))
    resolved = dict(own)
    for name in based:
        seen, current = set(), name
        while current and current not in own and current not in seen:
            seen.add(current)
            current = based.get(current, "")
        if current in own:
            resolved[name] = own[current]
    return resolved


def _level(element: Any) -> tuple[int, _Level] | None:
    pattern = element.find(f"{W}lvlText")
    if pattern is None:
        return None
    start = element.find(f"{W}start")
    style = _value(element.find(f"{W}numFmt")) or "decimal"
    return _integer(element.get(f"{W}ilvl")), _Level(
        _integer(_value(start), 1) if start is not None else 1, style, _value(pattern)
    )


def _shown(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    current = levels[level]
    if current.style in {"bullet", "none"}:
        return ""

    def number(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        style = levels[place].style if place in levels else "decimal"
        return in_style(counts.get(place, 1), style)

    return re.sub(r"%(\d)", number, current.pattern).strip()


def in_style(number: int, style: str) -> str:
    """A number as Word writes it in one of its styles (decimal, lowerLetter, upperRoman ...)."""
    if style in {"lowerLetter", "upperLetter"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if style == "upperLetter" else letter
    if style in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        out = ""
        for value, sign in _ROMAN:
            out += sign * (number // value)
            number %= value
        return out.upper() if style == "upperRoman" else out
    return f"{number:02d}" if style == "decimalZero" else str(number)


def _value(element: Any | None) -> str:
    return "" if element is None else str(element.get(f"{W}val", ""))


def _integer(text: str | None, default: int = 0) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else default
