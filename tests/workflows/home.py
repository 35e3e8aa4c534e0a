"""A home folder for updates: documents that are dropped, and what an update has made of them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from pipeline.review.store.database import open_database
from pipeline.review.store.tables import items
from pipeline.workflows.state import UpdateState

HEADINGS = "Recommendation;State under Review;Recommending State;Session"
TEXTS = (
    "Ratify the Convention against Torture and its Optional Protocol",
    "Consider extending a standing invitation to the special procedures",
    "Continue its efforts to reduce maternal mortality in rural areas",
    "Take measures to combat violence against women",
    "Abolish the death penalty for all crimes",
    "Share its experience of universal health care with other States",
)


def drop(folder: Path, name: str, texts: tuple[str, ...] = TEXTS, session: int = 49) -> Path:
    """A table of recommendations to Kenya, dropped into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [HEADINGS, *(f"{text};Kenya;Ghana;{session}" for text in texts)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def state_of(home: Path) -> UpdateState:
    return UpdateState(home / "data" / "update")


def labels_of(home: Path) -> dict[str, int | None]:
    """Text to action."""
    return {row["text"]: row["action"] for row in state_of(home).labelled().values()}


def desk_items(home: Path) -> int:
    database = open_database(str(home / "data" / "reviewed" / "desk.db"))
    with database.read() as connection:
        found = connection.scalar(select(func.count()).select_from(items))
    database.close()
    return int(found or 0)
