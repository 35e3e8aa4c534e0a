"""Fine-tuning from encoders of several families, the graph, and the network that runs from it; needs the
extra
train-encoder.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.models.network.inference import Network
from pipeline.options import NetworkOptions
from pipeline.store.pretrained import load_pretrained
from tests.models.network.small_encoder import FAMILIES, pretrained_folder

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[train-encoder]'")
pytest.importorskip("transformers", reason="transformers is not installed: pip install '.[train-encoder]'")
pytest.importorskip("onnxscript", reason="onnxscript is not installed: pip install '.[train-encoder]'")

pytestmark = pytest.mark.long  # networks are trained, as in all of `make test-long` that CI runs

from pipeline.models.network.data import distinct  # noqa: E402
from pipeline.models.network.fits import CodedTexts, Place  # noqa: E402
from pipeline.models.network.fitting import predict  # noqa: E402
from pipeline.models.network.labeller import Labeller, keep_layers  # noqa: E402
from pipeline.models.network.training import NetworkTraining  # noqa: E402

TEXTS = [
    "ratify the convention",
    "continue the law",
    "consider the rights of women",
    "adopt the law of torture",
    "ratifying law xyz",
]
ACTIONS = np.array([5, 2, 3, 4, 1])
TAGS = np.array([[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=bool)
CODED = CodedTexts(TEXTS, ACTIONS, TAGS)
ODD = ["the women of the country", "a", "", "zzz " * 30]


def options(**changes: Any) -> NetworkOptions:
    values: dict[str, Any] = {
        "max_tokens": 24,
        "lead_tokens": 3,
        "action_width": 8,
        "student_layers": (1,),
        "frequent_tokens": 0,
        "teachers": 2,
        "teacher_epochs": 60,
        "student_epochs": 40,
        "batch_size": 5,
        "learning_rate": 5e-3,
        "head_learning_rate": 2e-2,
        "ema_decay": 0.9,
        "precision": "float32",
        "device": "cpu",
        "threads": 1,
    }
    return NetworkOptions(**values | changes)


class Case:
    """A training from one family of encoders, finished."""

    def __init__(self, family: str, folder: Path) -> None:
        self.training = self.anew(family, folder, folder / "kept")
        self.teachers = [self.training.teacher(number) for number in (1, 2)]
        self.student = self.training.student(self.teachers)
        self.models = (self.teachers[0], self.student)
        self.networks = [self.training.network(model) for model in self.models]

    @staticmethod
    def anew(family: str, folder: Path, kept: Path, **changes: Any) -> NetworkTraining:
        source = pretrained_folder(folder / "pretrained", family)
        pretrained = load_pretrained(str(source))
        return NetworkTraining(CODED, pretrained, options(**changes), 0, Place(str(kept)))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Case]:
    """The case of a family, made when it is first asked for."""
    return cache(lambda family: Case(family, tmp_path_factory.mktemp(family)))


@pytest.fixture(params=FAMILIES)
def case(request: pytest.FixtureRequest, cases: Callable[[str], Case]) -> Case:
    return cases(request.param)


@pytest.fixture
def bert(cases: Callable[[str], Case]) -> Case:
    return cases("bert")


def test_the_teachers_learn_the_examples_and_the_student_learns_from_them(case: Case) -> None:
    for network in case.networks:
        actions, tags = network.logits(TEXTS)
        assert (actions.argmax(1) + 1).tolist() == ACTIONS.tolist()
        assert ((tags > 0) == TAGS).all()
    assert case.teachers[0].config.encoder.num_hidden_layers == 2
    assert case.student.config.encoder.num_hidden_layers == 1


def test_the_graph_computes_what_the_labeller_does_up_to_eight_bits(case: Case) -> None:
    for model, network in zip(case.models, case.networks, strict=True):
        for text in TEXTS:  # those that the ranges were measured on
            (row,) = network.tokenizer.encode([text])
            with torch.no_grad():
                output = model(torch.tensor([row]), torch.ones(1, len(row), dtype=torch.int64))
            for own, theirs in zip(
                network.logits([text]), (output.action_logits, output.tag_logits), strict=True
            ):
                assert np.abs(own - theirs.numpy()).max() < 0.05 * max(1.0, float(theirs.abs().max()))


def test_any_text_has_logits(case: Case) -> None:
    for network in case.networks:
        assert all(np.isfinite(logits).all() for logits in network.logits(ODD))


def test_logits_of_a_text_do_not_depend_on_the_texts_beside_it(case: Case) -> None:
    together = case.networks[0].logits([*TEXTS, "the rights of women " * 9])
    for i, text in enumerate(TEXTS):
        for own, theirs in zip(case.networks[0].logits([text]), together, strict=True):
            np.testing.assert_allclose(own[0], theirs[i], atol=1e-5)


def test_a_labeller_comes_back_from_its_folder_as_it_was(case: Case, tmp_path: Path) -> None:
    case.student.save_pretrained(tmp_path)
    again = Labeller.from_pretrained(tmp_path).eval()
    rows = torch.tensor(case.training.tokenizer.encode(["ratify the law"]))
    ones = torch.ones_like(rows)
    for own, theirs in zip(again(rows, ones).to_tuple(), case.student(rows, ones).to_tuple(), strict=True):
        torch.testing.assert_close(own, theirs)


def test_word_embeddings_stay_as_published_and_the_layers_learn(case: Case) -> None:
    published = load_pretrained(case.training.pretrained.encoder.name_or_path).encoder
    kept = published.get_input_embeddings().weight[torch.from_numpy(case.training.kept)]
    torch.testing.assert_close(case.teachers[0].encoder.get_input_embeddings().weight, kept)
    before, after = (dict(m.named_parameters()) for m in (published, case.teachers[0].encoder))
    learned = [name for name, value in before.items() if value.shape == after[name].shape]
    assert sum(not torch.equal(before[name], after[name]) for name in learned) >= len(learned) - 3


def test_the_same_seed_gives_the_same_file(bert: Case, tmp_path: Path) -> None:
    again = Case.anew("bert", tmp_path, tmp_path / "kept")
    assert again.network(again.teacher(1)).onnx == bert.networks[0].onnx


def test_a_training_that_was_stopped_goes_on_from_its_checkpoint(
    bert: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.models.network.callbacks import WeightAveraging

    follow = WeightAveraging.on_step_end
    steps: list[int] = []

    def killed_at_40(self: Any, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        steps.append(state.global_step)
        follow(self, args, state, control, **kwargs)
        if state.global_step == 40 and len(steps) == 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(WeightAveraging, "on_step_end", killed_at_40)
    stopped = Case.anew("bert", tmp_path, tmp_path / "kept", checkpoint_steps=25)
    with pytest.raises(KeyboardInterrupt):
        stopped.teacher(1)
    resumed = Case.anew("bert", tmp_path, tmp_path / "kept", checkpoint_steps=25)
    assert resumed.folder == stopped.folder
    model = resumed.teacher(1)
    assert steps == [*range(1, 41), *range(26, 61)]
    for own, theirs in zip(model.state_dict().values(), bert.teachers[0].state_dict().values(), strict=True):
        torch.testing.assert_close(own, theirs)


def test_a_training_from_other_texts_does_not_go_on_from_these_checkpoints(
    bert: Case, tmp_path: Path
) -> None:
    source = load_pretrained(str(pretrained_folder(tmp_path, "bert")))
    other = CodedTexts([*TEXTS[:-1], "adopt the convention"], ACTIONS, TAGS)
    folders = {
        NetworkTraining(coded, source, options(learning_rate=rate), 0, Place("kept")).folder
        for coded in (CODED, other)
        for rate in (1e-3, 2e-3)
    }
    assert len(folders) == 4


def test_predictions_are_in_the_order_of_the_rows(bert: Case) -> None:
    actions, tags = predict(
        bert.teachers[0], options(), bert.training.fit("unused", 1.0, 0), bert.training.data
    )
    assert (actions.argmax(1) + 1).tolist() == ACTIONS.tolist()
    assert ((tags > 0) == TAGS).all()


def test_a_network_travels_between_processes_also_after_it_has_run(bert: Case) -> None:
    expected = bert.networks[0].logits(TEXTS)[0]
    copy: Network = pickle.loads(pickle.dumps(bert.networks[0]))
    np.testing.assert_array_equal(copy.logits(TEXTS)[0], expected)


def test_no_texts_give_no_logits(bert: Case) -> None:
    assert bert.networks[0].logits([])[0].shape == (0, 5)


def test_fewer_layers_are_those_named(tmp_path: Path) -> None:
    encoder = load_pretrained(str(pretrained_folder(tmp_path, "distilbert", layers=3))).encoder
    wanted = {n: v.clone() for n, v in encoder.state_dict().items() if ".layer.0." in n or ".layer.2." in n}
    keep_layers(encoder, (0, 2))
    found = {n: v for n, v in encoder.state_dict().items() if ".layer." in n}
    assert [v.sum().item() for v in found.values()] == [v.sum().item() for v in wanted.values()]
    with pytest.raises(ValueError, match=r"layers \[0, 5\] are asked for, and the encoder has 2"):
        keep_layers(encoder, (0, 5))


def test_equal_texts_with_equal_coding_are_learned_once_with_more_weight() -> None:
    rows, weights = distinct(["a", "b", "A", "a"], np.array([1, 1, 1, 2]), np.zeros((4, 2), dtype=bool))
    assert rows.tolist() == [0, 1, 3]
    assert weights[0] / weights[1] == pytest.approx(2**0.5)
    assert weights.mean() == pytest.approx(1.0)
