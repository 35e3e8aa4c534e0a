"""Networks from their graphs in 8 bits, as they can go on learning; needs the extra train-encoder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.errors import ModelError
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.models.network.inference import Network
from pipeline.models.network.tokens import TextTokenizer
from pipeline.models.training import Training
from pipeline.options import NetworkOptions
from pipeline.progress import silent
from pipeline.registry.networks import finetuned_networks
from pipeline.rules.labeller import RuleLabeller
from pipeline.stages.train import options_of
from pipeline.store.descriptions import described
from pipeline.store.models import load_bundle
from pipeline.store.pretrained import load_pretrained
from pipeline.store.vocabularies import load_blinder, load_codebook
from tests.models.network.small_encoder import pretrained_folder

if TYPE_CHECKING:
    from pipeline.models.network.labeller import Labeller

ROOT = Path(__file__).resolve().parents[3]
TAGS = 7
# They import torch and export networks, which takes half a minute.
pytestmark = pytest.mark.long


@pytest.fixture(autouse=True, scope="module")
def _extra() -> None:
    for name in ("torch", "onnxscript"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install '.[train-encoder]'")


@pytest.fixture(scope="module")
def texts(sample: Corpus) -> list[str]:
    """Some 100 texts of the sample, of all its sessions."""
    blinder = load_blinder()
    return [blinder.blind(text) for text in sample.texts[:: len(sample.texts) // 100]]


def networks_of(model: str) -> tuple[Network, ...]:
    """The networks of a model of the project."""
    classifier = load_bundle(ROOT / "models" / model).classifier
    assert isinstance(classifier, EnsembleClassifier)
    return classifier.networks


def exported(folder: Path, family: str, texts: list[str]) -> tuple[Labeller, Network]:
    """A small labeller with random weights and biases, and its graph."""
    import torch

    from pipeline.models.network.export import onnx_bytes
    from pipeline.models.network.training import labeller_on

    pretrained = load_pretrained(str(pretrained_folder(folder / family, family, width=48)))
    labeller = labeller_on(pretrained.encoder, TAGS, NetworkOptions(lead_tokens=3, action_width=48)).eval()
    with torch.no_grad():
        for weights in labeller.parameters():
            weights.add_(torch.randn_like(weights) * 0.1)
    tokenizer = TextTokenizer(pretrained.tokenizer, 64, pretrained.pad)
    return labeller, Network(onnx_bytes(labeller, tokenizer.encode(texts), pretrained.pad), tokenizer)


def test_integers_are_scaled_from_their_zero_point() -> None:
    from pipeline.models.network.graphs import dequantised

    whole = np.array([[1, 2], [3, 4]], dtype=np.int8)
    one = dequantised(whole, np.array(0.5), np.array(1))
    columns = dequantised(whole, np.array([1.0, 10.0], dtype=np.float32), np.array([0, 2], dtype=np.int8))
    rows = dequantised(whole, np.array([1.0, 10.0], dtype=np.float32), axis=0)
    assert one.tolist() == [[0, 0.5], [1, 1.5]]
    assert columns.tolist() == [[1, 0], [3, 20]]
    assert rows.tolist() == [[1, 2], [30, 40]]


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta"])
def test_a_network_from_its_graph_has_the_weights_that_it_was_made_from(
    family: str, texts: list[str], tmp_path: Path
) -> None:
    from pipeline.models.network.rebuilding import difference, rebuilt

    labeller, network = exported(tmp_path, family, texts)
    found = rebuilt(network, NetworkOptions())
    assert (found.config.lead_tokens, found.config.action_width, found.config.tags) == (3, 48, TAGS)
    assert found.config.encoder.num_attention_heads == labeller.config.encoder.num_attention_heads
    for name in ("action_in", "action_out", "tag_query", "tag_value", "tag_pooled"):
        expected = getattr(labeller, name).weight.detach().numpy()
        # 7 bits, of a scale for each output.
        steps = np.abs(expected).max(axis=1, keepdims=True) / 63
        assert (np.abs(getattr(found, name).weight.detach().numpy() - expected) <= steps).all(), name
    assert np.allclose(found.action_in.bias.detach(), labeller.action_in.bias.detach(), atol=1e-3)
    measured = difference(found, network, texts)
    assert measured.close
    assert measured.mean < 0.1 * measured.spread
    assert measured.texts == len(texts) >= 100


@pytest.mark.parametrize(
    ("model", "most"), [("shipped", 0.15), pytest.param("best", 0.2, marks=pytest.mark.long)]
)
def test_the_networks_of_the_project_can_be_made_from_their_graphs(
    model: str, most: float, texts: list[str]
) -> None:
    """The logits differ by 0.104 on average (best: 0.146 and 0.145), of a spread over texts of 2.4 to 2.6."""
    from pipeline.models.network.rebuilding import difference, rebuilt

    for network in networks_of(model):
        measured = difference(rebuilt(network, NetworkOptions()), network, texts)
        assert measured.mean < most
        assert measured.spread > 2
        assert measured.same_action > 0.95


def test_weights_in_another_order_are_found(texts: list[str]) -> None:
    from pipeline.models.network.rebuilding import difference, rebuilt

    network = networks_of("shipped")[0]
    found = rebuilt(network, NetworkOptions())
    attention = found.encoder.encoder.layer[0].attention.self
    attention.query, attention.key = attention.key, attention.query
    assert not difference(found, network, texts).close


def other_graph() -> bytes:
    """A graph that is no labeller."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weight = numpy_helper.from_array(np.ones((2, 5), dtype=np.float32), "weight")
    node = helper.make_node("MatMul", ["x", "weight"], ["action_logits"])
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])
        for name, width in (("x", 2), ("action_logits", 5))
    ]
    model = helper.make_model(helper.make_graph([node], "other", ends[:1], ends[1:], [weight]))
    content: bytes = onnx.ModelProto.SerializeToString(model)
    return content


def test_a_graph_of_another_shape_is_an_error_that_says_what_to_do(
    sample: Corpus, tmp_path: Path, project: Path
) -> None:
    base = settings.load()
    rules = RuleLabeller(load_codebook(), sample.taxonomy)
    training = Training(sample, load_blinder(), rules, options_of(base))
    tokenizer = networks_of("shipped")[0].tokenizer
    model = described(ROOT / "models" / "shipped"), [Network(other_graph(), tokenizer)]
    with pytest.raises(ModelError, match=r"ensemble-.*models/networks.*not of BERT's shape.*depth refresh"):
        finetuned_networks(training, model, range(1, 16), base, tmp_path, silent)
