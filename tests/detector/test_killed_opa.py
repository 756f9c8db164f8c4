# SPDX-License-Identifier: Apache-2.0
"""OPA is killed at random moments, and a million events lead to the same findings."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from detector.opa.server import OpaServer
from schemas.stream.messages import Bye, encode
from tests.detector.conftest import DETECTOR
from tests.detector.judging import opas
from tests.detector.rego import signature
from tests.recordings import TASK, batch, hello, record

COUNT = 1_000_000
BATCH = 1000
SUSPICIOUS = 12  # of a batch: about one event in a hundred is for OPA
KILLS = 5
#: it takes the prefilter's candidates, and finds something in half of them
ODD = signature(
    "ODD",
    'tracee_match := {"pid": input.processId} if {\n\tinput.processName == "odd"\n'
    "\tcount(numbers.range(1, 200)) == 200\n\tinput.processId % 2 == 1\n}",
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each batch has others of its events suspicious; most events are selected by nobody."""
    path = tmp_path_factory.mktemp("recorded") / "million.rec"
    random = Random(5)
    quiet = [record("openat", {"pathname": "/x"}) for _ in range(BATCH)]
    with path.open("wb") as file:
        file.write(encode(hello(["ptrace", "openat"])))
        for _ in range(COUNT // BATCH):
            events = quiet.copy()
            for place in random.sample(range(BATCH), SUSPICIOUS):
                task = TASK._replace(comm=b"odd", pid=random.randrange(100_000))
                events[place] = record("ptrace", {"request": place}, task=task)
            file.write(batch(events))
        file.write(encode(Bye(events=COUNT, lost=0)))
    return path


class Ran:
    """A run over the recording; `kill` kills its OPA again and again."""

    def __init__(self, recorded: Path, directory: Path, *, kill: bool) -> None:
        options = ("--signatures-dir", directory, "--signatures", "ODD", "--output", "json:found")
        with subprocess.Popen(
            [*DETECTOR, *options, recorded], stderr=subprocess.PIPE, text=True, cwd=directory
        ) as running:
            self.kills = sum(1 for _ in _kill(running, directory / "found")) if kill else 0
            _, said = running.communicate()
        assert running.returncode == 0, said
        self.said = said
        self.findings = (directory / "found").read_bytes()
        self.totals = re.findall(r"^detector: (events .*)$", said, re.MULTILINE)


def _kill(running: "subprocess.Popen[str]", found: Path) -> Iterator[int]:
    """Each OPA some time after it serves, some while they start; from the first finding on."""
    random, before, early = Random(7), 0, False
    while running.poll() is None:
        time.sleep(0.005)
        with suppress(OSError):
            pids = opas(running.pid)
            if not pids or pids[0] == before or not found.stat().st_size:
                continue
            if early or Path(os.readlink(f"/proc/{pids[0]}/cwd"), "opa.sock").exists():
                time.sleep(random.uniform(0.05, 0.4))
                os.kill(pids[0], signal.SIGKILL)
                before, early = pids[0], random.random() < 0.2
                yield before


def test_a_million_events_lead_to_the_same_findings(
    recorded: Path, signatures: Callable[..., Path]
) -> None:
    calm = Ran(recorded, signatures("calm", odd=ODD), kill=False)
    harried = Ran(recorded, signatures("harried", odd=ODD), kill=True)
    assert harried.kills >= KILLS
    assert harried.said.count("OPA ended and was started again") >= KILLS
    assert harried.findings == calm.findings
    assert harried.totals == calm.totals
    assert len(calm.findings.splitlines()) > COUNT // BATCH * SUSPICIOUS * 0.45
    assert f"events {COUNT}, " in calm.totals[0]
    assert calm.totals[0].endswith("errors 0")


def test_one_that_is_killed_while_it_starts_is_started_again(
    opa: Path, signatures: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detector.opa.bundle import assemble

    folder = tmp_path / "work"
    folder.mkdir(0o700)
    assemble(opa, [signatures(odd=ODD)], folder)
    server, begin, kills = OpaServer(opa, folder), OpaServer._begin, [0]

    def killed(self: OpaServer) -> "subprocess.Popen[bytes]":
        child = begin(self)
        if kills[0] < 3:
            kills[0] += 1
            child.kill()
        return child

    monkeypatch.setattr(OpaServer, "_begin", killed)
    server.start()
    assert server.alive
    kills[0] = 1
    server.restart()
    assert (server.alive, kills) == (True, [3])
    server.stop()
