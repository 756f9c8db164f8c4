# SPDX-License-Identifier: Apache-2.0
"""The detector over a recording: events a second, and the CPU of Python and of OPA apart."""

import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.mix import mixed
from bench.processes import child, peak_bytes, python
from bench.section import Figure, NotHere, Result, Setting, Target, middle

_RATE = Target(20_000, at_least=True)
_TICK = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1e6


@dataclass(slots=True)
class _Run:
    """Of one detector, from its start to its end."""

    seconds: float = 0.0  # of wall time
    own_cpu: float = 0.0  # s
    child_cpu: float = 0.0  # s, of OPA's server and checks
    own_peak: int = 0  # bytes
    child_peak: int = 0
    findings: int = 0


def measure(setting: Setting) -> Result:
    """Starting and ending is told apart: it is what a recording without events takes."""
    count = setting.pick(200_000, 20_000)
    recorded, expected = mixed(count)
    empty, full = setting.folder / "empty.rec", setting.folder / "mixed.rec"
    empty.write_bytes(mixed(0)[0])
    full.write_bytes(recorded)
    rounds = setting.pick(3, 1)
    idle = [_run(empty, setting.folder) for _ in range(rounds)]
    runs = [_run(full, setting.folder) for _ in range(rounds)]
    start = median(run.seconds for run in idle)
    own, opa = (median(run.own_cpu for run in idle), median(run.child_cpu for run in idle))
    found = min(run.findings for run in runs)
    if found != expected or found != max(run.findings for run in runs):
        raise NotHere(f"the recording holds {expected} findings, and {found} were told")
    return [
        middle("recording", [count / (one.seconds - start) for one in runs], "events/s", _RATE),
        middle("Python's CPU", [(one.own_cpu - own) / count * 1e6 for one in runs], "µs/event"),
        middle("OPA's CPU", [(one.child_cpu - opa) / count * 1e6 for one in runs], "µs/event"),
        middle("Python's peak memory", [one.own_peak / _MEGABYTE for one in runs], "MB"),
        middle("OPA's peak memory", [one.child_peak / _MEGABYTE for one in runs], "MB"),
        Figure("findings", found, "", note=f"as expected; of {count:,} events"),
        middle("start and end", [one.seconds * 1000 for one in idle], "ms"),
    ]


def _run(recorded: Path, folder: Path) -> _Run:
    """Raises NotHere if the detector fails."""
    told, found = folder / "findings.json", _Run()
    began = time.monotonic()
    with told.open("wb") as output:
        process = subprocess.Popen(
            python("detector", "--output", "json", str(recorded)),
            stdout=output,
            stderr=subprocess.PIPE,
        )
        # Left unreaped until its account is read.
        while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            _note_memory(process.pid, found)
            time.sleep(0.01)
    found.seconds = time.monotonic() - began
    found.own_cpu, found.child_cpu = _account(process.pid)
    said = process.communicate()[1].decode(errors="replace").splitlines()
    if process.returncode:
        raise NotHere(f"detector failed: {said[-1] if said else process.returncode}")
    found.findings = told.read_bytes().count(b"\n")
    return found


def _note_memory(pid: int, found: _Run) -> None:
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
