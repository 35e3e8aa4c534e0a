"""The card of an exported network, as model hubs read it: front matter, and what a stranger must know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from pipeline.registry.cards import card_table, sessions_measured
from pipeline.store.descriptions import Description

LICENCE = "apache-2.0"
"""Of the project, and of the pretrained weights that its networks begin with."""
_METRICS = {
    "action accuracy": ("accuracy", ("action", "accuracy")),
    "action macro-F1": ("f1", ("action", "macro_f1")),
    "tags micro-F1": ("f1", ("tags", "micro_f1")),
    "tags macro-F1": ("f1", ("tags", "macro_f1")),
}


def hub_card(
    model: Description,
    figures: Mapping[str, Any] | None,
    networks: int,
    difference: Mapping[str, Any] | None = None,
) -> str:
    """README.md of a network.

    Args:
        model: that it is part of.
        figures: of the model, see `cards.card`; None where it has none.
        networks: how many the model has.
        difference: of its logits to those of its graph in 8 bits, where its weights were made from this
            (`Difference`).
    """
    front: dict[str, Any] = {
        "license": LICENCE,
        "language": ["en"],
        "library_name": "transformers",
        "pipeline_tag": "text-classification",
        "tags": ["human-rights", "universal-periodic-review", "united-nations", "multi-task"],
        "metrics": ["accuracy", "f1"],
    }
    if figures is not None:
        front["model-index"] = [_index(model, figures)]
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    trained = model.facts.get("network_sessions") or model.facts.get("train_sessions", [])
    text = _BODY.format(
        part="The network" if networks == 1 else f"One of {networks} networks",
        version=model.version,
        taxonomy=model.taxonomy,
        sessions=f"sessions {trained[0]} to {trained[-1]}" if trained else "sessions that are not named",
        figures=_figures(model, figures),
        weights=_weights(difference),
    )
    return f"---\n{head.rstrip()}\n---\n\n{text}"


def _index(model: Description, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as model hubs list them, named so that nobody takes them for those of the network alone."""
    _, tested = sessions_measured(model, figures)
    found = []
    for name, (kind, (task, figure)) in _METRICS.items():
        value = figures["test"]["all"].get(task, {}).get(figure)
        if value is not None and value["value"] is not None:
            low, high = round(value["low"], 3), round(value["high"], 3)
            said = f"{name} of the whole model, 95% interval {low:.3f} to {high:.3f}"
            found.append({"type": kind, "name": said, "value": round(value["value"], 4)})
    data = {"type": "upr-info", "name": f"UPR Info's codes, {tested}", "split": "test"}
    return {
        "name": model.version,
        "results": [{"task": {"type": "text-classification"}, "dataset": data, "metrics": found}],
    }


_BODY = """# {part} of {version}

Reads a recommendation of the Universal Periodic Review (UPR) of the UN Human Rights Council, in English, and
gives logits of the five action categories and of the issue tags of taxonomy {taxonomy} (`upr_actions` and
`upr_tags` in `config.json`). Trained on codes of UPR Info, {sessions}.

It is a part: the model that labels combines it with a linear model and the codebook's rules, calibrates
the result, and says which labels a person should look at. Logits of this network alone are not calibrated.
Use the pipeline to label.{weights}

## Use

Encoder and heads, with the pipeline installed (no code comes from this folder):

```python
from transformers import AutoModel, AutoTokenizer
import pipeline.models.network.labeller  # makes the family upr-labeller known

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModel.from_pretrained(".", trust_remote_code=False).eval()
inputs = tokenizer(["Ratify the Convention"], return_tensors="pt", padding=True, truncation=True)
output = model(inputs["input_ids"], inputs["attention_mask"])
print(output.action_logits.shape, output.tag_logits.shape)
```

The encoder alone needs transformers only: `AutoModel.from_pretrained(".", subfolder="encoder")`. It was
trained without a pooling layer; where its family has one, it is random and of no use. Names of States were
masked in training: put `country` in the place of each, as the pipeline does.

## Figures

{figures}

## Limits

For coding UPR recommendations together with people. Not for texts of another kind, other languages, or
judgements about a State. Rare categories and tags are less often right. Name UPR Info
(https://www.upr-info.org) as the source of the coding.
"""


def _weights(difference: Mapping[str, Any] | None) -> str:
    """Where the weights come from, if not from training as they are."""
    if difference is None:
        return ""
    return (
        "\n\nIts weights are those that the model labels with, in 8 bits, dequantised: those in full "
        f"precision were not at hand. On {difference['texts']} texts its logits differ by "
        f"{difference['mean']:.3f} on average (the standard deviation of a logit over the texts is "
        f"{difference['spread']:.2f}), and "
        f"{difference['same_action']:.0%} of the most probable actions are the same."
    )


def _figures(model: Description, figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return "This model has no evaluation, so nothing is known of its accuracy."
    return "\n".join(
        [
            f"Of the whole model {figures['figures_of']}, not of this network alone, which was not measured,",
            "with 95 % intervals (bootstrap by wording).",
            "",
            *card_table(model, figures),
        ]
    )
