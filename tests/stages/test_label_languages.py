"""What `upr label` says of the models that labelled rows in several languages."""

from __future__ import annotations

from pathlib import Path

from pipeline.store.languages import versions_of_languages
from tests.conftest import Upr

TEXTS = (
    "Ratify the Convention against Torture",
    "Ratifier la Convention contre la torture",
    "Poursuivre les efforts en faveur des droits des femmes",
    "Ratificar la Convención contra la Tortura",
    "Ратифицировать Конвенцию против пыток",
)


def test_the_summary_names_each_model_with_its_rows(upr: Upr, model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(TEXTS), encoding="utf-8")
    said = upr("label", path, "--out", tmp_path / "out.csv", "--model", model_path)
    assert said.code == 0, said.err
    versions = versions_of_languages(("fr", "es"))
    assert f"2 of them labelled by {versions['fr']} (French, models/languages/fr)" in said.err
    assert f"1 of them labelled by {versions['es']} (Spanish, models/languages/es)" in said.err
    path.write_text(TEXTS[0], encoding="utf-8")
    alone = upr("label", path, "--out", tmp_path / "alone.csv", "--model", model_path)
    assert "of them labelled by" not in alone.err


def test_check_says_what_it_cannot_offer_for_a_french_draft(upr: Upr, model_path: Path) -> None:
    said = upr("check", TEXTS[2], "--model", model_path, "--state", "Chile")
    assert said.code == 0, said.err
    assert "Limits   The draft is French" in said.out
    assert "nothing like it was asked" not in said.out
