# SPDX-License-Identifier: Apache-2.0
"""Events a second from one busy core, and what they cost the collector; bpftrace beside it."""

import fcntl
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from bench import bpftrace
from bench.compiled import compile_tool
from bench.load import NAME, run_load
from bench.processes import (
    CONSUMER,
    Collector,
    child,
    collecting,
    cpu_ns,
    need_root,
    python,
    reading,
    wait_until,
)
from bench.section import Figure, Missing, NotHere, Result, Setting, Target, middle

_EVENTS = ("--events", "getppid", "--scope", f"comm={NAME}", "--output", "msgpack")
_RATE = Target(1e6, at_least=True)
_RATIO = Target(20, at_least=True)

_Start = Callable[[], AbstractContextManager[Collector]]


@dataclass(frozen=True, slots=True)
class _Run:
    rate: float  # events/s delivered while the load ran
    cpu: float  # ns of the collector for each event
    lost: int


def measure(setting: Setting) -> Result:
    """To nowhere, to a pipe whose reader discards, to a detector; and bpftrace."""
    need_root()
    compile_tool(NAME, setting.folder)
    rounds = range(setting.pick(3, 1))
    results: list[Figure | Missing] = []
    for name, start in (("/dev/null", _to_nowhere), ("pipe", _to_pipe), ("detector", _to_detector)):
        try:
            results += _figures(f"collector to {name}", [_run(setting, start) for _ in rounds])
        except NotHere as error:
            results.append(Missing(f"collector to {name}", str(error)))
    to_nowhere = next((one for one in results if isinstance(one, Figure)), None)
    return [*results, *(_beside(setting, to_nowhere) if to_nowhere else ())]


def _figures(name: str, runs: list[_Run]) -> Iterator[Figure]:
    worst = max(run.lost for run in runs)
    yield middle(name, [run.rate for run in runs], "events/s", _RATE)
    lost = tuple(float(run.lost) for run in runs)
    yield Figure(f"{name}: lost", worst, "events", Target(0), lost, "the worst run")
    yield middle(f"{name}: collector's CPU", [run.cpu for run in runs], "ns/event")


def _run(setting: Setting, start: _Start) -> _Run:
    count = setting.pick(3_000_000, 500_000)
    with start() as collector:
        before = cpu_ns(collector.pid)
        load = run_load(setting.folder, count)
        time.sleep(0.1)  # what is still in the ring
        used = cpu_ns(collector.pid) - before
        events, lost = collector.stop()
    if events + lost != count:
        raise NotHere(f"the account is wrong: {count} calls, {events} events, {lost} lost")
    return _Run(events / load.seconds, used / events, lost)


@contextmanager
def _to_nowhere() -> Iterator[Collector]:
    with collecting(*_EVENTS, to=subprocess.DEVNULL, cpu=CONSUMER) as collector:
        collector.wait_attached()
        yield collector


@contextmanager
def _to_pipe() -> Iterator[Collector]:
    discard = ["dd", "of=/dev/null", "bs=1M", "status=none"]
    with (
        reading(discard, CONSUMER) as (_, pipe),
        collecting(*_EVENTS, to=pipe, cpu=CONSUMER) as collector,
    ):
        collector.wait_attached()
        yield collector


@contextmanager
def _to_detector() -> Iterator[Collector]:
    with (
        reading(python("detector", "--output", "json"), CONSUMER) as (detector, pipe),
        collecting(*_EVENTS, to=pipe, cpu=CONSUMER) as collector,
    ):
        collector.wait_attached()
        wait_until(lambda: child(detector.pid, "opa") is not None, "the start of OPA")
        wait_until(lambda: not _unread(pipe), "the detector's first reading")
        yield collector


def _unread(pipe: int) -> int:
    """Bytes that wait in a pipe."""
    answer = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
    return int(struct.unpack("i", answer)[0])


def _beside(setting: Setting, ours: Figure) -> Iterator[Figure | Missing]:
    """bpftrace on the same load, to a file in memory; and how much more comes through ours."""
    if not shutil.which("bpftrace"):
        yield Missing("bpftrace", "it is not installed: apt-get install bpftrace")
        return
    for what, fields in bpftrace.FIELDS.items():
        name = f"bpftrace, {what}"
        try:
            runs = [bpftrace.run(setting, fields) for _ in range(setting.pick(3, 1))]
        except NotHere as error:
            yield Missing(name, str(error))
            continue
        theirs = middle(name, [run.rate for run in runs], "events/s", note=bpftrace.PROBE)
        yield theirs
        yield middle(f"{name}: lost", [100 * run.lost for run in runs], "% of events")
        yield middle(f"{name}: its CPU", [run.cpu for run in runs], "ns/event")
        yield Figure(f"{ours.name} / {name}", ours.value / theirs.value, "times", _RATIO)
