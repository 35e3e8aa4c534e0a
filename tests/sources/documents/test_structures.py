"""An item is cut alike in English, French and Spanish: one grammar with three vocabularies."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from pipeline.sources.documents.kinds.cover import Cover
from pipeline.sources.documents.kinds.working_group_report import Extracted, read_report
from pipeline.sources.documents.wording.vocabulary.choosing import vocabulary_of
from pipeline.store.vocabularies import load_states
from tests.sources.documents.made import text_of
from tests.sources.documents.structures import ITEMS

STATES = load_states()
DATA = yaml.safe_load(Path(__file__).with_name("structures_of_chapters.yaml").read_text("utf-8"))
FRAMES = {
    "en": (
        "II. Conclusions and/or recommendations",
        "84. In the course of the discussion, the following recommendations were made to Andorra:",
        "1. Paint the doors (Oman);",
        "999. All conclusions and/or recommendations contained in the present report reflect the position of "
        "the submitting State(s).",
    ),
    "fr": (
        "II. Conclusions et/ou recommandations",
        "84. Au cours du débat, les recommandations ci-après ont été faites à l’Andorre :",
        "1. Peindre les portes (Oman) ;",
        "999. Toutes les conclusions et/ou recommandations figurant dans le présent rapport reflètent "
        "la position "
        "de l’État ou des États dont elles émanent.",
    ),
    "es": (
        "II. Conclusiones y/o recomendaciones",
        "84. En el curso del diálogo se formularon a Andorra las recomendaciones siguientes:",
        "1. Pintar las puertas (Omán);",
        "999. Todas las conclusiones y/o recomendaciones que figuran en el presente informe reflejan "
        "la posición "
        "de los Estados que las formularon.",
    ),
}
LANGUAGES = tuple(FRAMES)


def chapter(language: str, *lines: str) -> Extracted:
    """What a report in a language makes of these lines, behind an item of its own."""
    heading, opening, first, end = FRAMES[language]
    document = text_of(heading, opening, first, *lines, end)
    return read_report("r.pdf", document, Cover("A/HRC/60/1", STATES.find("Andorra"), 49), STATES)


def whole(language: str, lines: Sequence[str], before: Sequence[str] = ()) -> Extracted:
    """What a report in a language makes of a chapter of these lines."""
    heading, *_, end = FRAMES[language]
    document = text_of(*before, heading, *lines, end)
    return read_report("r.pdf", document, Cover("A/HRC/60/1", STATES.find("Andorra"), 49), STATES)


def said(found: Extracted) -> tuple[list[tuple[str | None, set[str], str, bool]], int]:
    """Paragraph, States, response and whether there is a theme, of each row; and the number of problems."""
    read = [
        (r.paragraph, {state.iso if (state := STATES.find(n)) else n for n in r.recommending_states})
        for r in found.records
    ]
    more = [(r.response or "", bool(r.themes)) for r in found.records]
    return [(*one, *other) for one, other in zip(read, more, strict=True)], len(found.problems)


def rows(found: Extracted) -> list[tuple[str | None, set[str]]]:
    """Paragraph and codes of the States of each row behind the first."""
    return [
        (r.paragraph, {state.iso if (state := STATES.find(n)) else n for n in r.recommending_states})
        for r in found.records[1:]
    ]


@pytest.mark.parametrize("structure", ITEMS)
def test_rows_numbers_and_states_are_those_of_english(structure: str) -> None:
    english, *others = (
        chapter(language, f"2. {item}") for language, item in zip(LANGUAGES, ITEMS[structure], strict=True)
    )
    assert all(states for _, states in rows(english))
    assert [rows(other) for other in others] == [rows(english)] * 2


@pytest.mark.parametrize("structure", DATA["chapters"])
def test_chapters_are_read_as_in_english(structure: str) -> None:
    english, *others = (
        said(whole(language, DATA["chapters"][structure][language])) for language in LANGUAGES
    )
    assert english[0]
    assert others == [english] * 2


def cited(structure: str, language: str) -> Extracted:
    """What a report makes of a chapter whose second paragraph cites what stands before."""
    lines = DATA["cited"][structure][language]
    opening = DATA["opening of a list that is supported"][language]
    return whole(language, (opening, "84.1 Test (Chile);", lines["cites"]), lines["before"])


@pytest.mark.parametrize("structure", DATA["cited"])
def test_what_the_chapter_cites_is_found_as_in_english(structure: str) -> None:
    english, *others = (said(cited(structure, language)) for language in LANGUAGES)
    assert len(english[0]) > 1
    assert others == [english] * 2


def test_what_is_cited_begins_with_its_act() -> None:
    texts = [
        [r.text for r in cited("letters that are cited", language).records[1:]] for language in LANGUAGES
    ]
    assert texts == [
        ["repair all lamps", "paint every bench"],
        ["réparer toutes les lampes", "peindre tous les bancs"],
        ["reparar todas las lámparas", "pintar todos los bancos"],
    ]


@pytest.mark.parametrize(
    ("structure", "french", "spanish"),
    [
        (
            "alternatives that share an object",
            [
                "Adhérer à la Convention sur les ferries",
                "signer et ratifier la Convention sur les ferries",
                "signer la Convention sur les ferries",
            ],
            [
                "Adherirse a la Convención sobre los Transbordadores",
                "firmar y ratificar la Convención sobre los Transbordadores",
                "firmar la Convención sobre los Transbordadores",
            ],
        ),
        (
            "when to act",
            [
                "Signer la Convention sur les ferries",
                "Signer sans délai la Convention sur les ferries",
                "ratifier la Convention sur les ferries",
                "ratifier à la première occasion la Convention sur les ferries",
                "ratifier en temps voulu la Convention sur les ferries",
            ],
            [
                "Firmar la Convención sobre los Transbordadores",
                "Firmar sin demora la Convención sobre los Transbordadores",
                "ratificar la Convención sobre los Transbordadores",
                "ratificar en la primera oportunidad la Convención sobre los Transbordadores",
                "ratificar a su debido tiempo la Convención sobre los Transbordadores",
            ],
        ),
        (
            "a pronoun for the object",
            ["S’abstenir de peindre les lampes", "l’abolir"],
            ["Abstenerse de pintar las lámparas", "abolirlo"],
        ),
        (
            "what is included",
            ["Réparer les lampes", "Réparer les lampes, y compris les rouges"],
            ["Reparar las lámparas", "Reparar las lámparas, incluidas las rojas"],
        ),
        (
            "an instrument named before",
            [
                "Appliquer la Convention sur les ferries",
                "ratifier le Protocole facultatif se rapportant à la Convention sur les ferries",
            ],
            [
                "Aplicar la Convención sobre los Transbordadores",
                "ratificar el Protocolo Facultativo de la Convención sobre los Transbordadores",
            ],
        ),
        (
            "a voice after a comma",
            ["Prendre des mesures contre la rouille", "poursuivre les pourparlers", "continuer ses travaux"],
            ["Tomar medidas contra el óxido", "continuar las conversaciones", "proseguir su labor"],
        ),
        (
            "acts of one State, retold",
            ["prendre des mesures contre la rouille", "poursuivre les pourparlers", "continuer ses travaux"],
            ["tomar medidas contra el óxido", "proseguir las conversaciones", "continuar su labor"],
        ),
        (
            "the voice begins anew",
            ["adopter une loi sur les cours", "construire des ponts"],
            ["aprobar una ley sobre los patios", "construir puentes"],
        ),
        (
            "that-clauses of one State",
            [
                "Que des mesures soient prises contre la rouille",
                "ouvrir les puits",
                "que les lampes soient réparées",
            ],
            ["Que se tomen medidas contra el óxido", "abrir los pozos", "que se reparen las lámparas"],
        ),
    ],
)
def test_each_state_gets_a_whole_sentence(structure: str, french: list[str], spanish: list[str]) -> None:
    _, in_french, in_spanish = ITEMS[structure]
    assert [r.text for r in chapter("fr", f"2. {in_french}").records[1:]] == french
    assert [r.text for r in chapter("es", f"2. {in_spanish}").records[1:]] == spanish


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.replace("œ", "oe"))
    return "".join(c for c in parts if not unicodedata.combining(c))


@pytest.mark.parametrize(
    "spoilt",
    [
        without_accents,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\u00a0").replace(" ;", "\u202f;"),
        lambda text: text.replace(" ;", ";").replace(" :", ":"),
        lambda text: text.replace("’", "'"),
        lambda text: text.replace("’", " ’ "),
    ],
    ids=["accents", "decomposed", "no-break spaces", "no space before marks", "straight", "spaced"],
)
@pytest.mark.parametrize("language", ["fr", "es"])
def test_texts_that_lost_their_form_give_the_same_rows(language: str, spoilt: Callable[[str], str]) -> None:
    place = LANGUAGES.index(language)
    for structure, items in ITEMS.items():
        read = rows(chapter(language, spoilt(f"2. {items[place]}")))
        assert read == rows(chapter(language, f"2. {items[place]}")), structure
    for structure, chapters in DATA["chapters"].items():
        read_chapter = said(whole(language, [spoilt(line) for line in chapters[language]]))
        assert read_chapter == said(whole(language, chapters[language])), structure


def test_sentences_in_capitals_are_cut() -> None:
    for text in (
        "2. REPARER LES LAMPES. ELABORER UN PLAN. (GHANA, KENYA)",
        "2. REPARAR LAS LAMPARAS. ELABORAR UN PLAN. (GHANA, KENYA)",
    ):
        assert rows(chapter("fr", text)) == [("84.2", {"GHA", "KEN"})] * 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ratify the CEDAW", "en"),
        ("CEDAW (Chile)", "en"),
        ("Repeal the regular decrees of the former observer", "en"),
        ("Accede to the statute of the Institut de France", "en"),
        ("Ratifier la CEDAW", "fr"),
        ("Former les juges", "fr"),
        ("Ratificar la CEDAW", "es"),
        ("Seguir reformando el sistema", "es"),
        ("", "en"),
    ],
)
def test_the_vocabulary_of_a_text(text: str, language: str) -> None:
    assert vocabulary_of(text).language == language


@pytest.mark.parametrize(
    ("bracket", "codes"),
    [
        ("(le Chili, l’Allemagne)", {"CHL", "DEU"}),
        ("(El Salvador, el Perú)", {"SLV", "PER"}),
        ("(les Pays-Bas et la Côte d’Ivoire)", {"NLD", "CIV"}),
        ("(Viet Nam (République socialiste du))", {"VNM"}),
    ],
)
def test_articles_and_forms_of_states_in_brackets(bracket: str, codes: set[str]) -> None:
    assert rows(chapter("fr", f"2. Réparer les lampes {bracket} ;")) == [("84.2", codes)]
