"""French and Spanish texts get the same labels however they are typed and saved, or the fault is told."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.corpus.language import has_lost_letters
from pipeline.models.bundle import Bundle
from pipeline.models.decision import Label, label_texts
from pipeline.models.reasons import Reason
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record
from pipeline.store.languages import language_folder, load_language_bundle
from pipeline.store.vocabularies import load_states
from tests.conftest import Upr

LANGUAGES = ("fr", "es")
TOLD = {Reason.LANGUAGE_UNCERTAIN, Reason.OTHER_LANGUAGE, Reason.BROKEN_WORDS, Reason.UNSEEN_WORDING}
Change = Callable[[str], str]


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def typographic(text: str) -> str:
    """Narrow spaces before signs, and the typographic apostrophe, as French printers have them."""
    return re.sub(r" ?([;:?!])", "\u202f\\1", text.replace("'", "’"))


SAME: dict[str, Change] = {
    "decomposed": lambda t: unicodedata.normalize("NFD", t),
    "upper case": str.upper,
    "French spaces and apostrophes": typographic,
    "straight apostrophes": lambda t: t.replace("’", "'"),
    "guillemets": lambda t: f"«\u00a0{t}\u00a0»",
    "quotation marks": lambda t: f"“{t}”",
    "inverted marks": lambda t: f"¡{t}!",
    "hard spaces": lambda t: t.replace(" ", "\u00a0"),
    "full stop and spaces": lambda t: f"  {t} . ",
}
"""What leaves every label as it is."""
DAMAGED: dict[str, Change] = {
    "no accents": without_accents,
    "upper case without accents": lambda t: without_accents(t).upper(),
    "UTF-8 read as cp1252": lambda t: t.encode().decode("cp1252", "replace"),
    "question marks for letters": lambda t: re.sub(r"[^\x00-\x7f]", "?", t),
    "signs of replacement": lambda t: re.sub(r"[^\x00-\x7f]", "\ufffd", t),
}
"""What loses letters: the same labels, or told."""


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    found = {}
    for language in LANGUAGES:
        path = Path(__file__).parents[2] / f"data/languages/evaluation-{language}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            found[language] = [row["text"] for row in csv.DictReader(file)]
    return found


@pytest.fixture(scope="module")
def translated() -> dict[str, Bundle]:
    return {language: load_language_bundle(language_folder(language)) for language in LANGUAGES}


@pytest.fixture(scope="module")
def label(bundle: Bundle, translated: dict[str, Bundle]) -> Callable[..., list[Label]]:
    machine = standardiser(load_states(), None)

    def run(rows: list[str], given: str | None = None) -> list[Label]:
        cleaned = [machine.row(Record("typed.csv", 1, row)).values["text"] for row in rows]
        return label_texts(bundle, cleaned, [given] * len(rows), model_of=translated.get)

    return run


def said(label: Label) -> tuple[int | None, frozenset[str], str | None]:
    return label.action, frozenset(label.issues), label.model


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", SAME)
def test_what_is_typed_otherwise_gets_the_same_label(
    change: str, language: str, texts: dict[str, list[str]], label: Callable[..., list[Label]]
) -> None:
    rows = texts[language]
    expected = [said(one) for one in label(rows)]
    assert [said(one) for one in label([SAME[change](row) for row in rows])] == expected
    assert all(model for _, _, model in expected), "each row has the model of its language"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", DAMAGED)
def test_a_text_that_lost_letters_gets_the_same_label_or_a_reason(
    change: str, language: str, texts: dict[str, list[str]], label: Callable[..., list[Label]]
) -> None:
    rows = texts[language]
    pairs = zip(rows, label(rows), label([DAMAGED[change](row) for row in rows]), strict=True)
    different = [(row, is_) for row, was, is_ in pairs if said(was) != said(is_)]
    assert [row for row, one in different if not TOLD & set(one.reasons)] == []
    if "accents" in change:
        assert len(different) <= 1, "accents are no part of what the models know"


@pytest.mark.parametrize("given", ["en", "fr", "es", "pt"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", [str, without_accents])
def test_a_wrong_language_is_told(
    change: Change, language: str, given: str, texts: dict[str, list[str]], label: Callable[..., list[Label]]
) -> None:
    rows = [change(row) for row in texts[language]]
    labels = label(rows, given)
    assert all(one.reasons for one in labels), "nothing is accepted"
    if given == language:
        assert [said(one) for one in labels][:20] == [said(one) for one in label(rows)][:20]
        return
    untold = [row for row, one in zip(rows, labels, strict=True) if not TOLD & set(one.reasons)]
    assert untold == []
    doubted = {Reason.LANGUAGE_UNCERTAIN, Reason.OTHER_LANGUAGE}
    assert sum(bool(doubted & set(one.reasons)) for one in labels) >= len(rows) - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_texts_have_lost_no_letter(language: str, texts: dict[str, list[str]]) -> None:
    assert [row for row in texts[language] if has_lost_letters(row)] == []
    assert not has_lost_letters("Should the State not act? It should.")
    assert not has_lost_letters("¿Ratificará el Pacto? Sí")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16", "mac_roman"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_in_any_encoding_gives_the_same_texts(
    language: str, encoding: str, texts: dict[str, list[str]], upr: Upr, model_path: Path, tmp_path: Path
) -> None:
    rows = texts[language][:40]
    heading = {"fr": "Recommandation", "es": "Recomendación"}[language]
    lines = [f"N°;{heading};État", *(f'{n};"{row}";Andorre' for n, row in enumerate(rows, start=1))]
    path = tmp_path / "tableau.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding, "replace"))
    out = tmp_path / "out.parquet"
    told = upr("label", path, "--out", out, "--model", model_path)
    assert told.code == 0, told.err
    table = pq.read_table(out).to_pylist()
    assert [row["text"] for row in table] == rows
    assert {row["language"] for row in table} == {language}
