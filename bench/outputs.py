# SPDX-License-Identifier: Apache-2.0
"""What it costs to show events: CPU time of a printer; and whether the stream suffers from one."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from bench.compiled import compile_tool
from bench.load import NAME, run_load
from bench.mix import mixed
from bench.processes import CONSUMER, Collector, collecting, cpu_ns, need_root, python
from bench.section import Figure, Missing, NotHere, Result, Setting, Target, middle
from collector.outputs.printer import Settings
from pytracee.views.wanted import Options, Wanted
from schemas.events import CATALOGUE
from schemas.stream.messages import encode
from tests.recordings import hello, record, recording

_TARGETS = {"json": Target(60_000, at_least=True), "table": Target(30_000, at_least=True)}
_ALL_SHOWN = hello(shown={event.name: 1 for event in CATALOGUE})


def measure(setting: Setting) -> Result:
    figures: list[Figure | Missing] = []
    count = setting.pick(100_000, 20_000)
    streams = {
        "many events of a task": recording([record("getppid")] * count, _ALL_SHOWN),
        "a task for each event": encode(_ALL_SHOWN) + mixed(count)[0][len(encode(hello())) :],
    }
    for name, stream in streams.items():
        for form, target in _TARGETS.items():
            runs = [count / _printed(form, stream) for _ in range(setting.pick(3, 2))]
            figures.append(middle(f"{form}, {name}", runs, "events/s of CPU", target))
    try:
        figures += _beside(setting)
    except NotHere as error:
        figures.append(Missing("the stream beside a printer", str(error)))
    return figures


def _printed(form: str, stream: bytes) -> float:
    """CPU seconds of a printer, from the first byte of the stream to the last."""
    ours, theirs = socket.socketpair()
    printer = subprocess.Popen(
        python("collector.outputs.printer"), stdin=theirs.fileno(), stdout=subprocess.DEVNULL
    )
    theirs.close()
    with printer, ours:
        ours.sendall(msgspec.json.encode(Settings(Wanted(form), Options())) + b"\n")
        begun = _settled(printer.pid)
        ours.sendall(stream)
        ours.shutdown(socket.SHUT_WR)
        while ours.recv(1 << 12):
            pass
        _, printer.returncode, used = os.wait4(printer.pid, 0)
    return used.ru_utime + used.ru_stime - begun


def _settled(pid: int) -> float:
    """CPU seconds of its start: when it waits for the stream, and uses no more."""
    before, used = -1, cpu_ns(pid)
    while before != used or not used:
        time.sleep(0.5)
        before, used = used, cpu_ns(pid)
    return used / 1e9


def _beside(setting: Setting) -> Iterator[Figure]:
    """The same load with the stream alone, and with a printer that is slower than it."""
    need_root()
    compile_tool(NAME, setting.folder)
    count = setting.pick(1_000_000, 200_000)
    costs: dict[str, float] = {}
    for name, more in (("alone", ()), ("beside json", ("--output", "json:/dev/null"))):
        with _collector(*more) as collector:
            before = cpu_ns(collector.pid)
            run_load(setting.folder, count)
            time.sleep(0.1)  # what is still in the ring
            costs[name] = (cpu_ns(collector.pid) - before) / count
            events, lost = collector.stop()
        if events + lost != count:
            raise NotHere(f"the account is wrong: {count} calls, {events} events, {lost} lost")
        yield Figure(f"stream {name}: lost", lost, "events", Target(0))
        yield Figure(f"stream {name}: CPU", costs[name], "ns/event")


@contextmanager
def _collector(*more: str) -> Iterator[Collector]:
    words = ("--events", "getppid", "--scope", f"comm={NAME}", "--output", "msgpack", *more)
    with collecting(*words, to=subprocess.DEVNULL, cpu=CONSUMER) as collector:
        collector.wait_attached()
        yield collector
