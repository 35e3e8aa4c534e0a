"""What the card of a model says of its training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.registry.cards import card
from pipeline.store.descriptions import FIGURES, described
from pipeline.store.files import read_json

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "shipped"


def test_a_network_that_went_on_from_8_bits_is_named() -> None:
    model, figures = described(SHIPPED), read_json(SHIPPED / FIGURES)
    sentence = (
        "Its network went on learning from the weights of ensemble-0123456789ab in 8 bits, dequantised."
    )
    facts = {"started_from": "ensemble-0123456789ab", "dequantised": {"mean": 0.1}}
    assert sentence not in card(model, figures, 22.3)
    assert sentence in card(replace(model, facts=model.facts | facts), figures, 22.3).splitlines()
