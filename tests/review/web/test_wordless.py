"""All the desk says is in its files of strings, and all in them is said."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.models.reasons import Reason
from pipeline.review import strings
from pipeline.review.store.transitions import Role, Status

FOLDER = Path(strings.__file__).parent.parent
PAGES = FOLDER.parent / "service"
"""Whose page for those who draft has its words from the same files."""
SOURCES = {
    p: p.read_text(encoding="utf-8")
    for p in [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py"), *PAGES.rglob("*.py")]
}
USED = {
    key
    for text in SOURCES.values()
    for key in re.findall(r"""\b(?:t|say|Refused|Forbidden)\(f?["']([a-z]+\.[\w.-]+)["']""", text)
}
PREFIXES = {key for text in SOURCES.values() for key in re.findall(r"""\bt\(["']([\w.-]+[.-])["'] ~""", text)}

PREFIXES |= {
    prefix
    for text in SOURCES.values()
    for prefix in re.findall(r"""f["']([a-z]+[.-])\{""", text)
    if any(key.startswith(prefix) for key in strings.load_strings())
}
"""Strings of which the code knows the first part only."""


def test_every_string_that_is_used_exists() -> None:
    known = set(strings.load_strings())
    whole = {key for key in USED if not key.endswith((".", "-"))}
    assert whole - known == set()
    assert len(whole) > 100
    for prefix in PREFIXES:
        assert any(key.startswith(prefix) for key in known), prefix


def test_every_string_is_used() -> None:
    code = "\n".join(SOURCES.values())
    # Refusals are also raised by their key alone, and outcomes by the kind of the entry.
    unused = [
        k
        for k in strings.load_strings()
        if k not in USED
        and f'"{k}"' not in code
        and not any(k.startswith(p) for p in (*PREFIXES, "outcome.", "reason."))
    ]
    assert unused == ["title"] or unused == []


def test_every_reason_has_its_wording_and_no_other() -> None:
    worded = {key.removeprefix("reason.") for key in strings.load_strings() if key.startswith("reason.")}
    assert worded == {reason.value for reason in Reason}


def test_templates_hold_no_words_of_their_own() -> None:
    for path, text in SOURCES.items():
        if path.suffix == ".html":
            bare = re.sub(
                r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>|&\w+;",
                "",
                re.sub(
                    r"<code.*?</code>|{% block width %}.*",
                    "",
                    text,
                    flags=re.DOTALL if "<code" in text else 0,
                ),
                flags=re.DOTALL,
            )
            assert set(re.findall(r"[A-Za-z]{2,}", re.sub(r"\bEnter\b", "", bare))) == set(), path.name


def test_every_status_has_its_words() -> None:
    known = strings.load_strings()
    assert all(f"status.{s.value}" in known for s in Status)
    assert {r.value for r in Role} == {"reviewer", "adjudicator", "admin"}
