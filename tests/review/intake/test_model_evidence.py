from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from pipeline.models.bundle import Bundle
from pipeline.review.intake.model_evidence import ModelEvidence
from pipeline.review.opening import import_files
from pipeline.review.store.database import Database
from pipeline.review.store.tables import predictions
from tests.conftest import Upr
from tests.review import invented

TEXT = "Kenya should ensure that women in Kenya take part in elections on an equal footing with men."


def test_the_model_marks_the_words_it_leans_on_but_no_state(bundle: Bundle) -> None:
    evidence = ModelEvidence(bundle)
    labels = ("action", "Women's rights", "Elections")
    said = int(bundle.predict([TEXT]).action[0])
    marks = evidence.marks(TEXT, bundle.version, said, labels)
    words = {what: " ".join(TEXT[start:end] for start, end, tag in marks if tag == what) for what in labels}
    assert "women" in words["Women's rights"]
    assert "elections" in words["Elections"]
    assert words["action"]
    assert all("Kenya" not in TEXT[start:end] for start, end, _ in marks)


def test_a_model_explains_only_what_it_said_itself(bundle: Bundle) -> None:
    evidence = ModelEvidence(bundle)
    assert evidence.marks(TEXT, "another model", 4, ["action", "Elections"]) == []
    assert evidence.marks(TEXT, bundle.version, None, ["action", "no tag of ours"]) == []


def test_an_import_marks_what_the_rules_do_not_name(
    project: Path, upr: Upr, sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "texts.txt").write_text("Legislation for mothers behind bars\n")
    assert upr("label", tmp_path / "texts.txt", "--out", tmp_path / "labelled.parquet").code == 0
    import_files(sqlite_database, [tmp_path / "labelled.parquet"])
    with sqlite_database.read() as connection:
        (said,) = connection.execute(select(predictions)).mappings()
    marked = {what for _, _, what in said["evidence"]["spans"]}
    assert {"action", *said["issues"]} <= marked


def test_without_a_model_the_import_goes_on_and_says_so(
    project: Path, sqlite_database: Database, tmp_path: Path
) -> None:
    (project / "models" / "shipped" / "bundle.json").unlink()
    table = invented.write(
        tmp_path / "labelled.parquet",
        [invented.rows(1)[0] | {"text": "Grapple with it.", "needs_review": True}],
    )
    lines = import_files(sqlite_database, [table])
    assert any("Only words that the codebook's rules name are marked" in line for line in lines)
    assert any("1 wordings wait" in line for line in lines)
