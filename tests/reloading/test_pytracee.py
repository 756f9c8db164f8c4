# SPDX-License-Identifier: Apache-2.0
"""SIGHUP to the one command: policies and signatures in both processes, and what new signatures
select is collected.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.collecting import ROOT, Done, needs_kernel, until
from tests.headers import call_numbers
from tests.reloading.policies import document, write

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
SIGNATURE = """\
from detector.python import PythonSignature, Selector, SignatureMetadata

class Asks(PythonSignature):
    metadata = SignatureMetadata(id="{0}", name="{0}", event_name="{0}")
    selectors = [Selector("{1}")]

    def on_event(self, event):
        self.found()
"""
Run = Callable[..., Done]


class Front:
    """pytracee at work."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._out, self._err = folder / "out", folder / "err"
        command = [sys.executable, "-P", "-m", "pytracee", *options, "-o", "json"]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, cwd=ROOT)

    def shown(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._out.read_text().splitlines(keepends=True)
                if line.endswith("\n")]  # fmt: skip

    def shows(self, pid: int, name: str) -> dict[str, Any]:
        """An event or a finding of a process."""

        def found() -> dict[str, Any] | None:
            lines = self.shown()
            ours = (one for one in lines if (one["hostProcessId"], one["eventName"]) == (pid, name))
            return next(ours, None)

        return until(found, name, 60)

    def reload(self, *says: str) -> None:
        before = self.said()
        self.process.send_signal(signal.SIGHUP)
        for text in says:
            until(partial(self._said_more, text, before.count(text)), text, 60)

    def _said_more(self, text: str, before: int) -> bool | None:
        return self.said().count(text) > before or None

    def said(self) -> str:
        return self._err.read_text()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Callable[..., Front]]:
    started: list[Front] = []

    def begin(*options: str) -> Front:
        started.append(Front(tmp_path, *options))
        return started[-1]

    yield begin
    for one in started:
        one.process.terminate()
        one.process.wait(60)


def has_begun(one: Front, run: Run) -> None:
    """Events come out of it."""

    def seen() -> bool | None:
        done = run(f"{NR['getuid']}")
        time.sleep(0.2)
        return any(line["hostProcessId"] == done.pid for line in one.shown()) or None

    until(seen, "an event", 120)


def test_new_signatures_judge_what_only_they_select(
    front: Callable[..., Front], run: Run, tmp_path: Path
) -> None:
    rules, path = tmp_path / "rules", tmp_path / "policies.yaml"
    rules.mkdir()
    (rules / "first.py").write_text(SIGNATURE.format("first_one", "getuid"))
    write(path, document("p", ["comm=pt-call"], "first_one", "getuid"))
    one = front("--signatures-dir", str(rules), "--policy", str(path))
    has_begun(one, run)
    (rules / "second.py").write_text(SIGNATURE.format("second_one", "getppid"))
    write(path, document("q", ["comm=pt-call"], "first_one", "second_one"))
    one.reload("collector: reloaded: 1 policy, 2 events", "detector: reloaded: ")
    done = run(f"{NR['getuid']}", f"{NR['getppid']}")
    for name in ("first_one", "second_one"):
        assert one.shows(done.pid, name)["matchedPolicies"] == ["q"]
    assert not [line for line in one.shown()
                if (line["hostProcessId"], line["eventName"]) == (done.pid, "getuid")]  # fmt: skip


def test_a_mistake_stops_neither(front: Callable[..., Front], run: Run, tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("p", ["comm=pt-call"], "getuid"))
    one = front("--policy", str(path))
    has_begun(one, run)
    path.write_text("nonsense")
    one.reload("the policies stay as they were", "detector: reloaded: ")
    done = run(f"{NR['getuid']}")
    assert one.shows(done.pid, "getuid")["matchedPolicies"] == ["p"]
    assert f"{path}:1:1: " in one.said()


def test_a_hangup_at_once_is_not_its_end(
    front: Callable[..., Front], run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("p", ["comm=pt-call"], "getuid"))
    one = front("--policy", str(path))
    listening = Path(f"/proc/{one.process.pid}/status")
    heeded = 1 << signal.SIGHUP - 1
    until(lambda: caught(listening) & heeded or None, "its handlers")
    one.process.send_signal(signal.SIGHUP)
    has_begun(one, run)
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(60) == 0


def caught(status: Path) -> int:
    """Signals that a process has handlers for."""
    lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
    return int(lines["SigCgt"], 16)
