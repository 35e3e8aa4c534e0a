"""Accessibility of a page, by axe-core in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parent / "review" / "web" / "axe" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any) -> list[str]:
    """What axe finds on a page, a line for each element. A page with a policy needs `bypass_csp`."""
    if not AXE.is_file():
        pytest.skip("NOT TESTED for accessibility: tests/review/web/axe/axe.min.js is missing")
    page.add_script_tag(path=str(AXE))
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)
    return [f"{page.url}: {v['id']}: {n['html'][:160]}" for v in result["violations"] for n in v["nodes"]]
