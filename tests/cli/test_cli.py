"""The command line: quick help, exit codes, results to stdout, messages to stderr, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline import cli
from pipeline.cli import COMMANDS, LazyGroup
from pipeline.cli import upr as group
from pipeline.errors import SettingsError
from pipeline.settings import load
from tests.coded_rows import SAMPLE
from tests.conftest import Upr, change_settings, forget
from tests.small_disk import limited_files

HEAVY = ("mlflow", "pandas", "pyarrow", "scipy", "sklearn", "spacy", "numpy", "yaml", "pydantic", "httpx")


def test_every_command_of_the_contract_is_there() -> None:
    promised = [
        "ingest",
        "fetch",
        "extract",
        "label",
        "train",
        "evaluate",
        "register",
        "publish",
        "verify",
        "review",
        "check",
    ]
    missing = [name for name in promised if name not in group.list_commands(click.Context(group))]
    assert not missing


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, upr: Upr) -> None:
    said = upr(name, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: upr {name}")
    assert said.err == ""


def helped(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Help in a process of its own, which says on stderr what it has loaded."""
    script = (
        f"import sys; from pipeline.cli import main; sys.argv = {['upr', *arguments, '--help']}\n"
        f"try: main()\nfinally: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)


def test_help_lists_every_command_and_imports_none() -> None:
    done = helped()
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [["ingest"], ["label"], ["review", "serve"], ["review", "user", "add"], ["evaluate"]],
    ids=" ".join,
)
def test_help_of_a_command_is_quick_since_it_loads_nothing_that_the_command_needs(
    arguments: list[str],
) -> None:
    done = helped(*arguments)
    assert done.stdout.startswith(f"Usage: upr {' '.join(arguments)}")
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ingest"],
        ["ingest", "a.csv"],
        ["label", "--out", "x.parquet"],
        ["label", "a.txt", "--out", "x.parquet", "--nonsense"],
        ["train", "--corpus", "x", "--depth", "magic"],
        ["review", "serve", "--port", "99999"],
        ["check"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(arguments: list[str], upr: Upr) -> None:
    said = upr(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Usage: upr" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ingest", "{none}.csv", "--out", "{out}.parquet"], "there is no such file"),
        (["ingest", "{sample}", "--out", "{out}.csv"], "End --out in .parquet"),
        (
            ["ingest", "{sample}", "--out", "{out}.parquet", "--encoding", "klingon"],
            "there is no encoding 'klingon'",
        ),
        (
            ["ingest", "{sample}", "--out", "{out}.parquet", "--taxonomy", "1999-01"],
            "there is no taxonomy '1999-01'",
        ),
        (["label", "{none}.txt", "--out", "{out}.parquet"], "upr: "),
        (["label", "{none}.txt", "--out", "{out}.pdf"], "is not a format that can be written"),
        (["label", "{sample}", "--out", "{out}.parquet", "--model", "nonsense"], "there is no such model"),
        (["label", "{sample}", "--out", "{out}.parquet", "--model", "{sample}"], "there is no model here"),
        (["train", "--corpus", "{none}.parquet", "--out", "{out}"], "upr: "),
        (["train", "--corpus", "{csv}", "--out", "{out}"], "is not a Parquet file"),
        (
            ["evaluate", "--corpus", "{none}.parquet", "--models", "{none}", "--out", "{out}"],
            "there is no model here",
        ),
        (
            ["register", "--corpus", "{none}.parquet", "--models", "{none}", "--out", "{out}.json"],
            "there is no model here",
        ),
        (["check", "Adopt a law", "--model", "nonsense"], "there is no such model"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_message_and_no_output(
    arguments: list[str], message: str, upr: Upr, project: Path, tmp_path: Path
) -> None:
    sample = SAMPLE / "upr-info"
    places = {"none": tmp_path / "none", "out": tmp_path / "out", "sample": sample, "csv": sample / "17.csv"}
    said = upr(*(argument.format(**places) for argument in arguments))
    assert said.code == 1
    assert said.out == ""
    assert message in said.err
    assert said.err.splitlines()[-1].startswith("upr: ")
    assert not list(tmp_path.glob("out*"))


def test_strict_writes_nothing_where_a_row_is_rejected(upr: Upr, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    head = "To,Text,From,Response,Action,Issue,Session\n"
    source.write_text(
        head + "Iceland,Adopt a law,Bhutan,Accepted,5,Other,7\nIceland,Adopt more,Bhutan,Accepted,6,Other,7\n"
    )
    said = upr("ingest", source, "--out", out, "--strict")
    assert said.code == 1
    assert "in.csv, row 2: '6' is not an action category" in said.err
    assert "--strict" in said.err
    assert list(tmp_path.iterdir()) == [source]
    lenient = upr("ingest", source, "--out", out)
    assert lenient.code == 0
    assert "1 rows rejected" in lenient.err
    assert lenient.out == ""


def test_a_fault_of_the_settings_is_one_message(upr: Upr, project: Path) -> None:
    change_settings(project, {"label.batch_rows": 0})
    forget()
    said = upr("label", SAMPLE / "upr-info", "--out", project / "x.parquet")
    assert said.code == 1
    assert "label.batch_rows" in said.err
    with pytest.raises(SettingsError, match="Correct the value"):
        load()


def test_an_interrupted_command_says_so(upr: Upr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from pipeline.stages import ingest

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ingest, "run", interrupt)
    said = upr("ingest", SAMPLE, "--out", tmp_path / "x.parquet")
    assert said.code == 130
    assert said.err.strip().endswith("upr: stopped.")


def test_a_file_that_ends_too_early_is_not_called_an_interruption(
    upr: Upr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pipeline.stages import ingest

    def end(*_: object, **__: object) -> None:
        raise EOFError("marshal data too short")

    monkeypatch.setattr(ingest, "run", end)
    with pytest.raises(EOFError, match="too short"):
        upr("ingest", SAMPLE, "--out", tmp_path / "x.parquet")


def test_a_process_with_small_files_leaves_no_broken_byte_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    lines = [f"a{n} = 'some words of number {n}'" for n in range(2_000)]
    (tmp_path / "long_module.py").write_text("\n".join(lines))
    for limit in (limited_files(20_000), None):
        done = subprocess.run(
            [sys.executable, "-c", "import long_module"],
            cwd=tmp_path,
            preexec_fn=limit,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_a_reader_that_goes_away_is_no_fault() -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m pipeline --help | head -c 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "U"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_the_version_is_the_packages(upr: Upr) -> None:
    from pipeline import __version__

    assert upr("--version").out.strip().endswith(__version__)


def test_commands_are_imported_only_when_called() -> None:
    assert isinstance(cli.upr, LazyGroup)
    assert all(module.isidentifier() and line for module, line in COMMANDS.values())


def test_labelling_one_text_loads_nothing_that_only_training_needs() -> None:
    heavy = ["sklearn", "pandas", "scipy.stats", "scipy.optimize", "mlflow", "matplotlib", "sqlalchemy"]
    heavy += ["torch", "transformers", "datasets", "onnx"]
    program = f"import sys, pipeline.stages.check; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
