# SPDX-License-Identifier: Apache-2.0
"""Events a second from one busy core, and what they cost the collector; bpftrace beside it."""

import fcntl
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from bench import bpftrace
from bench.compiled import compile_tool
from bench.load import NAME, Delivered, run_load
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
_OURS = "collector to /dev/null"

_Start = Callable[[], AbstractContextManager[Collector]]
_Contender = Callable[[Setting], Delivered]


def measure(setting: Setting) -> Result:
    """Rounds over all, so that a change of the machine's pace meets them alike."""
    need_root()
    compile_tool(NAME, setting.folder)
    runs: dict[str, list[Delivered]] = {}
    missing: dict[str, Missing] = {}
    for _ in range(setting.pick(3, 1)):
        for name, run in _contenders().items():
            if name in missing:
                continue
            try:
                runs.setdefault(name, []).append(run(setting))
            except NotHere as error:
                missing[name] = Missing(name, str(error))
    whole = {name: done for name, done in runs.items() if name not in missing}
    figures = [one for name, done in whole.items() for one in _figures(name, done)]
    return [*figures, *_ratios(whole), *missing.values()]


def _contenders() -> dict[str, _Contender]:
    starts = {
        _OURS: _to_nowhere,
        "collector to pipe": _to_pipe,
        "collector | detector": _to_detector,
    }
    ours = {name: partial(_run, start) for name, start in starts.items()}
    fields = bpftrace.FIELDS.items()
    theirs = {f"bpftrace, {what}": partial(bpftrace.run, names) for what, names in fields}
    return {**ours, **theirs}


def _figures(name: str, runs: list[Delivered]) -> Iterator[Figure]:
    """bpftrace has no target of its own."""
    ours = not name.startswith("bpftrace")
    lost = tuple(float(run.lost) for run in runs)
    none = Target(0) if ours else None
    yield middle(name, [run.rate for run in runs], "events/s", _RATE if ours else None)
    yield Figure(f"{name}: lost", max(lost), "events", none, lost, "the worst run")
    yield middle(f"{name}: CPU", [run.cpu for run in runs], "ns/event")


def _ratios(runs: dict[str, list[Delivered]]) -> Iterator[Figure]:
    """Ours over bpftrace, round by round: events through, and CPU time saved for each."""
    for name, theirs in runs.items():
        if not name.startswith("bpftrace") or _OURS not in runs:
            continue
        pairs = list(zip(runs[_OURS], theirs, strict=True))
        yield middle(f"rate over {name}", [a.rate / b.rate for a, b in pairs], "times", _RATIO)
        yield middle(f"CPU under {name}", [b.cpu / a.cpu for a, b in pairs], "times")


def _run(start: _Start, setting: Setting) -> Delivered:
    count = setting.pick(3_000_000, 500_000)
    with start() as collector:
        before = cpu_ns(collector.pid)
        load = run_load(setting.folder, count)
        time.sleep(0.1)  # what is still in the ring
        used = cpu_ns(collector.pid) - before
        events, lost = collector.stop()
    if events + lost != count:
        raise NotHere(f"the account is wrong: {count} calls, {events} events, {lost} lost")
    return Delivered(events / load.seconds, used / events, lost)


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
