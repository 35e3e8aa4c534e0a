"""Parts of a download, and their pages, kept on disk so that a download that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.sources.uwazi.api import Page
from pipeline.store.files import explain, read_bytes, write_json, write_text


@dataclass(frozen=True)
class Cut:
    """A part of the answer: the values chosen, in order, as (property, id, label)."""

    chosen: tuple[tuple[str, str, str], ...] = ()

    def and_(self, name: str, value: str, label: str) -> Cut:
        """The part of this part that has a value."""
        return Cut((*self.chosen, (name, value, label)))

    @property
    def filters(self) -> dict[str, dict[str, list[str]]]:
        """As Uwazi wants it."""
        return {name: {"values": [value]} for name, value, _ in self.chosen}

    def __str__(self) -> str:
        """For people: property and label of each value."""
        return ", ".join(f"{name} '{label}'" for name, _, label in self.chosen) or "the whole template"


class PageStore:
    """Pages on disk, each written whole, in a folder of their query: another address, template or language
    has another one.
    """

    def __init__(self, folder: Path, query: Mapping[str, Any]) -> None:
        """Args: `folder`, beside the output; `query`, everything that an answer depends on.

        `kept_pages` is the number of pages that an earlier, stopped download had left.
        """
        self._parent = folder
        self.folder = folder / key_of(query)
        self._query = dict(query)
        self.kept_pages = len(list(self.folder.glob("*-*-*-*.json"))) if self.folder.is_dir() else 0

    def load(self, cut: Cut, passed: int, start: int, limit: int) -> Page | None:
        """A page kept earlier, or None. A page that was damaged since counts as none."""
        path = self._path(cut, passed, start, limit)
        if not path.exists():
            return None
        try:
            content = json.loads(read_bytes(path))
            return Page(content["total"], content["rows"], content["values"])
        except (ValueError, KeyError, TypeError):
            return None

    def save(self, cut: Cut, passed: int, start: int, limit: int, page: Page) -> None:
        """Keep a page. Raises: StoreError."""
        if not self.folder.exists():
            write_json(self.folder / "query.json", self._query)
        content = {"cut": str(cut), "total": page.total, "values": page.values, "rows": page.rows}
        write_text(self._path(cut, passed, start, limit), json.dumps(content, ensure_ascii=True))

    def remove(self) -> None:
        """Forget all pages kept for this output. Raises: StoreError."""
        try:
            if self._parent.exists():
                shutil.rmtree(self._parent)
        except OSError as error:
            raise explain(self._parent, error) from error
        self.kept_pages = 0

    def _path(self, cut: Cut, passed: int, start: int, limit: int) -> Path:
        return self.folder / f"{key_of(cut.filters)}-{passed}-{start:05d}-{limit}.json"


def key_of(value: Any) -> str:
    """A short name of a JSON value: equal values have the same."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=10).hexdigest()
