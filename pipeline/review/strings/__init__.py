"""Everything the desk says to people, in one file a language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

LANGUAGE = "en"


@cache
def load_strings(language: str = LANGUAGE) -> dict[str, str]:
    """The strings of a language, by key; nested keys are joined by dots."""
    content = yaml.safe_load(files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8"))
    return dict(_flatten(content, ""))


def reason_in_words(code: str) -> str:
    """A reason for review as people read it; a reason of others is a sentence already, and stays."""
    return load_strings().get(f"reason.{code}", code)


def _flatten(node: object, prefix: str) -> list[tuple[str, str]]:
    if isinstance(node, dict):
        return [
            pair
            for key, value in node.items()
            for pair in _flatten(value, f"{prefix}.{key}" if prefix else str(key))
        ]
    return [(prefix, str(node).strip())]


def say(key: str, **values: object) -> str:
    """A string with its gaps filled. Raises: KeyError for an unknown key or a gap without value."""
    return load_strings()[key].format(**values)
