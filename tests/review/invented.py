"""Invented recommendations, labelled as a model or as people would: for tests of the desk only."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import LABELLED
from pipeline.corpus.text import recommendation_id, row_id
from pipeline.sources.tables.labelled import LabelledRow
from pipeline.store.tables import write_batches

OPENINGS = {
    1: ("Seek technical assistance to", "Share its experience in order to"),
    2: ("Continue its efforts to", "Maintain measures to"),
    3: ("Consider steps to", "Examine ways to"),
    4: ("Strengthen measures to", "Take action to"),
    5: ("Adopt a law to", "Establish a commission to"),
}
MATTERS = (
    ("protect human rights defenders", ("Human rights defenders",)),
    ("combat trafficking in women", ("Trafficking", "Women's rights")),
    ("improve prison conditions", ("Detention",)),
    ("end child labour", ("Rights of the Child", "Labour")),
    ("guarantee access to clean water", ("Right to water",)),
    ("abolish the death penalty", ("Death penalty",)),
    (
        "ratify the Convention against Torture",
        ("International instruments", "Torture and other CID treatment"),
    ),
    ("train police officers", ("Human rights education and training",)),
    ("fight corruption in the courts", ("Corruption", "Justice")),
)
ENDINGS = (
    "in rural areas",
    "in all regions",
    "as recommended by civil society",
    "without delay",
    "before the next review",
)
STATES = ("Chile", "Kenya", "Norway", "Viet Nam", "Fiji")


def rows(
    count: int,
    *,
    model: str = "linear-1",
    seed: int = 0,
    by: str = "model",
    sessions: tuple[int, int] = (40, 45),
) -> list[dict[str, Any]]:
    """Rows in the contract's columns; the same for the same arguments. One in seven wordings stands more than
    once.
    """
    lot = random.Random(seed)
    found: list[dict[str, Any]] = []
    ordinals: dict[tuple[str, str], int] = {}
    for number in range(1, count + 1):
        action = lot.randint(1, 5)
        matter, tags = lot.choice(MATTERS)
        ending = lot.choice(ENDINGS) + (
            "" if lot.random() < 0.15 else f", and report on measure {lot.randrange(count * 3)}"
        )
        text = f"{lot.choice(OPENINGS[action])} {matter} {ending}."
        state, session, other = (
            lot.choice(STATES),
            lot.randrange(*sessions),
            lot.choice(("France", "Ghana", "Peru")),
        )
        rec_id = recommendation_id(state, session, text)
        ordinal = ordinals.get((rec_id, other), 0)
        ordinals[rec_id, other] = ordinal + 1
        confidence = round(lot.uniform(0.3, 0.99), 4)
        rival = min(5, max(1, action + lot.choice((-1, 1))))
        doubt = confidence < 0.75
        found.append(
            dict.fromkeys(LABELLED.names)
            | {
                "rec_id": rec_id,
                "row_id": row_id(rec_id, [other], ordinal),
                "source_file": "invented.pdf",
                "source_row": number,
                "text": text,
                "state_under_review": state,
                "recommending_states": [other],
                "session": session,
                "cycle": 3,
                "symbol": "A/HRC/99/1",
                "paragraph": f"130.{number}",
                "page": 14,
                "kind": "recommendation",
                "response": "Pending",
                "language": "en",
                "action": action if by == "expert" or confidence > 0.5 else rival,
                "issues": list(tags),
                "label_source": by,
                "taxonomy_version": "2014-10",
            }
            | (
                {"needs_review": False}
                if by == "expert"
                else {
                    "action_confidence": confidence,
                    "action_set": sorted({action, rival}) if doubt else [action],
                    "issue_scores": {tag: round(lot.uniform(0.5, 0.99), 3) for tag in tags}
                    | {"General": 0.12},
                    "needs_review": doubt,
                    "review_reasons": (["weak-action"] + (["close-actions"] if lot.random() < 0.3 else []))
                    if doubt
                    else [],
                    "model_version": model,
                    "labelled_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
                }
            )
        )
    return found


def write(path: Path, content: list[dict[str, Any]]) -> Path:
    """Write rows as a labelled table in the format of the path's suffix."""
    arranged = [
        row | {"issue_scores": list(row["issue_scores"].items()) if row["issue_scores"] else None}
        for row in content
    ]
    write_batches(path, LABELLED, [pa.Table.from_pylist(arranged, schema=LABELLED)])
    return path


def labelled(count: int) -> list[LabelledRow]:
    """Doubted rows as the desk reads them, without a file between."""
    return [
        LabelledRow("invented.pdf", number, row | {"needs_review": True})
        for number, row in enumerate(rows(count, seed=11), 1)
    ]
