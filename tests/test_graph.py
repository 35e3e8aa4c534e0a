"""The graph of `dvc.yaml` is true: a stage depends on all code that it imports, and on nothing beside it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml
from dvc.repo import Repo

from tests.conftest import ROOT

STAGES: Mapping[str, Mapping[str, Any]] = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
NAMED_ONLY = {"evaluate": {"pipeline.registry.serving"}}
"""Modules that a stage uses by name, so that no import shows it: MLflow packages the one of `evaluate`."""


def command_of(stage: str) -> str:
    words = STAGES[stage]["cmd"].split()
    assert words[0] == "upr"
    return str(words[1])


def file_of(module: str) -> str:
    path = ROOT / module.replace(".", "/")
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).relative_to(ROOT).as_posix()


def dependency_of(module: str) -> str:
    """What `dvc.yaml` names for a module: its room, or the file of a command, a stage or the ground.

    Of the desk a stage takes words alone, so a part of that room is enough.
    """
    parts = module.split(".")
    if parts[1:2] == ["review"]:
        return "/".join(parts[:3])
    whole = len(parts) > 1 and parts[1] not in ("cli", "stages") and (ROOT / "pipeline" / parts[1]).is_dir()
    return f"pipeline/{parts[1]}" if whole else file_of(module)


@pytest.fixture(scope="module")
def imports() -> Mapping[str, Set[str]]:
    """All modules of this project that a stage's command imports, also late and through others."""
    graph = grimp.build_graph("pipeline", cache_dir=None)
    found = {}
    for stage in STAGES:
        roots = {"pipeline.cli", f"pipeline.cli.{command_of(stage)}", *NAMED_ONLY.get(stage, ())}
        found[stage] = roots.union(*(graph.find_upstream_modules(root) for root in roots))
    return found


def code_of(stage: str) -> set[str]:
    return {path for path in STAGES[stage]["deps"] if path.startswith("pipeline")}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_code_that_it_imports_and_on_no_other(
    stage: str, imports: Mapping[str, Set[str]]
) -> None:
    needed = {dependency_of(module) for module in imports[stage]}
    # Stages have no package of their own: importing one runs nothing of another.
    needed.discard("pipeline/stages/__init__.py")
    missing, idle = needed - code_of(stage), code_of(stage) - needed
    assert not missing, f"add to deps of {stage} in dvc.yaml: {sorted(missing)}"
    assert not idle, f"take out of deps of {stage} in dvc.yaml: {sorted(idle)}"


def test_late_imports_are_seen(imports: Mapping[str, Set[str]]) -> None:
    """The network's training is imported inside a function, since most trainings need no torch."""
    assert any(module.startswith("pipeline.models.network.") for module in imports["train"])
    assert "pipeline.stages.train" in imports["train"], "every command imports its stage inside a function"
    assert "pipeline.stages.train" not in imports["register"]


def test_the_choice_of_a_model_does_not_rest_on_the_test_session() -> None:
    assert "reports/evaluation/tune.json" in STAGES["register"]["deps"]
    for path in STAGES["register"]["deps"]:
        assert not (ROOT / "reports" / "evaluation" / "test.json").is_relative_to(ROOT / path), path


def outputs() -> Iterator[str]:
    for stage in STAGES.values():
        for entry in (*stage["outs"], *stage.get("metrics", ()), *stage.get("plots", ())):
            yield entry if isinstance(entry, str) else next(iter(entry))


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code in which DVC holds every stage for done; what the stages write is a word each."""
    folder = tmp_path_factory.mktemp("graph")
    for name in ("pipeline", "configs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dvc.yaml", ".dvcignore"):
        shutil.copy(ROOT / name, folder / name)
    inputs = {path for stage in STAGES.values() for path in stage["deps"]}
    # Backwards, so that a file comes before the folder it lies in.
    for path in sorted(inputs.union(outputs()), reverse=True):
        if not (folder / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(path)
    Repo.init(str(folder), no_scm=True).close()
    with contextlib.chdir(folder), Repo(str(folder)) as opened:
        opened.commit(force=True)
    assert outdated(folder) == set()
    return folder


def outdated(folder: Path) -> set[str]:
    """The stages that DVC would run anew because of a change of their own dependencies."""
    # DVC names stages as seen from the current folder.
    with contextlib.chdir(folder), Repo(str(folder)) as opened:
        # `champion` runs whatever happens, which is no change of a dependency.
        return {stage for stage, why in opened.status().items() if why != ["always changed"]}


EDITED = (
    "pipeline/charts/drawing.py",
    "pipeline/corpus/taxonomy.py",
    "pipeline/errors.py",
    "pipeline/options.py",
    "pipeline/evaluation/statistics.py",
    "pipeline/labelling/batches.py",
    "pipeline/models/ensemble.py",
    "pipeline/progress.py",
    "pipeline/registry/tracking.py",
    "pipeline/release/tables/assembly.py",
    "pipeline/review/strings/__init__.py",
    "pipeline/rules/labeller.py",
    "pipeline/settings.py",
    "pipeline/sources/standard.py",
    "pipeline/stages/report.py",
    "pipeline/cli/label.py",
    "pipeline/store/models.py",
    "pipeline/threads/linking.py",
)
"""A module of each room that a stage imports."""


def test_a_module_of_each_room_is_among_the_edited_ones(imports: Mapping[str, Set[str]]) -> None:
    rooms = {dependency_of(m).split("/")[1] for modules in imports.values() for m in modules if "." in m}
    assert {path.split("/")[1] for path in EDITED} == rooms


@pytest.mark.parametrize(
    "path", [EDITED[0], *(pytest.param(path, marks=pytest.mark.long) for path in EDITED[1:])]
)
def test_an_edited_module_makes_the_stages_that_import_it_run_anew(
    path: str, copied: Path, imports: Mapping[str, Set[str]]
) -> None:
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    importing = {stage for stage, modules in imports.items() if module in modules}
    before = (copied / path).read_bytes()
    (copied / path).write_bytes(before + b"\n_EDITED = True\n")
    touched = outdated(copied)
    (copied / path).write_bytes(before)
    assert importing
    assert importing <= touched
    # Beyond these only stages that import another module of the same room.
    room = dependency_of(module)
    assert touched == {s for s, modules in imports.items() if room in map(dependency_of, modules)}


def test_what_python_leaves_beside_the_code_changes_nothing(copied: Path) -> None:
    compiled = copied / "pipeline" / "models" / "__pycache__" / "ensemble.cpython-311.pyc"
    compiled.parent.mkdir(exist_ok=True)  # Python may have been here before
    compiled.write_bytes(b"compiled")
    assert outdated(copied) == set()


def test_the_pages_of_the_desk_are_in_no_stage(copied: Path) -> None:
    path = copied / "pipeline" / "review" / "opening.py"  # of the desk, stages use its words only
    path.write_text(path.read_text() + "\n_EDITED = True\n")
    assert outdated(copied) == set()
