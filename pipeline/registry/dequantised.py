"""Networks with the weights of their graphs, in 8 bits, where those in full precision are not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError
from pipeline.models.network.inference import Network
from pipeline.options import NetworkOptions
from pipeline.store.networks import check_can_train, name_of

if TYPE_CHECKING:
    from pipeline.models.network.finetuning import KeptNetwork

COMPARED = 100
"""Texts on which a network from its graph is compared with the graph."""


def networks_from_graphs(
    model: str, networks: Sequence[Network], texts: Sequence[str], options: NetworkOptions, todo: str
) -> tuple[list[KeptNetwork], dict[str, Any]]:
    """The networks; and how far their logits are from those of the graphs, the widest (`Difference`).

    Args: `model`, its version; `texts`, blinded, on which they are compared.
    Raises: ModelError without the extra train-encoder; ModelError with `todo` if a graph is of another shape,
        or if what is made from it computes something else.
    """
    check_can_train(model)
    from pipeline.models.network.finetuning import KeptNetwork
    from pipeline.models.network.rebuilding import difference, rebuilt

    found, differences = list[KeptNetwork](), []
    for network in networks:
        try:
            labeller = rebuilt(network, options)
            differences.append(difference(labeller, network, texts))
            if not differences[-1].close:
                raise ValueError(
                    f"what is made from its graph differs by {differences[-1].mean:.3f} in logits"
                )
        except ValueError as error:
            what = (
                "the weights of its networks are not kept in models/networks, and those of its graphs "
                f"cannot be used: {error}."
            )
            raise ModelError(model, what, todo) from error
        found.append(KeptNetwork(f"{name_of(network)}-8-bit", labeller, network.tokenizer))
    return found, asdict(max(differences, key=lambda each: each.mean))
