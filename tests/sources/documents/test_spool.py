"""Documents wait on disk, and come back as they were, review by review."""

from __future__ import annotations

from pathlib import Path

from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.spool import Spool
from pipeline.store.vocabularies import load_states
from tests.coded_rows import SAMPLE


def test_documents_come_back_whole_and_by_review(tmp_path: Path) -> None:
    names = ("session-document.pdf", "session-document-list.xlsx", "session-document-addendum.pdf")
    read = [read_document(SAMPLE / name, load_states()) for name in names]
    other = read_document(SAMPLE / "session-document.docx", load_states())
    spool = Spool(tmp_path)
    for document in read:
        spool.add(document)
    assert [len(members) for members in spool.reviews()] == [3]
    assert next(iter(spool.reviews())) == read
    assert all(not stub.records and not stub.text for stub in spool.stubs)
    spool.add(other)
    assert spool.load(3) == other
