"""Networks as repositories of a model hub: what comes back gives the logits that went in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import upr
from pipeline.errors import ModelError
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.store.descriptions import FIGURES, described, version_of
from pipeline.store.networks import networks_folder
from pipeline.store.vocabularies import load_taxonomy
from tests.conftest import ROOT, forget, make_project
from tests.models.network.small_encoder import pretrained_folder

SHIPPED = ROOT / "models" / "shipped"
TEXTS = ["Ratify the Convention against Torture", "Continue", "Consider the rights of women in country " * 30]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project whose shipped model is the repository's."""
    folder = make_project(tmp_path / "project", SHIPPED)
    monkeypatch.setenv("UPR_HOME", str(folder))
    forget()
    yield folder
    forget()


def keep_small_network(home: Path) -> Any:
    """A small labeller, kept as the weights of the shipped model's network. Returns: it and its tokenizer."""
    torch = pytest.importorskip("torch", reason="torch is not installed: make install-training")
    from transformers import AutoConfig

    from pipeline.models.network.labeller import Labeller, LabellerConfig
    from pipeline.models.network.tokens import TextTokenizer

    pretrained = pretrained_folder(home / "pretrained", "bert")
    torch.manual_seed(1)
    config = LabellerConfig(encoder=AutoConfig.from_pretrained(pretrained), tags=54, lead_tokens=2)
    labeller = Labeller(config).eval()
    content = (pretrained / "tokenizer.json").read_text()
    (sha256,) = described(home / "models" / "shipped").networks.values()
    folder = networks_folder() / sha256[:16]
    labeller.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(content)
    (folder / "kept.json").write_text(json.dumps({"max_tokens": 24, "pad": 0, "training": "x"}))
    return labeller, TextTokenizer(content, 24, 0)


def test_what_was_exported_gives_the_same_logits_and_runs_no_code(home: Path, tmp_path: Path) -> None:
    labeller, tokenizer = keep_small_network(home)
    import torch
    from transformers import AutoModel, AutoTokenizer

    from pipeline.models.network.tokens import padded

    out = tmp_path / "hub"
    done = CliRunner().invoke(
        upr, ["models", "export", "shipped", "--format", "huggingface", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert not list(out.rglob("*.py"))
    assert not list(out.rglob("*.bin"))
    numbers, mask = (torch.from_numpy(part) for part in padded(tokenizer.encode(TEXTS), 2, 0))
    read = AutoTokenizer.from_pretrained(out)(TEXTS, return_tensors="pt", padding=True, truncation=True)
    assert torch.equal(read["input_ids"], numbers)
    assert torch.equal(read["attention_mask"], mask)
    again = AutoModel.from_pretrained(out, trust_remote_code=False).eval()
    with torch.no_grad():
        before, after = labeller(numbers, mask), again(numbers, mask)
        assert torch.equal(before.action_logits, after.action_logits)
        assert torch.equal(before.tag_logits, after.tag_logits)
        assert before.tag_logits.abs().max() > 0.01
        vectors = labeller.encoder(input_ids=numbers, attention_mask=mask).last_hidden_state
    assert again.config.upr_tags == [tag.label for tag in load_taxonomy("2014-10").tags]
    assert again.config.upr_model_version == described(SHIPPED).version
    torch.save((numbers, mask, vectors), tmp_path / "vectors.pt")
    # A program without this project reads the encoder.
    code = f"""
import sys, torch
from transformers import AutoModel
numbers, mask, vectors = torch.load({str(tmp_path / "vectors.pt")!r})
encoder = AutoModel.from_pretrained({str(out)!r}, subfolder="encoder").eval()
with torch.no_grad():
    found = encoder(input_ids=numbers, attention_mask=mask).last_hidden_state
assert torch.equal(found, vectors)
assert not [name for name in sys.modules if name.split(".")[0] == "pipeline"]
"""
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]


def test_the_card_is_valid_and_names_whose_figures_it_gives(home: Path, tmp_path: Path) -> None:
    keep_small_network(home)
    from huggingface_hub import ModelCard

    out = tmp_path / "hub"
    done = CliRunner().invoke(
        upr, ["models", "export", "shipped", "--format", "huggingface", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    card = ModelCard.load(out / "README.md")
    facts, figures = card.data.to_dict(), json.loads((SHIPPED / FIGURES).read_text())
    assert (facts["license"], facts["language"], facts["library_name"]) == (
        "apache-2.0",
        ["en"],
        "transformers",
    )
    accuracy = figures["test"]["all"]["action"]["accuracy"]
    shown = {r.metric_name: r.metric_value for r in card.data.eval_results}
    told = f"action accuracy of the whole model, 95% interval {accuracy['low']:.3f} to {accuracy['high']:.3f}"
    assert shown[told] == pytest.approx(accuracy["value"], abs=1e-4)
    assert f"Of the whole model {figures['figures_of']}, not of this network alone" in card.text
    assert yaml.safe_load((out / "README.md").read_text().split("---")[1])["model-index"]


def refused(out: Path, reference: str = "shipped") -> str:
    arguments = ["models", "export", reference, "--format", "huggingface", "--out", str(out)]
    done = CliRunner().invoke(upr, arguments)
    assert isinstance(done.exception, ModelError), done.output
    return str(done.exception)


def test_what_cannot_be_exported_is_refused_with_the_reason(
    home: Path, model_path: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="torch is not installed: make install-training")
    out = tmp_path / "hub"
    assert "has no network that could be exported" in refused(out, str(model_path))
    assert not out.exists()
    folder = home / "models" / "shipped"
    manifest = json.loads((folder / "bundle.json").read_text()) | {"demo": True}
    manifest["version"] = f"{manifest['kind']}-{version_of(manifest)}"
    (folder / "bundle.json").write_text(json.dumps(manifest))
    assert "it is a demonstration" in refused(out)


@pytest.mark.long
def test_where_weights_are_not_kept_those_of_the_graph_are_exported_and_the_card_says_so(
    home: Path, tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: make install-training")
    from transformers import AutoModel, AutoTokenizer

    import pipeline.models.network.labeller  # noqa: F401 - makes the family known
    from pipeline.store.models import load_bundle

    assert not networks_folder().exists()
    out = tmp_path / "hub"
    arguments = ["models", "export", "shipped", "--format", "huggingface", "--out", str(out)]
    done = CliRunner().invoke(upr, arguments)
    assert done.exit_code == 0, done.output
    bundle = load_bundle(home / "models" / "shipped")
    texts = [bundle.seen(text) for text in TEXTS]
    assert isinstance(bundle.classifier, EnsembleClassifier)
    expected, _ = bundle.classifier.networks[0].logits(texts)
    inputs = AutoTokenizer.from_pretrained(out)(texts, return_tensors="pt", padding=True, truncation=True)
    with torch.no_grad():
        found = AutoModel.from_pretrained(out).eval()(inputs["input_ids"], inputs["attention_mask"])
    assert abs(found.action_logits.numpy() - expected).mean() < 0.5 < expected.std(axis=0).mean()
    card = (out / "README.md").read_text()
    assert "in 8 bits, dequantised: those in full precision were not at hand" in " ".join(card.split())
    assert "On 100 texts its logits differ by 0." in card


def test_an_existing_folder_stays_as_it_is(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "hub"
    out.mkdir()
    (out / "mine").write_text("x")
    assert "there is something of that name already" in refused(out)
    assert (out / "mine").read_text() == "x"
