# SPDX-License-Identifier: Apache-2.0
"""The detector over a recording: events a second, and the CPU of Python and of OPA apart."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.mix import SIGNATURES, mixed
from bench.processes import child, peak_bytes, python
from bench.section import Figure, NotHere, Result, Setting, Target, middle

_RATE = Target(20_000, at_least=True)
_TICK = os.sysconf("SC_CLK_TCK")
_SHIPPED = Path(__file__).parent.parent / "rego"


@dataclass(slots=True)
class _Run:
    """Of one detector, from its start to its end."""

    seconds: float = 0.0  # of wall time
    own_cpu: float = 0.0  # s
    child_cpu: float = 0.0  # s, of OPA's server and checks
    own_peak: int = 0  # bytes
    child_peak: int = 0
    findings: int = 0  # of SIGNATURES


def measure(setting: Setting) -> Result:
    """With the four signatures that the recording has examples for, and with all shipped ones."""
    count = setting.pick(200_000, 20_000)
    recorded, expected = mixed(count)
    (setting.folder / "empty.rec").write_bytes(mixed(0)[0])
    (setting.folder / "mixed.rec").write_bytes(recorded)
    four = _Rules(setting, count, expected, ("--signatures-dir", str(_four(setting.folder))))
    everything = _Rules(setting, count, expected)
    return [*four.figures("4 signatures", _RATE), *everything.figures("all signatures")]


def _four(folder: Path) -> Path:
    made = folder / "signatures"
    made.mkdir()
    for name in ("helpers.rego", *SIGNATURES.values()):
        shutil.copy(_SHIPPED / name, made)
    return made


class _Rules:
    """One set of signatures over the recording. Raises NotHere where the findings are wrong."""

    def __init__(
        self, setting: Setting, count: int, expected: int, options: Sequence[str] = ()
    ) -> None:
        rounds = setting.pick(3, 1)
        self._count, self._expected = count, expected
        self._idle = [_run(setting.folder, "empty.rec", options) for _ in range(rounds)]
        self._runs = [_run(setting.folder, "mixed.rec", options) for _ in range(rounds)]
        for run in self._runs:
            if run.findings != expected:
                raise NotHere(f"{run.findings} findings in a recording that holds {expected}")

    def figures(self, name: str, rate: Target | None = None) -> Iterator[Figure]:
        """Starting and ending is told apart: it is what a recording without events takes."""
        runs, note = self._runs, f"{self._count:,} events, {self._expected:,} findings as expected"
        seconds = self._over_idle("seconds")
        yield middle(name, [self._count / one for one in seconds], "events/s", rate, note)
        yield middle(f"{name}: Python's CPU", self._each("own_cpu"), "µs/event")
        yield middle(f"{name}: OPA's CPU", self._each("child_cpu"), "µs/event")
        yield middle(f"{name}: Python's memory", [one.own_peak / 1e6 for one in runs], "MB")
        yield middle(f"{name}: OPA's memory", [one.child_peak / 1e6 for one in runs], "MB")
        yield middle(f"{name}: start and end", [one.seconds * 1000 for one in self._idle], "ms")

    def _over_idle(self, field: str) -> list[float]:
        idle = median(getattr(one, field) for one in self._idle)
        return [getattr(one, field) - idle for one in self._runs]

    def _each(self, field: str) -> list[float]:
        return [seconds / self._count * 1e6 for seconds in self._over_idle(field)]


def _run(folder: Path, recorded: str, options: Sequence[str]) -> _Run:
    """One detector over a recording in the folder. Raises NotHere if it fails."""
    told, found = folder / "findings.json", _Run()
    began = time.monotonic()
    with told.open("wb") as output:
        process = subprocess.Popen(
            python("detector", *options, "--output", "json", str(folder / recorded)),
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
    with told.open() as lines:
        found.findings = sum(json.loads(line)["SigMetadata"]["ID"] in SIGNATURES for line in lines)
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
