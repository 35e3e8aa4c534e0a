"""Word's old documents, converted by LibreOffice where it is installed: the same rows, nothing is left."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.documents.isolation import read_document
from pipeline.sources.documents.read import Document
from pipeline.store.vocabularies import load_states
from tests.coded_rows import SAMPLE

REPORT = SAMPLE / "session-document.docx"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: no .doc is converted")
PATIENT = DocumentLimits(seconds=120.0)


def said(document: Document) -> list[tuple[object, ...]]:
    return [(r.paragraph, r.text, r.recommending_states, r.response) for r in document.records]


@pytest.fixture(scope="module")
def old_word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample report as Word 97 saves it."""
    folder = tmp_path_factory.mktemp("old")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        str(OFFICE),
        profile,
        "--headless",
        "--convert-to",
        "doc",
        "--outdir",
        str(folder),
        str(REPORT),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / "session-document.doc"


@needs_office
def test_an_old_document_says_what_the_new_one_says(old_word: Path) -> None:
    assert old_word.read_bytes().startswith(b"\xd0\xcf\x11\xe0")
    before = set(old_word.parent.iterdir())
    read = read_document(old_word, load_states(), PATIENT)
    expected = read_document(REPORT, load_states(), PATIENT)
    assert (read.kind, read.symbol, read.session) == (expected.kind, expected.symbol, expected.session)
    assert said(read) == said(expected)
    assert {r.file for r in read.records} == {read.file} == {"session-document.doc"}
    assert set(old_word.parent.iterdir()) == before


@needs_office
def test_what_takes_too_long_is_killed_with_its_children(old_word: Path) -> None:
    with pytest.raises(SourceError, match=r"took more than 1 seconds to convert it and was given up"):
        read_document(old_word, load_states(), DocumentLimits(seconds=1.0))
    deadline = time.monotonic() + 10
    while running("upr-old-word-") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running("upr-old-word-") == []


def running(sign: str) -> list[str]:
    """Command lines with this in them."""
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(place.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return [line for line in lines if sign in line]


@needs_office
def test_a_damaged_old_document_is_a_message(old_word: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.doc").write_bytes(old_word.read_bytes()[:600])
    with pytest.raises(SourceError, match=r"cut\.doc: is damaged, or no Word document"):
        read_document(tmp_path / "cut.doc", load_states(), PATIENT)


def test_without_libreoffice_an_old_document_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match=r"LibreOffice, which could convert it, is not installed"):
        read_document(tmp_path / "old.doc", load_states())


def test_only_words_own_bytes_are_handed_to_libreoffice(tmp_path: Path) -> None:
    """It would open a web page, too, and fetch what that names."""
    path = tmp_path / "page.doc"
    path.write_text('<html><link rel="stylesheet" href="http://127.0.0.1:9/a.css"><p>hello</p></html>')
    with pytest.raises(SourceError, match="is no Word document, whatever its ending says"):
        read_document(path, load_states())


def test_a_new_document_under_the_old_ending_is_read(tmp_path: Path) -> None:
    shutil.copyfile(REPORT, tmp_path / "renamed.doc")
    read = read_document(tmp_path / "renamed.doc", load_states(), PATIENT)
    assert (read.file, len(read.records)) == ("renamed.doc", 44)
