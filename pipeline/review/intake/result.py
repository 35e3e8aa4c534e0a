"""What an import into the queue did."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.sources.records import Reject


@dataclass
class IntakeResult:
    """What an import did.

    Attributes:
        requeued, settled: known items that nobody decided and of which a newer model says something else:
            now in the queue, or now certain.
        unchanged: known items of which a newer model says the same.
        queued: items that wait for a decision, after the import.
        round_name: the round that was begun, "" where nothing new came.
        complaint: why the model could not mark its words, if it could not.
        marked_by: the model that marked words, "" where none was asked.
    """

    rows: int = 0
    new_items: int = 0
    new_rows: int = 0
    known_rows: int = 0
    new_predictions: int = 0
    requeued: int = 0
    settled: int = 0
    unchanged: int = 0
    variants: int = 0
    precedents: int = 0
    queued: int = 0
    round_name: str = ""
    complaint: str = ""
    marked_by: str = ""
    rejects: list[Reject] = field(default_factory=list)
