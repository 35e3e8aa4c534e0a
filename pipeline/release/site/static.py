"""The scripts of the pages of a release, which are files of this package."""

from __future__ import annotations

from importlib.resources import files

STATIC = (
    "compare.js",
    "draft.js",
    "made.js",
    "page.js",
    "rows.js",
    "search.js",
    "stemmer.js",
    "terms.js",
    "threads.js",
    "write-excel-file.js",
)
"""Scripts that every release carries, in its folder `site`."""

_STEMMER, _LICENCE = "stemmer-2.0.1.js", "stemmer-LICENSE.txt"
_WRITER = "write-excel-file-4.1.1.min.js"
_WRITER_LICENCES = ("write-excel-file-LICENSE.txt", "fflate-LICENSE.txt")


def read_static(name: str) -> bytes:
    """A script of `STATIC`, as it is written into a release."""
    if name == "stemmer.js":
        return _plain_stemmer()
    if name == "write-excel-file.js":
        return _workbook_writer()
    return files("pipeline.release").joinpath("static", name).read_bytes()


def _workbook_writer() -> bytes:
    """The vendored writer of workbooks with its licence, and that of the library that it holds."""
    folder = files("pipeline.release").joinpath("static")
    licences = "\n".join(folder.joinpath(name).read_text("utf-8") for name in _WRITER_LICENCES)
    return (
        f"/*! {_WRITER.removesuffix('.min.js')}\n{licences}*/\n".encode()
        + folder.joinpath(_WRITER).read_bytes()
    )


def _plain_stemmer() -> bytes:
    """The vendored stemmer as a script with its licence: browsers load no modules from a folder."""
    folder = files("pipeline.release").joinpath("static")
    source = folder.joinpath(_STEMMER).read_text("utf-8").replace("export function", "function")
    licence = folder.joinpath(_LICENCE).read_text("utf-8")
    return (
        f"/*! {_STEMMER.removesuffix('.js')}, in a function of its own.\n{licence}*/\n"
        f"const stemmer = (() => {{\n{source}\nreturn stemmer\n}})()\n"
    ).encode()
