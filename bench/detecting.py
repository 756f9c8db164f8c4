# SPDX-License-Identifier: Apache-2.0
"""Running a detector over a file from its start to its end: time, CPU, memory, findings."""

import os
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.mix import mixed
from bench.processes import child, peak_bytes, python
from bench.section import NotHere, Setting

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Recording:
    """`full` holds `count` events with `findings` of bench.mix.SIGNATURES, `empty` holds none."""

    full: Path
    empty: Path
    count: int
    findings: int


@dataclass(slots=True)
class Run:
    """Of one process and its children, from its start to its end."""

    seconds: float = 0.0  # of wall time
    own_cpu: float = 0.0  # s
    child_cpu: float = 0.0  # s, of OPA's server and checks
    own_peak: int = 0  # bytes
    child_peak: int = 0
    lines: int = 0  # written to its standard output


@cache
def recorded(setting: Setting) -> Recording:
    """The mixed recording, made once for all sections."""
    count = setting.pick(200_000, 20_000)
    made = setting.folder / "mixed.rec", setting.folder / "empty.rec"
    data, findings = mixed(count)
    made[0].write_bytes(data)
    made[1].write_bytes(mixed(0)[0])
    return Recording(*made, count, findings)


def detect(files: Iterable[Path], output: Path, options: Sequence[str] = ()) -> Run:
    """Our detector over these files. Raises NotHere if it fails."""
    named = [str(file) for file in files]
    return run(python("detector", *options, "--output", "json", *named), output)


def run(command: Sequence[str], output: Path) -> Run:
    """Any command, what it prints in `output`. Raises NotHere if it fails."""
    found, began = Run(), time.monotonic()
    errors = output.with_suffix(".errors")  # a file: a pipe that nobody reads would stop it
    with output.open("wb") as printed, errors.open("wb") as said:
        process = subprocess.Popen(command, stdout=printed, stderr=said)
    # Left unreaped until its account is read.
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
        _note_memory(process.pid, found)
        time.sleep(0.01)
    found.seconds = time.monotonic() - began
    found.own_cpu, found.child_cpu = _account(process.pid)
    if process.wait():
        last = errors.read_text(errors="replace").splitlines()[-1:]
        raise NotHere(f"{command[0]} failed: {''.join(last) or process.returncode}")
    with output.open("rb") as lines:
        found.lines = sum(1 for _ in lines)
    return found


def _note_memory(pid: int, found: Run) -> None:
    with suppress(OSError):  # it may end at any moment
        found.own_peak = peak_bytes(pid) or found.own_peak
        opa = child(pid, "opa")
        if opa is not None:
            found.child_peak = peak_bytes(opa) or found.child_peak


def _account(pid: int) -> tuple[float, float]:
    """CPU seconds of an ended process, and of the children that it waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    own, own_system, children, children_system = (int(ticks) / _TICK for ticks in fields[11:15])
    return own + own_system, children + children_system
