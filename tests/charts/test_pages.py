"""Words of pages that come from elsewhere, in each language."""

from __future__ import annotations

import pytest

from pipeline.charts.pages import model_origin
from pipeline.store.sentences import speaking


@pytest.mark.parametrize(
    ("origin", "french", "spanish"),
    [
        ("shipped", "livré avec le programme", "incluido en el programa"),
        ("best", "le meilleur", "el mejor"),
        ("folder models/x y", "dossier models/x y", "carpeta models/x y"),
        (
            "champion, version 3 of upr-labeller",
            "champion, version 3 de upr-labeller",
            "champion, versión 3 de upr-labeller",
        ),
        ("models:/upr-labeller/4", "models:/upr-labeller/4", "models:/upr-labeller/4"),
    ],
)
def test_where_a_model_is_from_is_said_in_the_language_of_the_page(
    origin: str, french: str, spanish: str
) -> None:
    assert model_origin(origin) == origin
    for language, words in (("fr", french), ("es", spanish)):
        with speaking(language):
            assert model_origin(origin) == words
