"""Fine-tuning, the graph, and the network that runs from it; needs the extra train-encoder."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.models.network.wordpieces import WordPieces
from pipeline.progress import silent
from tests.models.network.small_encoder import tokenizer_json

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[train-encoder]'")
pytest.importorskip("onnx", reason="onnx is not installed: pip install '.[train-encoder]'")

from pipeline.models.network.finetune import Examples, distinct, finetune, logits  # noqa: E402
from pipeline.models.network.learning import Recipe  # noqa: E402
from pipeline.models.network.network import Labeller, Shape, from_bert, some_layers  # noqa: E402
from pipeline.models.network.training import NetworkPlan, Pretrained, Trained, train_networks  # noqa: E402

SHAPE = Shape(layers=(0, 1), heads=2, width=16, inner=32, longest=24, lead=3, action_width=8, tags=3)
TEXTS = [
    "ratify the convention",
    "continue the law",
    "consider the rights of women",
    "adopt the law of torture",
    "ratifying law xyz",
]
ACTIONS = np.array([5, 2, 3, 4, 1])
TAGS = np.array([[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=bool)
RECIPE = Recipe(epochs=60, batch=5, rate=5e-3, head_rate=2e-2, averaging=0.9, half=False)


def published_weights(layers: int, width: int, inner: int, vocabulary: int) -> dict[str, Any]:
    """Random weights under the names of a BERT checkpoint."""
    torch.manual_seed(3)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (vocabulary, width),
        "embeddings.position_embeddings.weight": (128, width),
        "embeddings.token_type_embeddings.weight": (2, width),
        "embeddings.LayerNorm.weight": (width,),
        "embeddings.LayerNorm.bias": (width,),
    }
    for layer in range(layers):
        for part, (rows, columns) in {
            "attention.self.query": (width, width),
            "attention.self.key": (width, width),
            "attention.self.value": (width, width),
            "attention.output.dense": (width, width),
            "intermediate.dense": (inner, width),
            "output.dense": (width, inner),
        }.items():
            shapes[f"encoder.layer.{layer}.{part}.weight"] = (rows, columns)
            shapes[f"encoder.layer.{layer}.{part}.bias"] = (rows,)
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.layer.{layer}.{part}.weight"] = (width,)
            shapes[f"encoder.layer.{layer}.{part}.bias"] = (width,)
    return {
        name: torch.randn(shape) * 0.1 + (1.0 if name.endswith("Norm.weight") else 0.0)
        for name, shape in shapes.items()
    }


def pretrained() -> Pretrained:
    return Pretrained(published_weights(2, SHAPE.width, SHAPE.inner, len(tokenizer_json())), tokenizer_json())


def plan(**changes: Any) -> NetworkPlan:
    return NetworkPlan(SHAPE, RECIPE, replace(RECIPE, epochs=40), 2, (1,), 0, 1, **changes)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_networks(TEXTS, ACTIONS, TAGS, pretrained(), plan())


def test_the_teacher_learns_the_examples_and_the_student_learns_from_it(trained: Trained) -> None:
    for network in (*trained.teachers, trained.student):
        actions, tags = network.logits(TEXTS)
        assert (actions.argmax(1) + 1).tolist() == ACTIONS.tolist()
        assert ((tags > 0) == TAGS).all()
    assert not any(name.startswith("encoder.layers.1.") for name in trained.student_state)


def test_the_graph_says_what_the_network_says_up_to_eight_bits(trained: Trained) -> None:
    network = Labeller(SHAPE, trained.teacher_states[0]["encoder.words.weight"].shape[0])
    network.load_state_dict(dict(trained.teacher_states[0]))
    texts = [*TEXTS, "the women of the country", "a", "zzz " * 30]
    for own, theirs in zip(
        trained.teachers[0].logits(texts),
        logits(network, trained.teachers[0].pieces.encode(texts)),
        strict=True,
    ):
        assert np.abs(own - theirs).max() < 0.06 * np.abs(theirs).max()


def test_what_is_said_of_a_text_does_not_depend_on_the_texts_beside_it(trained: Trained) -> None:
    together = trained.teachers[0].logits([*TEXTS, "the rights of women " * 9])
    for i, text in enumerate(TEXTS):
        for own, theirs in zip(trained.teachers[0].logits([text]), together, strict=True):
            np.testing.assert_allclose(own[0], theirs[i], atol=1e-5)


def test_the_same_seed_gives_the_same_file(trained: Trained) -> None:
    again = train_networks(TEXTS, ACTIONS, TAGS, pretrained(), plan())
    assert again.teachers[0].onnx == trained.teachers[0].onnx
    assert again.student.onnx == trained.student.onnx


def test_a_network_travels_between_processes_also_after_it_has_run(trained: Trained) -> None:
    expected = trained.student.logits(TEXTS)[0]
    copy = pickle.loads(pickle.dumps(trained.student))
    np.testing.assert_array_equal(copy.logits(TEXTS)[0], expected)


def test_no_texts_give_no_logits(trained: Trained) -> None:
    assert trained.teachers[0].logits([])[0].shape == (0, 5)


def test_a_fresh_network_computes_what_the_published_encoder_does() -> None:
    """Against torch's own layers, which are BERT's with norms after."""
    published = pretrained().weights
    network = Labeller(SHAPE, 40, dropout=0.0)
    network.load_state_dict(network.state_dict() | from_bert(published, SHAPE, range(40)))
    numbers = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]).bool()
    x = (
        published["embeddings.word_embeddings.weight"][numbers]
        + published["embeddings.position_embeddings.weight"][:4]
    )
    x = x + published["embeddings.token_type_embeddings.weight"][0]
    x = torch.nn.functional.layer_norm(
        x,
        (SHAPE.width,),
        published["embeddings.LayerNorm.weight"],
        published["embeddings.LayerNorm.bias"],
        1e-12,
    )
    names = {
        "self_attn.out_proj": "attention.output.dense",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm1": "attention.output.LayerNorm",
        "norm2": "output.LayerNorm",
    }
    for number in range(2):
        layer = torch.nn.TransformerEncoderLayer(
            SHAPE.width, SHAPE.heads, SHAPE.inner, 0.0, "gelu", 1e-12, batch_first=True
        )
        state = {}
        for end in ("weight", "bias"):
            parts = [
                published[f"encoder.layer.{number}.attention.self.{part}.{end}"]
                for part in ("query", "key", "value")
            ]
            state[f"self_attn.in_proj_{end}"] = torch.cat(parts)
            state |= {
                f"{ours}.{end}": published[f"encoder.layer.{number}.{theirs}.{end}"]
                for ours, theirs in names.items()
            }
        layer.load_state_dict(state)
        x = layer(x, src_key_padding_mask=~mask)
    own = network.eval().encoder(numbers, mask)
    torch.testing.assert_close(own[mask], x[mask], atol=1e-5, rtol=1e-4)


def test_fewer_layers_are_those_named() -> None:
    state = {
        "encoder.layers.0.x": torch.tensor(0),
        "encoder.layers.1.x": torch.tensor(1),
        "encoder.layers.2.x": torch.tensor(2),
        "a": torch.tensor(9),
    }
    assert {name: int(value) for name, value in some_layers(state, (0, 2)).items()} == {
        "encoder.layers.0.x": 0,
        "encoder.layers.1.x": 2,
        "a": 9,
    }


def test_equal_texts_with_equal_coding_are_learned_once_with_more_weight() -> None:
    places, weights = distinct(["a", "b", "A", "a"], np.array([1, 1, 1, 2]), np.zeros((4, 2), dtype=bool))
    assert places.tolist() == [0, 1, 3]
    assert weights[0] / weights[1] == pytest.approx(2**0.5)
    assert weights.mean() == pytest.approx(1.0)


def test_word_embeddings_stay_as_published() -> None:
    pieces = WordPieces(tokenizer_json(), 24)
    network = Labeller(SHAPE, 120)
    before = network.encoder.words.weight.clone()
    examples = Examples(
        pieces.encode(TEXTS), ACTIONS - 1, TAGS.astype(np.float32), np.ones(5, dtype=np.float32)
    )
    state = finetune(network, examples, replace(RECIPE, epochs=2), silent, "steps")
    torch.testing.assert_close(state["encoder.words.weight"], before)
    assert not torch.equal(state["encoder.positions"], torch.zeros_like(state["encoder.positions"]))
