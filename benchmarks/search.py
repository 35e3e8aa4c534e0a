"""How fast the search page of a release is, in Chromium, opened from the folder.

    python -m benchmarks.search RELEASE [--times 7]

RELEASE is the folder of a release, such as `python -m benchmarks.release --keep FOLDER` makes of 120,000
rows. Prints the size of what the page loads, the seconds until it can search, the memory of its scripts, and
for each search the milliseconds from the last letter until the results stand on the page: median and slowest.
Layout is part of it, drawing the pixels is not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SEARCHES = (
    "torture",
    "rights",
    '"human rights"',
    '"rights of the child"',
    "ratify convention women",
    "discriminat*",
    "prison conditons",
    "the and of to in",
)
"""Rare and frequent words, phrases, a beginning, a word that occurs nowhere, and the most frequent words."""
_TYPE = """words => {
  const find = document.querySelector('#search input[type=search]');
  const began = performance.now();
  find.value = words;
  find.dispatchEvent(new Event('input'));
  document.body.offsetHeight;
  return performance.now() - began;
}"""
_CHOOSE = """name => {
  const select = document.querySelector(`#search select[name=${name}]`);
  const began = performance.now();
  select.value = select.options[select.options.length - 1].value;
  select.dispatchEvent(new Event('change'));
  document.body.offsetHeight;
  return performance.now() - began;
}"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("release", type=Path)
    parser.add_argument("--times", type=int, default=7)
    asked = parser.parse_args()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    loaded = [*asked.release.glob("site/*"), asked.release / "search.html"]
    print(f"{sum(file.stat().st_size for file in loaded) / 1e6:.1f} MB in {len(loaded)} files")
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
        )
        page = browser.new_page()
        began = time.perf_counter()
        page.goto((asked.release / "search.html").resolve().as_uri())
        page.locator("#search select").first.wait_for(timeout=120_000)
        print(f"{time.perf_counter() - began:.1f} s until it can search")
        print(f"{page.evaluate('performance.memory.usedJSHeapSize') / 1e6:.0f} MB of its scripts")
        for words in SEARCHES:
            _print(words, [page.evaluate(_TYPE, words) for _ in range(asked.times)], page)
        page.evaluate(_TYPE, "")
        for name in ("issue", "by"):
            _print(f"filter: {name}", [page.evaluate(_CHOOSE, name) for _ in range(asked.times)], page)
        browser.close()
    print(f"load of the machine now: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _print(name: str, milliseconds: list[float], page: Any) -> None:
    found = page.locator("#search [role=status]").inner_text().split(" of ")[0]
    middle = statistics.median(milliseconds)
    print(f"  {name:26} {middle:6.0f} ms, slowest {max(milliseconds):6.0f} ms; {found} found")


if __name__ == "__main__":
    main()
