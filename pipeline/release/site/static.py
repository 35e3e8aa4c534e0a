"""The scripts of the pages of a release, which are files of this package."""

from __future__ import annotations

from importlib.resources import files

STATIC = ("rows.js",)
"""Scripts that every release carries, in its folder `site`."""


def read_static(name: str) -> bytes:
    """A script of `STATIC`, as it is written into a release."""
    return files("pipeline.release").joinpath("static", name).read_bytes()
