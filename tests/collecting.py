# SPDX-License-Identifier: Apache-2.0
"""A real collector at work on this kernel, and a trigger that does what it should see.

The stream is taken through a recording: whoever reads a collector's pipe or socket is left out of
its events, with all that it starts, and here that would be the tests themselves.
"""

import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pytracee.service.capabilities import effective
from schemas.event import Event
from schemas.stream.messages import Bye, Hello, Lost
from schemas.stream.parser import Batch, Parser

ROOT = Path(__file__).parent.parent
COLLECTOR = [sys.executable, "-P", "-m", "collector"]
_DEADLINE = 30  # seconds, for what takes milliseconds where nothing is wrong
_BPF = 1 << 21 | 1 << 39  # CAP_SYS_ADMIN, CAP_BPF

needs_kernel = pytest.mark.skipif(
    not effective() & _BPF or not Path("/sys/kernel/btf/vmlinux").exists(),
    reason="loads kernel programs: needs root (CAP_BPF) and a kernel with BTF",
)

_T = TypeVar("_T")


def until(found: Callable[[], _T | None], what: str, seconds: int = _DEADLINE) -> _T:
    """Wait for it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (value := found()) is not None:
            return value
        time.sleep(0.01)
    pytest.fail(f"{what}: not in {seconds} s")


class Recording:
    """What a recording holds, read as it grows."""

    def __init__(self, path: Path) -> None:
        self.parser = Parser()
        self.hello: Hello | None = None
        self.bye: Bye | None = None
        self.lost: dict[tuple[str, str], int] = defaultdict(int)  # (where, event) → records
        self.events: list[Event] = []
        self._file = path.open("rb")

    def read(self) -> None:
        for item in self.parser.feed(self._file.read()):
            match item:
                case Hello():
                    self.hello = item
                case Bye():
                    self.bye = item
                case Lost():
                    for name, count in item.events.items():
                        self.lost[item.where, name] += count
                case Batch():
                    self.events += map(item.decoder.event, item.records)

    def close(self) -> None:
        self._file.close()

    def of(self, pid: int, name: str = "") -> list[Event]:
        """A process's events, or only those of this name."""
        return [e for e in self.events if e.task.host_pid == pid and name in ("", e.name)]

    def ended(self, pid: int) -> bool:
        return any(
            event.data()["process_group_exit"] for event in self.of(pid, "sched_process_exit")
        )


class Collecting:
    """A collector that is attached; it records everything that its options ask for."""

    def __init__(self, folder: Path, *options: str, command: Sequence[str] = COLLECTOR) -> None:
        self._stderr = folder / "stderr"
        path = folder / "recording"
        with self._stderr.open("wb") as said:
            self.process = subprocess.Popen(
                [*command, *options, "--record", str(path)], stderr=said, cwd=folder
            )
        try:
            until(lambda: (self._alive() and path.exists()) or None, "the collector's recording")
            self.recording = Recording(path)
            until(self._greeted, "the collector's Hello")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _alive(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the collector ended with {self.process.returncode}: {self.stderr()}")
        return True

    def _greeted(self) -> Hello | None:
        self._alive()
        self.recording.read()
        return self.recording.hello

    def stderr(self) -> str:
        return self._stderr.read_text()

    def see(self, condition: Callable[[Recording], _T | None], what: str) -> _T:
        """Wait until the recording fulfils it."""

        def look() -> _T | None:
            self.recording.read()
            return condition(self.recording)

        return until(look, what)

    def of(self, pid: int) -> list[Event]:
        """All events of a process that has ended."""
        self.see(lambda seen: seen.ended(pid) or None, f"the exit of process {pid}")
        return self.recording.of(pid)

    def stop(self, number: int = signal.SIGINT) -> str:
        """End it and read the rest; gives what it said on stderr."""
        self.process.send_signal(number)
        assert self.process.wait(_DEADLINE) == 0, self.stderr()
        self.recording.read()
        self.recording.parser.finish()
        return self.stderr()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.recording.close()


@dataclass(frozen=True)
class Line:
    """What tests/triggers/call.c printed of one call."""

    tid: int
    returned: int
    registers: tuple[int, ...]


@dataclass(frozen=True)
class Done:
    """A trigger that ended."""

    pid: int
    status: int
    calls: tuple[Line, ...]
    output: bytes


@cache
def trigger(folder: Path) -> Path:
    """tests/triggers/call.c, compiled."""
    program = folder / "pt-call"
    source = ROOT / "tests" / "triggers" / "call.c"
    options = ["-O1", "-Wall", "-Wextra", "-Werror", "-pthread"]
    subprocess.run(["cc", *options, "-o", program, source], check=True)
    return program


def start(program: Path, *steps: str, **options: Any) -> "subprocess.Popen[bytes]":
    """Start a trigger with these steps, each a text of words (see call.c)."""
    words = " -- ".join(steps).split(" ")
    return subprocess.Popen(
        [program, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **options,
    )


def finish(process: "subprocess.Popen[bytes]") -> Done:
    """Let it go on from where it waits, until its end."""
    output, _ = process.communicate(b"\n" * 8, timeout=_DEADLINE)
    rows = [line.split() for line in output.splitlines()]
    calls = [tuple(map(int, row)) for row in rows if len(row) == 8 and row[0].isdigit()]
    lines = tuple(Line(call[0], call[1], call[2:]) for call in calls)
    return Done(process.pid, process.returncode, lines, output)
