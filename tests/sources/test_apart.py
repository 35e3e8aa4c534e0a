"""Readers are processes of their own, forked by a server that has imported them once."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.apart import answers
from tests.sources.reader_work import about_itself, ends, fails, is_refused, of_lengths, slowly, swells

LIMITS = DocumentLimits()


def server() -> psutil.Process:
    found = [p for p in psutil.Process().children() if "pipeline.sources.reader_server" in p.cmdline()]
    assert len(found) == 1
    return found[0]


def test_a_reader_sees_the_folder_and_the_variables_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert next(answers(about_itself, {}, LIMITS, "a.csv"))["folder"] == str(Path.cwd())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UPR_TEST", "lamps")
    seen = next(answers(about_itself, {"a": [1]}, LIMITS, "a.csv"))
    assert seen == {"task": {"a": [1]}, "folder": str(tmp_path), "variable": "lamps"}


def test_each_reader_is_a_process_of_its_own_of_one_server_without_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda n: list(answers(about_itself, n, LIMITS, "a.csv")), range(12)))
    assert [one["task"] for one, _ in seen] == list(range(12))
    assert len({two["pid"] for _, two in seen} | {os.getpid(), server().pid}) == 14
    assert {two["threads"] for _, two in seen} == {1}
    assert server().num_threads() == 1


def test_answers_of_any_length_come_whole_and_in_order() -> None:
    lengths = [0, 1, 65_533, 65_534, 65_535, 65_536, 3, 3_000_000, 0, 131_072, 2]
    assert [len(answer) for answer in answers(of_lengths, lengths, LIMITS, "a.csv")] == lengths


def test_a_server_that_was_killed_is_started_again() -> None:
    list(answers(about_itself, 1, LIMITS, "a.csv"))
    first = server()
    first.kill()
    assert next(answers(about_itself, 2, LIMITS, "a.csv"))["task"] == 2
    assert server().pid != first.pid


def test_a_reader_that_is_given_up_has_ended() -> None:
    asked = answers(slowly, None, DocumentLimits(seconds=2.0), "a.csv")
    reader = psutil.Process(next(asked))
    with pytest.raises(SourceError, match=r"a\.csv: took more than 2 seconds"):
        next(asked)
    # The kernel closes the pipe of a process that ends a moment before it counts as ended.
    assert psutil.wait_procs([reader], timeout=10)[1] == []


@pytest.mark.parametrize(
    ("how", "said"), [(3, "exit code 3"), (-signal.SIGKILL, "signal 9"), (0, "exit code 0")]
)
def test_a_reader_that_ends_early_is_a_message(how: int, said: str) -> None:
    with pytest.raises(SourceError, match=rf"a\.csv: is damaged: its reader stopped \({said}\)"):
        list(answers(ends, how, LIMITS, "a.csv"))


def test_a_fault_in_a_reader_is_a_message_with_its_last_line() -> None:
    with pytest.raises(SourceError, match=r"its reader stopped \(KeyError: 'lamps'\)"):
        list(answers(fails, None, LIMITS, "a.csv"))


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EACCES, "Permission denied. Ask for permission"), (errno.ENOMEM, "needs more than 3 GB to read")],
)
def test_what_the_system_refuses_is_said_as_everywhere_else(number: int, said: str) -> None:
    with pytest.raises(SourceError, match=re.escape(f"a.csv: {said}")):
        list(answers(is_refused, number, LIMITS, "a.csv"))


def test_the_limit_of_memory_holds_for_the_reader_alone() -> None:
    with pytest.raises(SourceError, match=r"needs more than 0\.6 GB to read"):
        list(answers(swells, None, DocumentLimits(memory_bytes=600_000_000), "a.csv"))
    assert next(answers(about_itself, 3, LIMITS, "a.csv"))["task"] == 3


PROGRAM = """
import os, signal, sys
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.isolation import rows_of_parquet
from pathlib import Path
import psutil
rows_of_parquet(Path("none.parquet"), DocumentLimits())
print(psutil.Process().children()[0].pid, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("how", ["killed", "done"])
def test_the_server_ends_with_its_program_which_needs_no_main_guard(how: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, script, how], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == (-signal.SIGKILL if how == "killed" else 0), done.stderr
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(20)
