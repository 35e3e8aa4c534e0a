"""Weights of networks do not pile up: those of the latest trainings and of the model in use stay."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pipeline.store.networks import TRAININGS_KEPT, forget_networks, networks_folder


def test_weights_of_old_trainings_go_and_those_in_use_stay(project: Path) -> None:
    for number in range(TRAININGS_KEPT + 2):
        for kind in ("teacher", "student"):
            folder = networks_folder() / f"{kind}-{number}"
            folder.mkdir(parents=True)
            (folder / "kept.json").write_text(json.dumps({"training": f"student-{number}"}))
            os.utime(folder / "kept.json", ns=(number, number))
    # Kept before there were names of trainings, and something that is no network.
    (networks_folder() / "older").mkdir()
    (networks_folder() / "older" / "kept.json").write_text("{}")
    os.utime(networks_folder() / "older" / "kept.json", ns=(0, 0))
    (networks_folder() / "mine").mkdir()
    forget_networks({"student-0"})
    latest = range(2, TRAININGS_KEPT + 2)
    assert {path.name for path in networks_folder().iterdir()} == {
        "mine",
        "student-0",
        *(f"{kind}-{number}" for kind in ("teacher", "student") for number in latest),
    }
