"""Each set of sentences says the same in each language, with its numbers, and nothing of it is unused."""

import math
import re
import string
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.store.names import LANGUAGES
from pipeline.store.sentences import Sentences, count, decimal, percent, speaking

SETS = ("pipeline.charts.strings", "pipeline.release.strings", "pipeline.arrival.strings")
OTHERS = LANGUAGES[1:]


def gaps(sentence):
    texts = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("package", SETS)
@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_all_that_english_says(package, language):
    known = Sentences(package)
    english, other = known.load("en"), known.load(language)
    assert set(english) == set(other)
    assert {key for key in english if gaps(english[key]) != gaps(other[key])} == set()
    plural = {key for key in english if not isinstance(english[key], str)}
    assert plural == {key for key in other if not isinstance(other[key], str)}
    assert all({"one", "other"} <= set(other[key]) for key in plural)


@pytest.mark.parametrize("package", SETS)
@pytest.mark.parametrize("language", OTHERS)
def test_hardly_anything_is_left_in_english(package, language):
    known = Sentences(package)
    english, other = known.load("en"), known.load(language)
    same = {key for key in english if english[key] == other[key] and re.search("[a-z]{2}", str(english[key]))}
    # Words that are the same in both, such as "Session", names of States' groups, and "{gap}" alone.
    assert len({key for key in same if len(re.sub("{.*?}", "", str(english[key]))) > 12}) == 0, sorted(same)
    assert len(same) < 0.1 * len(english), sorted(same)


@pytest.mark.parametrize("package", SETS)
def test_every_sentence_is_said(package):
    folder = Path(import_module(package).__file__).parent.parent
    code = "\n".join(
        p.read_text(encoding="utf-8")
        for p in folder.rglob("*")
        if p.suffix in (".py", ".j2", ".js") and p.is_file()
    )
    # The end of a key may be a value: f"region.{code}", "action." ~ number in templates, `none-${role}`.
    ends = r"""f["']([a-z][\w.-]*)\{|["']([a-z][\w.-]*\.)["'] ~|`([a-z][\w-]*)\$\{"""
    starts = tuple(filter(None, (start for found in re.findall(ends, code) for start in found)))
    # Scripts know their sentences without the first part.
    said = (key.removeprefix("script.") for key in Sentences(package).load())
    unused = [
        key
        for key in said
        if not re.search(f"[\"']{re.escape(key)}[\"']", code) and not key.startswith(starts)
    ]
    assert unused == []


def test_an_unknown_key_is_an_error_and_an_unknown_language_is_english():
    known = Sentences("pipeline.charts.strings")
    with pytest.raises(KeyError):
        known.say("nothing.of-the-kind")
    with speaking("xx"):
        assert known.say("head.reviews") == "Reviews"


def test_numbers_are_the_languages_own_and_rounded_alike():
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = count(1_234), count(1_234_567), decimal(0.5, 2), percent(0.12345, 1)
    assert said["en"] == ("1,234", "1,234,567", "0.50", "12.3%")
    assert said["fr"] == ("1\u202f234", "1\u202f234\u202f567", "0,50", "12,3\xa0%")
    assert said["es"] == ("1.234", "1.234.567", "0,50", "12,3\xa0%")
    assert decimal(math.nan, 1) == percent(math.nan, 1) == "–"
