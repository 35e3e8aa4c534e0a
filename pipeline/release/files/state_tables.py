"""Tables of a State's page, as its template takes them: title, header, and lines with a bar and cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.charts.drawing import percent
from pipeline.charts.strings import interval_text, responses_of_many
from pipeline.corpus.sessions import session_text
from pipeline.release.strings import say
from pipeline.store.sentences import count

_RESPONSES = ("supported", "noted", "pending", "unknown")


def table(title: str, what: str, lines: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Counts and shares with their intervals; lines whose share is not known are left out."""
    known = [(name, e) for name, e in lines if not math.isnan(e["share"])]
    most = max((e["share"] for _, e in known), default=1.0) or 1.0
    return {
        "title": title,
        "header": (what, "", say("number"), say("share"), say("interval")),
        "lines": [
            {
                "name": name,
                "width": f"{100 * e['share'] / most:.1f}",
                "cells": (count(e["count"]), percent(e["share"]), interval_text(e["low"], e["high"])),
            }
            for name, e in known
        ],
    }


def reviews_apart(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The reviews of a State apart, since what it was told and answered differs from one to the next."""
    most = max(e["recommendations"] for e in lines)
    return {
        "title": say("table.reviews", n=len(lines)),
        "header": (
            say("table.session"),
            "",
            say("number"),
            say("table.by-states"),
            say("table.precise"),
            *(responses_of_many(k) for k in _RESPONSES),
        ),
        "lines": [
            {
                "name": say("table.session-number", session=session_text(e["session"])),
                "width": f"{100 * e['recommendations'] / most:.1f}",
                "cells": (
                    count(e["recommendations"]),
                    count(e["recommending_states"]),
                    percent(e["precise"]),
                    *(count(e[f"{k}_count"]) for k in _RESPONSES),
                ),
            }
            for e in lines
        ],
    }


def asked_again(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What had been recommended in an earlier review of the State, and its response then."""
    return {
        "title": say("table.again"),
        "header": (
            say("table.session"),
            "",
            say("table.wordings"),
            say("table.same"),
            say("table.supported-before"),
            say("table.noted-before"),
            say("table.supported-now"),
        ),
        "lines": [
            {
                "name": say("table.session-number", session=session_text(e["session"])),
                "width": f"{100 * (e['same'] + e['near']) / e['wordings']:.1f}",
                "cells": (
                    count(e["wordings"]),
                    count(e["same"] + e["near"]),
                    count(e["supported_before"]),
                    count(e["noted_before"]),
                    count(e["noted_before_supported_now"]),
                ),
            }
            for e in lines
        ],
    }


def counted(title: str, lines: Sequence[tuple[str, Mapping[str, Any]]], total: int) -> dict[str, Any]:
    """Other States by name, with their number. Args: `total`, of which shares are."""
    most = max((e["count"] for _, e in lines), default=1)
    return {
        "title": title,
        "header": (say("table.state"), "", say("number"), say("share")),
        "lines": [
            {
                "name": name,
                "width": f"{100 * e['count'] / most:.1f}",
                "cells": (count(e["count"]), percent(e["count"] / total)),
            }
            for name, e in lines
        ],
    }
