"""How pages of a release are made of templates: in three languages, with the addresses of each other.

English pages stand in the folder of the release, French and Spanish ones in its folders `fr` and `es`, by the
same names. Scripts, data and style sheet stand once, in `site`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from pipeline.charts.pages import environment
from pipeline.charts.strings import category, region, response, responses_of_many, state, tag
from pipeline.release.strings import say, sentence
from pipeline.store.names import LANGUAGES
from pipeline.store.sentences import OWN_NAMES, count, filled, language, percent

STYLE = "site/pages.css"

_ALLOWED = Markup("; script-src 'self' file:; worker-src blob:")
"""What the policy of a page with scripts adds; the library that writes workbooks compresses in a worker."""


@dataclass(frozen=True)
class Place:
    """Where a page stands. Args: `name`, of the English page, such as "states/KEN.html"."""

    name: str

    @property
    def file(self) -> str:
        """The page in the language that is spoken, from the folder of the release."""
        return file_in(self.name, language())

    @property
    def root(self) -> str:
        """The way from the page to the folder of the release."""
        return "../" * self.file.count("/")

    @property
    def others(self) -> Iterator[tuple[str, str, str]]:
        """The same page in the other languages: code, name in itself, address."""
        for other in LANGUAGES:
            if other != language():
                yield other, OWN_NAMES[other], self.root + file_in(self.name, other)

    @property
    def style(self) -> str:
        """The address of the style sheet; "" for a page that holds it, as English ones at the top do."""
        return self.root + STYLE if self.root else ""


def file_in(name: str, wanted: str) -> str:
    """A page in a language, from the folder of the release."""
    return name if wanted == LANGUAGES[0] else f"{wanted}/{name}"


def told(key: str, **values: object) -> str:
    """A string for a page. What is Markup among the values stays so; everything else is escaped."""
    if not any(hasattr(value, "__html__") for value in values.values()):
        return say(key, **values)
    return escape(sentence(key, **values)).format(**filled(values))


def link(address: str, text: str, english: bool = False) -> Markup:
    """A link within a sentence. Args: `english`, whether its words and its page are English everywhere."""
    mark = Markup(' lang="en" hreflang="en"') if english else ""
    return Markup('<a{} href="{}">{}</a>').format(mark, address, text)


@cache
def templates() -> Environment:
    """The templates of pages, with the words of the language that is spoken while they are rendered."""
    made = environment("pipeline.release")
    made.globals.update(
        t=told,
        link=link,
        language=language,
        allowed=_ALLOWED,
        category=category,
        response=response,
        responses_of_many=responses_of_many,
    )
    made.filters.update(count=count, percent=percent, tag=tag, state=state, region=region)
    made.filters.update(italic=_italic, recommendation=_recommendation)
    return made


def _italic(text: str) -> Markup:
    """English words that stand as examples."""
    return Markup('<i lang="en">{}</i>').format(text)


def _recommendation(text: str) -> Markup:
    """The text of a recommendation, which is in English on a page of any language."""
    if language() == LANGUAGES[0]:
        return escape(text)
    return Markup('<span lang="en">{}</span>').format(text)


def style() -> Markup:
    """The style sheet of every page."""
    return Markup(templates().get_template("style.j2").render())  # noqa: S704


def style_sheet() -> bytes:
    """The same as a file, for the pages that do not hold it."""
    return re.sub(r"</?style>\s*", "", style()).encode()


def page(template: str, place: Place, **values: Any) -> bytes:
    """A page in the language that is spoken. Args: `values`, what its template needs."""
    sheet = "" if place.style else style()
    return templates().get_template(template).render(place=place, style=sheet, **values).encode()
