# SPDX-License-Identifier: Apache-2.0
"""The detector over a recording: events a second, and the CPU of Python and of OPA apart."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.detecting import Recording, Run, detect, recorded
from bench.mix import SIGNATURES
from bench.section import Figure, NotHere, Result, Setting, Target, middle

_RATE = Target(20_000, at_least=True)


def measure(setting: Setting) -> Result:
    """With the four signatures that the recording has examples for, and with all shipped ones."""
    four = _Rules(setting, ("--signatures", ",".join(SIGNATURES)))
    everything = _Rules(setting)
    return [*four.figures("4 signatures", _RATE), *everything.figures("all signatures")]


class _Rules:
    """One set of signatures over the recording. Raises NotHere where the findings are wrong."""

    def __init__(self, setting: Setting, options: Sequence[str] = ()) -> None:
        rounds, told = setting.pick(3, 1), setting.folder / "findings.json"
        self._recording = recording = recorded(setting)
        self._idle = [detect([recording.empty], told, options) for _ in range(rounds)]
        self._runs = [_checked(recording, told, options) for _ in range(rounds)]

    def figures(self, name: str, rate: Target | None = None) -> Iterator[Figure]:
        """Starting and ending is told apart: it is what a recording without events takes."""
        runs, count = self._runs, self._recording.count
        note = f"{count:,} events, {self._recording.findings:,} findings as expected"
        seconds = self._over_idle("seconds")
        yield middle(name, [count / one for one in seconds], "events/s", rate, note)
        yield middle(f"{name}: Python's CPU", self._each("own_cpu"), "µs/event")
        yield middle(f"{name}: OPA's CPU", self._each("child_cpu"), "µs/event")
        yield middle(f"{name}: Python's memory", [one.own_peak / 1e6 for one in runs], "MB")
        yield middle(f"{name}: OPA's memory", [one.child_peak / 1e6 for one in runs], "MB")
        yield middle(f"{name}: start and end", [one.seconds * 1000 for one in self._idle], "ms")

    def _over_idle(self, field: str) -> list[float]:
        idle = median(getattr(one, field) for one in self._idle)
        return [getattr(one, field) - idle for one in self._runs]

    def _each(self, field: str) -> list[float]:
        return [seconds / self._recording.count * 1e6 for seconds in self._over_idle(field)]


def _checked(recording: Recording, told: Path, options: Sequence[str]) -> Run:
    """Other signatures may find something too, so those that are certain are counted apart."""
    found = detect([recording.full], told, options)
    with told.open() as lines:
        findings = sum(json.loads(line)["SigMetadata"]["ID"] in SIGNATURES for line in lines)
    if findings != recording.findings:
        raise NotHere(f"{findings} findings in a recording that holds {recording.findings}")
    return found
