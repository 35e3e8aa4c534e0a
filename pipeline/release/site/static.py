"""The scripts of the pages of a release, which are files of this package."""

from __future__ import annotations

from importlib.resources import files

STATIC = ("compare.js", "draft.js", "page.js", "rows.js", "search.js", "stemmer.js", "terms.js")
"""Scripts that every release carries, in its folder `site`."""

_STEMMER, _LICENCE = "stemmer-2.0.1.js", "stemmer-LICENSE.txt"


def read_static(name: str) -> bytes:
    """A script of `STATIC`, as it is written into a release."""
    if name == "stemmer.js":
        return _plain_stemmer()
    return files("pipeline.release").joinpath("static", name).read_bytes()


def _plain_stemmer() -> bytes:
    """The vendored stemmer as a script with its licence: browsers load no modules from a folder."""
    folder = files("pipeline.release").joinpath("static")
    source = folder.joinpath(_STEMMER).read_text("utf-8").replace("export function", "function")
    licence = folder.joinpath(_LICENCE).read_text("utf-8")
    return (
        f"/*! {_STEMMER.removesuffix('.js')}, in a function of its own.\n{licence}*/\n"
        f"const stemmer = (() => {{\n{source}\nreturn stemmer\n}})()\n"
    ).encode()
