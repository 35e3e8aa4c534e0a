"""Pages of a release in a browser, with what they complain of."""

from __future__ import annotations


def opened(chromium, release, address, **how):
    """A page, with the complaints of its console, and whatever it asked of anything but the folder."""
    page = chromium.new_page(**how)
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on(
        "request", lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "blob:")) else None
    )
    file, _, rest = address.partition("#")
    page.goto((release / file).as_uri() + ("#" + rest if rest else ""))
    return page, complaints
