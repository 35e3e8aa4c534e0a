"""Tables of a State's page, as its template takes them: title, header, and lines with a bar and cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.charts.drawing import percent
from pipeline.charts.strings import interval_text


def table(title: str, what: str, lines: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Counts and shares with their intervals; lines whose share is not known are left out."""
    known = [(name, e) for name, e in lines if not math.isnan(e["share"])]
    most = max((e["share"] for _, e in known), default=1.0) or 1.0
    return {
        "title": title,
        "header": (what, "", "Number", "Share", "95% interval"),
        "lines": [
            {
                "name": name,
                "width": f"{100 * e['share'] / most:.1f}",
                "cells": (f"{e['count']:,}", percent(e["share"]), interval_text(e["low"], e["high"])),
            }
            for name, e in known
        ],
    }


def reviews_apart(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The reviews of a State apart, since what it was told and answered differs from one to the next."""
    most = max(e["recommendations"] for e in lines)
    return {
        "title": f"Review by review; the figures below are of all {len(lines)} together",
        "header": (
            "Session",
            "",
            "Number",
            "By States",
            "Precise",
            "Supported",
            "Noted",
            "Pending",
            "Unknown",
        ),
        "lines": [
            {
                "name": f"Session {e['session']}",
                "width": f"{100 * e['recommendations'] / most:.1f}",
                "cells": (
                    f"{e['recommendations']:,}",
                    f"{e['recommending_states']:,}",
                    percent(e["precise"]),
                    *(f"{e[f'{k}_count']:,}" for k in ("supported", "noted", "pending", "unknown")),
                ),
            }
            for e in lines
        ],
    }


def asked_again(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What had been recommended in an earlier review of the State, and its response then."""
    return {
        "title": "Asked before: different wordings that repeat one of an earlier review",
        "header": (
            "Session",
            "",
            "Wordings",
            "Same or near",
            "Supported before",
            "Noted before",
            "Of these supported now",
        ),
        "lines": [
            {
                "name": f"Session {e['session']}",
                "width": f"{100 * (e['same'] + e['near']) / e['wordings']:.1f}",
                "cells": (
                    f"{e['wordings']:,}",
                    f"{e['same'] + e['near']:,}",
                    f"{e['supported_before']:,}",
                    f"{e['noted_before']:,}",
                    f"{e['noted_before_supported_now']:,}",
                ),
            }
            for e in lines
        ],
    }


def counted(title: str, lines: Sequence[Mapping[str, Any]], column: str, total: int) -> dict[str, Any]:
    """Other States by their number. Args: `column`, of their names; `total`, of which shares are."""
    most = max((e["count"] for e in lines), default=1)
    return {
        "title": title,
        "header": ("State", "", "Number", "Share"),
        "lines": [
            {
                "name": e[column],
                "width": f"{100 * e['count'] / most:.1f}",
                "cells": (f"{e['count']:,}", percent(e["count"] / total)),
            }
            for e in lines
        ],
    }
