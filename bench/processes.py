# SPDX-License-Identifier: Apache-2.0
"""Starting what is measured, and what the kernel says of it: CPU time, memory, readiness."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bench.section import NotHere

_CPUS = sorted(os.sched_getaffinity(0))
PRODUCER, CONSUMER = _CPUS[0], _CPUS[-1]
_SETTLED = 0.3  # seconds in which a collector attaches nothing more: it has begun to read
_PATIENCE = 30.0  # seconds until what never comes is given up
_CPUCLOCK_SCHED = 2  # include/linux/posix-timers_types.h: ns that a process ran
_TOTALS = re.compile(r"collector: events (\d+), lost (\d+), dropped (\d+)")

Output = int | IO[bytes]


def need_root() -> None:
    if os.geteuid():
        raise NotHere("collecting needs root: run scripts/bench as root")


def python(module: str, *options: str) -> list[str]:
    """The command of one of our own programs, under the Python that runs us."""
    return [sys.executable, "-P", "-m", module, *options]


def cpu_ns(pid: int) -> int:
    """What all threads of a running process have used so far (man 3 clock_getcpuclockid)."""
    return time.clock_gettime_ns(~pid << 3 | _CPUCLOCK_SCHED)


def peak_bytes(pid: int) -> int:
    """The most memory that a running process has had."""
    return _memory(pid, "VmHWM")


def resident_bytes(pid: int) -> int:
    """The memory that a running process has."""
    return _memory(pid, "VmRSS")


def _memory(pid: int, field: str) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"{field}:\s+(\d+) kB", text)
    return int(found[1]) << 10 if found else 0


def child(pid: int, comm: str) -> int | None:
    """The child of this process that is called so."""
    with suppress(OSError):
        for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if Path(f"/proc/{one}/comm").read_text().strip() == comm:
                return int(one)
    return None


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Raises NotHere when it does not come true."""
    limit = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > limit:
            raise NotHere(f"{what} did not happen within {_PATIENCE:.0f} s")
        time.sleep(0.01)


class Collector:
    """A running collector."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def wait_attached(self) -> None:
        """Until its programs are attached and it reads."""
        wait_until(lambda: self._links() > 0, "attaching the collector's programs")
        before = 0
        while before != (before := self._links()):
            time.sleep(_SETTLED)

    def _links(self) -> int:
        if self._process.poll() is not None:
            raise NotHere(f"collector ended: {self._said()}")
        infos = Path(f"/proc/{self.pid}/fdinfo").iterdir()
        return sum("link_type:" in _text(info) for info in infos)

    def stop(self) -> tuple[int, int]:
        """(events, lost) of its line of totals."""
        totals = _TOTALS.search(self.end())
        assert totals
        return int(totals[1]), int(totals[2])

    def end(self) -> str:
        """What it says at its end, its line of totals among it."""
        self._process.send_signal(signal.SIGTERM)
        said = self._said()
        if not _TOTALS.search(said):
            raise NotHere(f"collector ended without totals: {said}")
        return said

    def _said(self) -> str:
        return self._process.communicate()[1].strip()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # closed since
        return ""


@contextmanager
def collecting(*options: str, to: Output, cpu: int | None = None) -> Iterator[Collector]:
    """A collector with these options, on one CPU if given; killed at the end if not stopped."""
    command = python("collector", *options)
    process = subprocess.Popen(command, stdout=to, stderr=subprocess.PIPE, text=True)
    try:
        if cpu is not None:
            os.sched_setaffinity(process.pid, {cpu})
        yield Collector(process)
    finally:
        with process:  # closes its pipes and waits for it
            process.kill()


@contextmanager
def reading(
    command: list[str], cpu: int | None = None, to: Output = subprocess.DEVNULL
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that reads a pipe, and the pipe's end to write to.

    No reading end stays with us: a collector leaves whoever could read its output out of its
    events, with all descendants, and so would our load be.
    """
    theirs, ours = os.pipe()
    process = subprocess.Popen(command, stdin=theirs, stdout=to, stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        if cpu is not None:
            os.sched_setaffinity(process.pid, {cpu})
        yield process, ours
    finally:
        os.close(ours)
        with process:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its input has ended; let it finish by itself."""
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
