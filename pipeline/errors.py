"""One tree of errors. Each says where, what, and what to do; the command line turns it into exit code 1."""

from __future__ import annotations


class UprError(Exception):
    """A fault that a person can act on.

    Args:
        where: the file, row, column, setting or address the fault is at.
        what: what is wrong there.
        todo: what the person can do about it.
    """

    def __init__(self, where: str, what: str, todo: str) -> None:
        super().__init__(where, what, todo)
        self.where = where
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.todo}"


class SettingsError(UprError):
    """A file in configs/ or an environment variable cannot be used."""


class SourceError(UprError):
    """An input file, document or address cannot be used as a whole."""


class StoreError(UprError):
    """A file of ours cannot be read or written (permission, space, damage)."""


class ModelError(UprError):
    """A model is missing, damaged, or made for another version."""


class DecisionError(UprError):
    """A reviewer's decision cannot be taken (unknown recommendation, conflict)."""


class ReleaseError(UprError):
    """A release cannot be made, or does not hold what it promises."""
