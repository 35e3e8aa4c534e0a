"""A Dask cluster whose scheduler, workers and user reach one another by a network only.

Each is in a network namespace of Linux, with an address of its own; a bridge in a further one joins
them. They share processors and a disk, so this is as near to machines of their own as one machine comes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.labelling.jobs import command, finished

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("fixed_time")]
SCHEDULER, USER, WORKERS = 1, 2, (3, 4, 5)
ADDRESS = "10.87.0.1:8786"
LOST_AFTER = "12s"
"""How long Dask waits for a machine that no longer answers; 30 seconds where nobody sets it."""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@dataclass
class Networks:
    """Namespaces joined by a bridge; see the module.

    Attributes:
        tag: what the names of this run's namespaces begin with.
        folder: where processes run and write their logs.
        started: processes, in the order in which they were started.
    """

    tag: str
    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def name(self, number: int | str) -> str:
        return f"{self.tag}-{number}"

    def join(self, number: int) -> None:
        """A namespace whose address ends with its number."""
        own, hub, port = self.name(number), self.name("hub"), f"port{number}"
        _ip("netns", "add", own)
        _ip("-n", own, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", hub)
        _ip("-n", hub, "link", "set", port, "master", "bridge0", "up")
        _ip("-n", own, "addr", "add", f"10.87.0.{number}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            _ip("-n", own, "link", "set", device, "up")

    def cut(self, number: int) -> None:
        """Pull the cable: from now on nothing is received or refused."""
        _ip("-n", self.name("hub"), "link", "set", f"port{number}", "down")

    def start(self, number: int, *words: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), *(part for part in sys.path if part)]),
            "UPR_SETTINGS": str(self.folder / "settings.yaml"),
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": LOST_AFTER,
        }
        with (self.folder / f"{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.name(number), *words],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def dask(self, number: int, *words: str) -> subprocess.Popen[bytes]:
        return self.start(number, sys.executable, "-m", "dask", *words, "--no-dashboard")

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@pytest.fixture
def networks(tmp_path: Path) -> Iterator[Networks]:
    if not shutil.which("ip") or os.geteuid() != 0:
        pytest.skip("NOT TESTED over networks: namespaces need root and the command ip (iproute2)")
    found = Networks(f"upr{os.getpid()}", tmp_path)
    hub = found.name("hub")
    try:
        try:
            _ip("netns", "add", hub)
            _ip("-n", hub, "link", "add", "bridge0", "type", "bridge")
            _ip("-n", hub, "link", "set", "bridge0", "up")
            for number in (SCHEDULER, USER, *WORKERS):
                found.join(number)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"NOT TESTED over networks: they cannot be made here ({error.stderr.strip()})")
        yield found
    finally:
        for process in found.started:
            process.kill()
            process.wait()
        names = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
        for line in names.splitlines():
            if line.startswith(f"{found.tag}-"):
                _ip("netns", "del", line.split()[0])


def _settings(folder: Path, batch_rows: int) -> None:
    text = (ROOT / "configs" / "settings.yaml").read_text()
    changed = text.replace("batch_rows: 1000", f"batch_rows: {batch_rows}")
    assert changed != text
    (folder / "settings.yaml").write_text(changed)


def _until(networks: Networks, process: subprocess.Popen[bytes], out: Path, batches: int) -> None:
    while finished(out) < batches:
        assert process.poll() is None, networks.logs()
        time.sleep(0.002)


def test_machines_that_reach_one_another_by_network_alone(
    networks: Networks, sample_path: Path, model_path: Path, tmp_path: Path
) -> None:
    """Of three workers one is killed and one is cut off: the bytes are those of one machine."""
    _settings(tmp_path, 5)
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    alone = tmp_path / "one" / "out.parquet"
    assert networks.start(USER, *command(sample_path, alone, model_path)).wait() == 0, networks.logs()

    networks.dask(SCHEDULER, "scheduler", "--host", "10.87.0.1", "--port", "8786")
    workers = [
        networks.dask(
            number, "worker", f"tcp://{ADDRESS}", "--nthreads", "1", "--no-nanny", "--name", str(number)
        )
        for number in WORKERS
    ]
    out = tmp_path / "many" / "out.parquet"
    labels = networks.start(USER, *command(sample_path, out, model_path), "--on", f"dask://{ADDRESS}")
    _until(networks, labels, out, 20)
    workers[0].kill()
    _until(networks, labels, out, 60)
    networks.cut(WORKERS[1])
    assert labels.wait() == 0, networks.logs()
    assert out.read_bytes() == alone.read_bytes()
    scheduler = (tmp_path / "1.log").read_text()
    for lost in WORKERS[:2]:
        assert f"Remove worker addr: tcp://10.87.0.{lost}:" in scheduler, scheduler
