"""Reports, addenda and lists in French and Spanish are read as the English ones are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.kinds.addendum import read_positions
from pipeline.sources.documents.kinds.cover import Cover, read_cover
from pipeline.sources.documents.kinds.ohchr_list import read_list
from pipeline.sources.documents.merge import merge_review
from pipeline.sources.documents.pages.lines import Line
from pipeline.sources.documents.read import Document
from pipeline.sources.documents.wording.numbers import cited_numbers
from pipeline.sources.documents.wording.responses import answer_of
from pipeline.store.vocabularies import load_states
from tests.sources.documents.made import docx, paragraph, table, text_of

STATES = load_states()

REPORTS = {
    "fr": [
        "Nations Unies",
        "A/HRC/60/4",
        "Français",
        "Soixantième session",
        "Examen périodique universel",
        "Rapport du Groupe de travail sur l’Examen périodique universel",
        "Côte d’Ivoire",
        "1. Le Groupe de travail sur l’Examen périodique universel a tenu sa quarante-neuvième session du 28 "
        "avril au 9 mai 2025. L’Examen concernant la Côte d’Ivoire a eu lieu le 30 avril 2025.",
        "II. Conclusions et/ou recommandations",
        "61. Les recommandations ci-après ont été examinées par la Côte d’Ivoire et recueillent son "
        "adhésion :",
        "61.1 Ratifier le traité sur les lampes (Bolivie (État plurinational de)) (Pays-Bas (Royaume des)) ;",
        "61.2 Réparer toutes les lampes des rues (Espagne, Italie et Maurice) ;",
        "62. Les recommandations ci-après n’ont pas recueilli l’adhésion de la Côte d’Ivoire :",
        "62.1 Peindre les bancs publics (Tchéquie) ;",
        "63. La Côte d’Ivoire a pris note des recommandations suivantes :",
        "63.1 Balayer les cours (États-Unis d’Amérique) ;",
        "64. La Côte d’Ivoire fera connaître sa position sur les recommandations ci-dessous en temps voulu :",
        "64.1 Tondre les prairies (Iran (République islamique d’)).",
        "65. Toutes les conclusions et/ou recommandations figurant dans le présent rapport reflètent la "
        "position de l’État ou des États dont elles émanent.",
        "Annexe",
    ],
    "es": [
        "Naciones Unidas",
        "A/HRC/60/4",
        "Español",
        "60º período de sesiones",
        "Examen periódico universal",
        "Informe del Grupo de Trabajo sobre el Examen Periódico Universal",
        "Côte d’Ivoire",
        "1. El Grupo de Trabajo sobre el Examen Periódico Universal celebró su 49º período de sesiones del "
        "28 de abril al 9 de mayo de 2025. El examen de Côte d’Ivoire se llevó a cabo el 30 de abril.",
        "II. Conclusiones y/o recomendaciones",
        "61. Las recomendaciones que figuran a continuación han sido examinadas por Côte d’Ivoire y cuentan "
        "con su apoyo:",
        "61.1 Ratificar el tratado sobre las lámparas (Bolivia (Estado Plurinacional de)) (Países Bajos "
        "(Reino de los));",
        "61.2 Reparar todas las lámparas de las calles (España, Mauricio e Italia);",
        "62. Las siguientes recomendaciones no gozan del apoyo de Côte d’Ivoire:",
        "62.1 Pintar los bancos públicos (Chequia);",
        "63. Côte d’Ivoire ha tomado nota de las recomendaciones siguientes:",
        "63.1 Barrer los patios (Estados Unidos de América);",
        "64. Côte d’Ivoire dará a conocer su posición sobre las recomendaciones siguientes a su debido "
        "tiempo:",
        "64.1 Segar los prados (Irán (República Islámica del)).",
        "65. Todas las conclusiones y/o recomendaciones que figuran en el presente informe reflejan la "
        "posición de los Estados que las formularon.",
        "Anexo",
    ],
}
EXPECTED = [
    ("61.1", {"BOL", "NLD"}, "Supported"),
    ("61.2", {"ESP", "ITA", "MUS"}, "Supported"),
    ("62.1", {"CZE"}, "Noted"),
    ("63.1", {"USA"}, "Noted"),
    ("64.1", {"IRN"}, "Pending"),
]


def codes(names: Sequence[str]) -> set[str]:
    return {state.iso if (state := STATES.find(name)) else name for name in names}


def written(path: Path, lines: Sequence[str]) -> Document:
    return read_document(docx(path, "".join(paragraph(line) for line in lines)), STATES)


@pytest.mark.parametrize("language", ["fr", "es"])
def test_a_report_with_every_kind_of_answer(language: str, tmp_path: Path) -> None:
    report = written(tmp_path / "report.docx", REPORTS[language])
    assert (report.kind, report.symbol, report.state_under_review, report.session) == (
        "report",
        "A/HRC/60/4",
        "Cote d'Ivoire",
        49,
    )
    read = [(r.paragraph, codes(r.recommending_states or ()), r.response) for r in report.records]
    assert read == EXPECTED
    assert {r.language for r in report.records} == {language}
    assert list(report.problems) == []


ADDENDA = {
    "fr": [
        "A/HRC/60/4/Add.1",
        "Rapport du Groupe de travail sur l’Examen périodique universel",
        "Côte d’Ivoire",
        "Additif",
        "1. La Côte d’Ivoire accepte les recommandations 61.1, 62.1 à 62.3 et 63.1. 63.2.",
        "2. Elle prend note des recommandations nos 64.1 et 64.2, tandis que la recommandation "
        "64.3 est acceptée.",
        "3. Les recommandations suivantes ne recueillent pas l’adhésion de la Côte d’Ivoire :",
        "64.4, 64.5 ;",
        "64.6.",
        "Recommandations acceptées",
        "65.1 Le Gouvernement agira.",
        "65.2 Partiellement acceptée.",
    ],
    "es": [
        "A/HRC/60/4/Add.1",
        "Informe del Grupo de Trabajo sobre el Examen Periódico Universal",
        "Côte d’Ivoire",
        "Adición",
        "1. Côte d’Ivoire acepta las recomendaciones 61.1, 62.1 a 62.3 y 63.1. 63.2.",
        "2. Toma nota de las recomendaciones núms. 64.1 y 64.2, mientras que la recomendación "
        "64.3 cuenta con su apoyo.",
        "3. Las recomendaciones siguientes no cuentan con el apoyo de Côte d’Ivoire:",
        "64.4, 64.5;",
        "64.6.",
        "Recomendaciones aceptadas",
        "65.1 El Gobierno actuará.",
        "65.2 Aceptada parcialmente.",
    ],
}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_an_addendum_with_lists_clauses_and_headings(language: str, tmp_path: Path) -> None:
    addendum = written(tmp_path / "addendum.docx", ADDENDA[language])
    assert (addendum.kind, addendum.symbol) == ("addendum", "A/HRC/60/4/Add.1")
    supported = ["61.1", "62.1", "62.2", "62.3", "63.1", "63.2", "64.3", "65.1"]
    noted = ["64.1", "64.2", "64.4", "64.5", "64.6", "65.2"]
    assert {number: answer.position for number, answer in addendum.positions.items()} == dict.fromkeys(
        supported, "Supported"
    ) | dict.fromkeys(noted, "Noted")
    assert addendum.positions["65.2"].words.lower() in ("partiellement acceptée", "aceptada parcialmente")


@pytest.mark.parametrize("language", ["fr", "es"])
def test_an_addendum_answers_the_report_of_its_review(language: str, tmp_path: Path) -> None:
    report = written(tmp_path / "report.docx", REPORTS[language])
    lines = {
        "fr": "1. La Côte d’Ivoire accepte la recommandation 64.1 et prend note de la recommandation 61.2.",
        "es": "1. Côte d’Ivoire acepta la recomendación 64.1 y toma nota de la recomendación 61.2.",
    }
    addendum = written(tmp_path / "addendum.docx", [*ADDENDA[language][:4], lines[language]])
    merged = merge_review([report, addendum])
    assert {r.paragraph: r.response for r in merged.records} == {
        "61.1": "Supported",
        "61.2": "Noted",
        "62.1": "Noted",
        "63.1": "Noted",
        "64.1": "Supported",
    }


@pytest.mark.parametrize(
    "lines",
    [
        ["La Côte d’Ivoire accepte les recommandations 85.1–85.3, à l’exception de la recommandation 85.3."],
        ["Recommandations 85.1 et 85.2 : acceptées.", "85.3 : notée."],
        ["85.1 Acceptée ; 85.2 Acceptée ; 85.3 Non acceptée."],
        ["Les recommandations 85.1 et 85.2 sont acceptées, mais la recommandation 85.3 est rejetée."],
        ["Côte d’Ivoire apoya las recomendaciones 85.1 a 85.3, salvo la recomendación 85.3."],
        ["Recomendaciones 85.1 y 85.2: aceptadas.", "85.3: anotada."],
        ["85.1 Aceptada; 85.2 Aceptada; 85.3 No aceptada."],
        ["Se aceptan las recomendaciones 85.1 y 85.2, pero la recomendación 85.3 es rechazada."],
    ],
)
def test_answers_however_they_are_laid_out(lines: list[str]) -> None:
    found = {n: a.position for n, a in read_positions(text_of(*lines)).positions.items()}
    assert {n: found.get(n) for n in ("85.1", "85.2")} == {"85.1": "Supported", "85.2": "Supported"}
    assert found.get("85.3") in ("Noted", None)
    if "exception" not in lines[0] and "salvo" not in lines[0]:
        assert found["85.3"] == "Noted"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("recommandations 1 à 3, 7 et 8", ["1", "2", "3", "7", "8"]),
        ("les recommandations nos 3 et 9", ["3", "9"]),
        ("la recommandation 85.6 a) et 85.7", ["85.6", "85.7"]),
        ("recommandations 85.6 (a) et (c)", ["85.6(a)", "85.6(c)"]),
        ("recomendaciones 1 a 3, 7 y 8", ["1", "2", "3", "7", "8"]),
        ("las recomendaciones núms. 3 y 9", ["3", "9"]),
        ("recomendaciones 85.1 a 85.3 así como 85.5", ["85.1", "85.2", "85.3", "85.5"]),
        ("a reçu 12 recommandations en 2026", []),
        ("recommandations 3 sur 4", []),
    ],
)
def test_numbers_cited(text: str, numbers: list[str]) -> None:
    assert cited_numbers(text) == numbers


@pytest.mark.parametrize(
    ("sentence", "position"),
    [
        ("Les recommandations suivantes bénéficient de l’appui de la Suisse", "Supported"),
        ("La Suisse souscrit aux recommandations ci-après", "Supported"),
        ("Les recommandations ci-dessous ont été acceptées", "Supported"),
        ("La Suisse ne peut accepter les recommandations suivantes", "Noted"),
        ("La Suisse n’appuie pas les recommandations ci-après", "Noted"),
        ("Les recommandations suivantes ont été notées par la Suisse", "Noted"),
        ("Il est pris note des recommandations ci-dessous", "Noted"),
        ("La Suisse accepte en partie la recommandation 3", "Noted"),
        ("Les recommandations suivantes seront examinées par la Suisse", "Pending"),
        ("Recommandations en attente de réponse", "Pending"),
        ("Las recomendaciones siguientes gozan del apoyo de Suiza", "Supported"),
        ("Las siguientes recomendaciones cuentan con el pleno apoyo de Suiza", "Supported"),
        ("Suiza aprueba las recomendaciones siguientes", "Supported"),
        ("Las recomendaciones no cuentan con el apoyo de Suiza", "Noted"),
        ("Suiza no está en condiciones de aceptar las recomendaciones", "Noted"),
        ("Se ha tomado nota de las recomendaciones siguientes", "Noted"),
        ("Las recomendaciones siguientes han sido anotadas", "Noted"),
        ("Suiza acepta en principio la recomendación 3", "Noted"),
        ("Suiza responderá a las recomendaciones siguientes", "Pending"),
        ("Suiza se pronunciará sobre las recomendaciones", "Pending"),
        ("Les recommandations ci-après recueillent l’assentiment de la Suisse", "Supported"),
        ("Les recommandations ci-dessous n’ont pas eu l’assentiment de la Suisse", "Noted"),
        ("La Suisse prend acte des recommandations ci-après", "Noted"),
        ("Les réponses de la Suisse à ces recommandations figureront dans le rapport final", "Pending"),
        ("Suiza ha examinado las recomendaciones siguientes, a las que da su apoyo", "Supported"),
        ("Las siguientes recomendaciones fueron examinadas por Suiza y obtuvieron su apoyo", "Supported"),
        ("Suiza respalda las recomendaciones siguientes", "Supported"),
        ("Suiza se muestra de acuerdo con las recomendaciones siguientes", "Supported"),
        ("Suiza no estaba en condiciones de respaldar las recomendaciones siguientes", "Noted"),
        ("Suiza toma conocimiento de las recomendaciones siguientes", "Noted"),
        ("Las respuestas de Suiza a estas recomendaciones se incluirán en el informe final", "Pending"),
        ("Les États ont formulé des recommandations", None),
        ("Los Estados formularon recomendaciones", None),
    ],
)
def test_sentences_that_carry_the_response(sentence: str, position: str | None) -> None:
    answer = answer_of(sentence)
    assert (answer.position if answer else None) == position
    upper = answer_of(sentence.upper())
    assert (upper.position if upper else None) == position


@pytest.mark.parametrize("joint", ["adhere to", "Refuse", "note"])
def test_english_texts_are_not_answered_in_another_language(joint: str) -> None:
    found = answer_of(f"The State should {joint} and repair lamps")
    assert found is None or found.position == "Noted"


@pytest.mark.parametrize(
    ("text", "state", "session"),
    [
        ("Groupe de travail sur l’Examen périodique universel|Trente-quatrième session|Angola", "AGO", 34),
        ("Grupo de Trabajo sobre el Examen Periódico Universal|34º período de sesiones|Angola", "AGO", 34),
        ("EPU de l’Angola (4e cycle – 49e session)", "AGO", 49),
        ("EPU de Angola (Cuarto ciclo – 49º período de sesiones)", "AGO", 49),
        ("Examen périodique universel|Rapport du Groupe de travail|Soudan du Sud|A/HRC/61/4", "SSD", 50),
        (
            "Naciones Unidas A/HRC/61/4|Examen Periódico Universal|Informe|Países Bajos (Reino de los)",
            "NLD",
            50,
        ),
    ],
)
def test_covers(text: str, state: str, session: int) -> None:
    cover = read_cover([Line(line, 1, n) for n, line in enumerate(text.split("|"), 1)], STATES)
    assert (cover.state and cover.state.iso, cover.session) == (state, session)


LISTS = {
    "fr": [
        ("Recommandation", "État auteur", "Position", "Thèmes"),
        ("Thème : A12 Normes", "Thème : A12 Normes", "Thème : A12 Normes", "Thème : A12 Normes"),
        ("84.1 Réparer les lampes (Royaume-Uni) ;", "", "Acceptée", "Lampes"),
        ("84.2 Peindre les bancs ;", "Espagne, Brésil", "Prise en note", "Bancs"),
        ("84.3 Balayer les cours (Pérou) ;", "", "Partiellement acceptée", ""),
        ("84.4 Tondre les prairies (Malte) ;\nCommentaires : voir la lettre", "", "À l’examen", ""),
    ],
    "es": [
        ("Recomendación", "Estado que recomienda", "Posición", "Temas"),
        ("Tema: A12 Normas", "Tema: A12 Normas", "Tema: A12 Normas", "Tema: A12 Normas"),
        ("84.1 Reparar las lámparas (Reino Unido);", "", "Aceptada", "Lámparas"),
        ("84.2 Pintar los bancos;", "España, Brasil", "Se toma nota", "Bancos"),
        ("84.3 Barrer los patios (Perú);", "", "Parcialmente aceptada", ""),
        ("84.4 Segar los prados (Malta);\nComentarios: véase la carta", "", "En estudio", ""),
    ],
}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_lists(language: str, tmp_path: Path) -> None:
    cover = Cover("A/HRC/60/1", STATES.find("Andorra"), 49)
    found = read_list("list.docx", [LISTS[language]], cover, STATES)
    assert [(r.paragraph, codes(r.recommending_states or ()), r.response) for r in found.records] == [
        ("84.1", {"GBR"}, "Supported"),
        ("84.2", {"ESP", "BRA"}, "Noted"),
        ("84.3", {"PER"}, "Noted"),
        ("84.4", {"MLT"}, "Pending"),
    ]
    assert not any("omment" in (r.text or "") or "oment" in (r.text or "") for r in found.records)
    assert not any("no position" in p.reason for p in found.problems)
    named = {r.paragraph: r.themes for r in found.records}
    assert named["84.3"] == (LISTS[language][1][0].split(": ")[1],)
    title = {
        "fr": "EPU de l’Andorre (4e cycle – 49e session)",
        "es": "EPU de Andorra (49º período de sesiones)",
    }
    book = read_document(
        docx(tmp_path / "l.docx", paragraph(title[language]) + table(*LISTS[language])), STATES
    )
    assert (book.kind, book.state_under_review, book.session) == ("list", "Andorra", 49)


@pytest.mark.parametrize(
    ("comment", "persons", "goals"),
    [
        (
            "Observations générales : voir la lettre",
            "Personnes touchées :",
            "Objectifs de développement durable :",
        ),
        (
            "Observaciones generales: véase la carta",
            "Grupos vulnerables:",
            "Objetivos de Desarrollo Sostenible:",
        ),
    ],
)
def test_sections_in_the_cells_of_a_list(comment: str, persons: str, goals: str) -> None:
    rows = [
        ("Recommandation", "Position", "Thèmes"),
        (
            f"84.1 Réparer les lampes (Malte) ;\n{comment}",
            "Acceptée",
            f"Lampes\n{persons}\n- enfants\n{goals}\n- 11",
        ),
    ]
    found = read_list("list.docx", [rows], Cover("A/HRC/60/1", STATES.find("Andorra"), 49), STATES)
    [record] = found.records
    assert (record.text, record.themes, record.affected_persons, record.sdgs) == (
        "Réparer les lampes",
        ("Lampes",),
        ("enfants",),
        ("11",),
    )
    assert ["a comment is left out" in problem.reason for problem in found.problems] == [True]


def test_a_list_whose_accents_stand_apart_is_read(tmp_path: Path) -> None:
    rows = [[unicodedata.normalize("NFD", cell) for cell in row] for row in LISTS["fr"]]
    title = unicodedata.normalize("NFD", "EPU de l’Andorre (4e cycle – 49e session)")
    book = read_document(docx(tmp_path / "l.docx", paragraph(title) + table(*rows)), STATES)
    assert [(r.paragraph, r.response) for r in book.records] == [
        ("84.1", "Supported"),
        ("84.2", "Noted"),
        ("84.3", "Noted"),
        ("84.4", "Pending"),
    ]
    assert {unicodedata.is_normalized("NFC", r.text or "") for r in book.records} == {True}
