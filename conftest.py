"""Which modules of pipeline/ pytest searches for examples: those that can be imported alone."""

from __future__ import annotations

from importlib.util import find_spec

# Alembic runs its env.py itself, inside a migration; the networks need an extra.
collect_ignore_glob = ["pipeline/review/store/migrations/*"]
if not find_spec("torch"):
    collect_ignore_glob.append("pipeline/models/network/*")
