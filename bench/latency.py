# SPDX-License-Identifier: Apache-2.0
"""From a system call to the line of its finding, live."""

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import IO

from bench.compiled import compile_tool
from bench.processes import collecting, need_root, python, reading, wait_until
from bench.section import Figure, NotHere, Result, Setting, Target

_TRIGGER = "trigger"  # of the program, and so its comm
_EVENTS = ("--events", "ptrace", "--scope", f"comm={_TRIGGER}", "--output", "msgpack")


def measure(setting: Setting) -> Result:
    """p50, p90 and p99 of ptrace(PTRACE_TRACEME) calls at random times."""
    need_root()
    trigger = compile_tool(_TRIGGER, setting.folder)
    count = setting.pick(300, 50)
    detector = python("detector", "--output", "json")
    with (
        reading(detector, to=subprocess.PIPE) as (process, pipe),
        collecting(*_EVENTS, to=pipe),
    ):
        assert process.stdout is not None
        arrivals = _Arrivals(process.stdout)
        wait_until(lambda: _reaches(process, trigger, arrivals), "the first finding")
        called = _trigger(trigger, count)
        wait_until(lambda: called.keys() <= arrivals.at.keys(), "the last finding")
    taken = sorted((arrivals.at[pid] - when) / 1e6 for pid, when in called.items())
    return [
        _percentile(taken, 50, Target(30)),
        _percentile(taken, 90),
        _percentile(taken, 99, Target(100)),
        Figure("event to finding, longest", taken[-1], "ms", note=f"{count} findings"),
    ]


def _reaches(detector: subprocess.Popen[bytes], trigger: Path, arrivals: "_Arrivals") -> bool:
    """Make a call, and see whether any has become a finding: then all is ready."""
    if detector.poll() is not None:
        raise NotHere("detector ended: see `detector --list`")
    _trigger(trigger, 1)
    return bool(arrivals.at)


def _percentile(taken: list[float], percent: int, target: Target | None = None) -> Figure:
    """The smallest time that `percent` of all do not exceed."""
    at = -(-len(taken) * percent // 100) - 1
    return Figure(f"event to finding, p{percent}", taken[at], "ms", target)


def _trigger(program: Path, count: int) -> dict[int, int]:
    """Process id → when it called, ns since the epoch."""
    command = [str(program), "trace", str(count)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    called = {int(pid): int(when) for pid, when in map(str.split, text.splitlines())}
    if len(called) != count:
        raise NotHere("process ids were used twice while measuring: run it again")
    return called


class _Arrivals:
    """Notes when each finding's line comes. `at`: process id → ns since the epoch."""

    def __init__(self, lines: IO[bytes]) -> None:
        self.at: dict[int, int] = {}
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: IO[bytes]) -> None:
        for line in lines:
            now = time.time_ns()
            self.at[json.loads(line)["Context"]["hostProcessId"]] = now
