"""DOCX and XLSX as archives from outside: bounded, without external entities."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits

_OLE = b"\xd0\xcf\x11\xe0"
_MOST_PARTS = 5000


class Archive:
    """The parts of an Office file, read within limits."""

    def __init__(self, path: Path, limits: DocumentLimits) -> None:
        """Look at the archive's table of contents.

        Raises: SourceError if the file is no archive, is encrypted, or would unpack to more than is allowed.
        """
        self._name, self._left = path.name, limits.unpacked_bytes
        try:
            with path.open("rb") as file:
                if file.read(4) == _OLE:
                    raise SourceError(
                        path.name,
                        "is encrypted, or an old binary Office file.",
                        "Save it as .docx or .xlsx without a password.",
                    )
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self._broken(error) from error
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > limits.unpacked_bytes or len(entries) > _MOST_PARTS:
            raise SourceError(
                path.name,
                f"would unpack to {unpacked / 1e6:,.0f} MB in {len(entries):,} parts, more than the "
                f"{limits.unpacked_bytes / 1e6:,.0f} MB allowed.",
                (
                    "If you trust it, save it again without its pictures, or raise extract.unpacked_bytes in "
                    "configs/settings.yaml."
                ),
            )

    @property
    def names(self) -> list[str]:
        """Names of the parts."""
        return self._zip.namelist()

    def xml(self, name: str) -> Any | None:
        """A part as an element tree, None if there is none of that name. Entities are never resolved.

        Raises: SourceError if the part is damaged, or larger than the archive said.
        """
        from lxml import etree

        if name not in self._zip.NameToInfo:
            return None
        try:
            with self._zip.open(name) as part:
                content = part.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
            ValueError,
        ) as error:
            raise self._broken(error) from error
        self._left -= len(content)
        if self._left < 0:
            raise SourceError(
                self._name, "unpacks to more than it says.", "Do not trust it; get it again from its source."
            )
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
        )
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._broken(error) from error
        if root.getroottree().docinfo.doctype:
            raise SourceError(
                self._name,
                "declares a document type, which Office files never do.",
                "Do not trust it; get it again from its source.",
            )
        return root

    def _broken(self, error: Exception) -> SourceError:
        return SourceError(
            self._name,
            f"cannot be read as an Office file ({error}).",
            "Download it again, or save it again from Word.",
        )
