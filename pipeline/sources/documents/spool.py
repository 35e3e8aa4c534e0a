"""Documents kept on disk between reading and merging, so that memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from pipeline.sources.documents.isolation import document_from
from pipeline.sources.documents.merge import by_review
from pipeline.sources.documents.read import Document


class Spool:
    """A folder of documents that have been read; in memory stays only what tells their review."""

    def __init__(self, folder: Path) -> None:
        """Args: `folder`, which the caller removes."""
        self._folder = folder
        self.stubs: list[Document] = []

    def add(self, document: Document) -> None:
        """Keep a document."""
        self._path(len(self.stubs)).write_text(json.dumps(asdict(document)), encoding="utf-8")
        self.stubs.append(replace(document, records=(), positions={}, problems=(), text=""))

    def reviews(self) -> Iterator[list[Document]]:
        """The documents of each review together, reviews in the order of their first document."""
        for members in by_review(self.stubs):
            yield [self.load(place) for place in members]

    def load(self, place: int) -> Document:
        """The document added at a place, counted from 0."""
        return document_from(json.loads(self._path(place).read_text(encoding="utf-8")))

    def _path(self, place: int) -> Path:
        return self._folder / f"{place}.json"
