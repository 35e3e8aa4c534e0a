"""What an update did, in words: for the terminal, an e-mail, and the run's folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_SHOWN = 10
_COUNTS = (
    ("new", "new"),
    ("changed", "changed at the source"),
    ("corrected", "in corrected wording (the earlier one is gone)"),
    ("withdrawn", "withdrawn at the source"),
    ("coded", "now coded at the source"),
    ("unchanged", "as before"),
)


@dataclass
class Summary:
    """An update.

    Attributes:
        run: its name.
        started_at: UTC, ISO 8601.
        sources: that were read.
        counts: recommendations by kind of change.
        labelled: rows, for_review, model, origin; empty if nothing was labelled.
        queued: what the review desk took.
        sessions: by session: rows, verdict, findings, page, alarm.
        release: its folder, "" if none was made.
        failed: inputs that could not be used.
        problems: how many things in the inputs a person should look at (problems.jsonl of the run).
        told: how tables were understood, and what was not read.
        decided_and_gone: rows that are gone and had been decided at the desk.
        gone: rows that are gone, in words.
    """

    run: str
    started_at: str
    sources: list[str]
    counts: dict[str, int] = field(default_factory=dict)
    labelled: dict[str, Any] = field(default_factory=dict)
    queued: list[str] = field(default_factory=list)
    sessions: dict[str, Any] = field(default_factory=dict)
    release: str = ""
    failed: list[str] = field(default_factory=list)
    problems: int = 0
    told: list[str] = field(default_factory=list)
    decided_and_gone: int = 0
    gone: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything is different from before."""
        return any(n for kind, n in self.counts.items() if kind != "unchanged")

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look, beside the review itself."""
        return bool(
            self.failed
            or self.problems
            or self.gone
            or any(s["alarm"] or s["verdict"] != "Go on" for s in self.sessions.values())
        )


def summary_text(summary: Summary) -> str:
    """The summary, a line for each fact."""
    lines = [f"Update {summary.run}, from {', '.join(summary.sources)}"]
    if not summary.changed:
        lines.append("Nothing new.")
    else:
        lines += [
            f"{summary.counts[kind]:,} recommendations {words}"
            for kind, words in _COUNTS
            if summary.counts.get(kind)
        ]
    if summary.labelled:
        made = summary.labelled
        lines.append(
            f"{made['rows']:,} rows labelled by {made['model']} ({made['origin']}), "
            f"{made['for_review']:,} for review"
        )
    lines += summary.queued
    for session, found in summary.sessions.items():
        lines.append(f"Session {session} ({found['rows']:,} rows): {found['verdict']}")
        lines += [f"  {text}" for text in found["findings"]]
        lines.append(f"  Report: {found['page']}")
    if summary.release:
        lines.append(f"Release: {summary.release}")
    lines += _to_look_at(summary)
    return "\n".join(lines) + "\n"


def _to_look_at(summary: Summary) -> list[str]:
    lines = [f"Not read: {text}" for text in summary.failed]
    if summary.problems:
        lines.append(f"{summary.problems:,} things to look at in the inputs, in problems.jsonl of the run")
    lines += [f"Note: {text}" for text in summary.told]
    if summary.gone:
        lines.append("Gone at the source:")
        lines += [f"  {text}" for text in summary.gone[:_SHOWN]]
        if len(summary.gone) > _SHOWN:
            lines.append(f"  and {len(summary.gone) - _SHOWN:,} more, in changes.json of the run")
    if summary.decided_and_gone:
        lines.append(
            f"{summary.decided_and_gone:,} of them were decided at the review desk; the decisions stay there"
        )
    return lines
