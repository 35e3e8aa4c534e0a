"""Which modules of pipeline/ pytest searches for examples: those whose packages are installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["pipeline/models/network/*"]
