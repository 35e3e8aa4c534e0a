"""The documentation as a site: it builds without a warning, and asks no other server for anything."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

PAGES = ("index.html", "users/label.html", "users/review.html", "users/retrain.html", "users/data.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="NOT TESTED: the extra docs is not installed (make docs)")
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_there_is_a_guide_for_each_user_a_reference_and_a_glossary(site: Path) -> None:
    for page in (*PAGES, "glossary.html", "architecture.html"):
        assert (site / page).is_file(), page
    reference = (site / "reference.html").read_text()
    assert "Read sources into one table at" in reference, "docstrings are on the page"
    assert 'id="pipeline.models.bundle.Bundle.predict"' in reference


@pytest.mark.parametrize("width", [1366, 390])
def test_pages_fit_the_window_and_ask_no_other_server(address: str, width: int, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 768})
    page.set_default_timeout(180_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in (*PAGES, "reference.html", "experiments.html"):
        page.goto(f"{address}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if width > 1000:
        page.goto(f"{address}/index.html")
        # The search listens to keys: a value that is set without them is seen only by chance.
        page.locator("input[name=query]").press_sequentially("adjudicator")
        page.wait_for_selector(".md-search-result__item")
    assert asked
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    page.close()
