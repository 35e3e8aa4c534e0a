"""French and Spanish texts labelled by the models of models/languages, and put aside where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.languages import coded, evaluation_set, figures
from pipeline.errors import ModelError
from pipeline.models.bundle import Bundle
from pipeline.models.decision import label_columns, label_texts
from pipeline.store.languages import (
    current_vocabularies,
    language_folder,
    load_language_bundle,
    models_of_languages,
    save_language_bundle,
)

FRENCH = "Abolir la peine de mort et ratifier le deuxième Protocole facultatif"
SPANISH = "Seguir promoviendo los derechos de los pueblos indígenas"
ENGLISH = "Ratify the Convention against Torture and its Optional Protocol without delay"


@pytest.fixture(scope="module")
def translated() -> dict[str, Bundle]:
    return {language: load_language_bundle(language_folder(language)) for language in ("fr", "es")}


def test_each_row_gets_the_model_of_its_language(bundle: Bundle, translated: dict[str, Bundle]) -> None:
    texts = [ENGLISH, FRENCH, SPANISH, "Ратифицировать Конвенцию против пыток"]
    labels = label_texts(bundle, texts, [None] * 4, model_of=translated.get)
    assert [label.action for label in labels] == [5, 5, 2, None]
    assert "Death penalty" in labels[1].issues
    assert "Indigenous peoples" in labels[2].issues
    assert [label.reasons[0].value for label in labels[1:]] == [
        "language-not-certified",
        "language-not-certified",
        "other-language",
    ]
    versions = label_columns(labels, bundle)["model_version"]
    assert versions == [bundle.version, translated["fr"].version, translated["es"].version, bundle.version]


def test_without_a_model_the_row_is_put_aside_with_the_reason(bundle: Bundle) -> None:
    for model_of in (
        models_of_languages((), bundle.taxonomy.version),
        models_of_languages(("fr",), "2099-01"),
    ):
        (label,) = label_texts(bundle, [FRENCH], [None], model_of=model_of)
        assert (label.action, [reason.value for reason in label.reasons]) == (None, ["other-language"])


def test_an_english_row_is_labelled_as_without_the_other_languages(
    bundle: Bundle, translated: dict[str, Bundle]
) -> None:
    alone = label_texts(bundle, [ENGLISH], [None])
    assert label_texts(bundle, [FRENCH, ENGLISH], [None] * 2, model_of=translated.get)[1:] == alone


@pytest.mark.parametrize("given", ["fr", "es"])
def test_a_language_that_the_text_does_not_have_is_told(
    given: str, bundle: Bundle, translated: dict[str, Bundle]
) -> None:
    text = {"fr": SPANISH, "es": FRENCH}[given]
    (label,) = label_texts(bundle, [text], [given], model_of=translated.get)
    assert "language-uncertain" in label.reasons


@pytest.mark.parametrize("language", ["fr", "es"])
def test_labels_do_not_depend_on_the_state(language: str, translated: dict[str, Bundle]) -> None:
    frames = {
        "fr": ("Protéger les ressortissants {} contre la torture", ("angolais", "danois", "chinois")),
        "es": ("Proteger a los ciudadanos {} contra la tortura", ("angoleños", "daneses", "chinos")),
    }
    frame, peoples = frames[language]
    predictions = translated[language].predict([frame.format(people) for people in peoples])
    assert (predictions.tag_scores == predictions.tag_scores[0]).all()
    assert (predictions.action_probabilities == predictions.action_probabilities[0]).all()


@pytest.mark.parametrize("language", ["fr", "es"])
def test_quality_on_the_projects_own_texts_stays(language: str, translated: dict[str, Bundle]) -> None:
    model = translated[language]
    texts, actions, tags = evaluation_set(language, model.taxonomy)
    own = current_vocabularies(language, model.taxonomy.version)
    found = figures(model.predict(texts), coded(texts, actions, tags, own))
    assert found["action_accuracy"] >= 0.88
    assert found["tags_micro_f1"] >= 0.88


def test_nothing_is_accepted_without_review(translated: dict[str, Bundle]) -> None:
    for language, model in translated.items():
        texts, _, _ = evaluation_set(language, model.taxonomy)
        assert not model.predict(texts).accepted.any()


def test_a_saved_model_is_the_same_and_an_altered_one_is_refused(
    tmp_path: Path, translated: dict[str, Bundle]
) -> None:
    saved = save_language_bundle(tmp_path / "fr", translated["fr"], "fr")
    assert saved.version == translated["fr"].version
    path = tmp_path / "fr" / "codebook.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(ModelError, match=r"codebook\.yaml: the file is not the one that was saved"):
        load_language_bundle(tmp_path / "fr")


def test_both_models_fit_in_forty_megabytes() -> None:
    files = [path for path in language_folder("fr").parent.rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) < 40_000_000


def test_english_texts_load_no_other_model(bundle: Bundle) -> None:
    def asked(language: str) -> Bundle | None:
        raise AssertionError(language)

    label_texts(bundle, [ENGLISH, None, "2019"], [None, None, "en"], model_of=asked)


@pytest.mark.long
def test_check_shows_labels_and_evidence_of_a_french_text() -> None:
    command = [sys.executable, "-m", "pipeline", "check", FRENCH]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Death penalty" in done.stdout
    assert "peine de mort" in done.stdout
