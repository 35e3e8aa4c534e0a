"""The release as a data set for training with Hugging Face `datasets`: labels as numbers with names."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from pipeline.corpus.schema import KINDS, LABEL_SOURCES, RESPONSES
from pipeline.corpus.taxonomy import ACTIONS

CONFIG = "classification"
_NONE = "(no category)"
"""The name of number 0, so that the numbers of actions are those of the codebook."""


def _classes(names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    return {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}


def features(taxonomy: pa.Table) -> list[dict[str, Any]]:
    """The columns of the configuration `CONFIG` with their features, as `datasets` reads them from YAML.

    Args: `taxonomy`, taxonomy.csv. The numbers of its issues follow its order, each label once.
    """
    labels = taxonomy.filter(pc.equal(taxonomy["task"], "issue"))["label"].to_pylist()
    kinds: dict[str, dict[str, Any]] = {
        "row_id": {"dtype": "string"},
        "text_group": {"dtype": "string"},
        "text": {"dtype": "string"},
        "language": {"dtype": "string"},
        "session": {"dtype": "int64"},
        "kind": {"dtype": _classes(KINDS)},
        "action": {"dtype": _classes([_NONE, *ACTIONS.values()])},
        "issues": {"sequence": _classes(list(dict.fromkeys(labels)))},
        "response": {"dtype": _classes(RESPONSES)},
        "label_source": {"dtype": _classes(LABEL_SOURCES)},
    }
    return [{"name": name} | kind for name, kind in kinds.items()]


def front_matter(taxonomy: pa.Table) -> str:
    """The lines of the card's front matter that describe the configuration."""
    info = {"dataset_info": [{"config_name": CONFIG, "features": features(taxonomy)}]}
    return yaml.safe_dump(info, sort_keys=False, allow_unicode=True, width=1000)
