# SPDX-License-Identifier: Apache-2.0
"""Memory of the detector and its OPA, all signatures, while events come through a pipe."""

import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import islice

from bench.detecting import recorded
from bench.mix import SIGNATURES, repeated
from bench.processes import child, peak_bytes, python, reading, resident_bytes
from bench.section import Figure, NotHere, Result, Setting, Target

_STEPS = 5
_PEAK, _GROWTH = Target(250), Target(10)  # MB
_COUNT = ["grep", "-c", "-E", f'"ID":"({"|".join(SIGNATURES)})"']

_Both = tuple[float, float]  # MB of Python, of OPA


def measure(setting: Setting) -> Result:
    """The recording again and again, each time with a Hello, as `cat a b c | detector`."""
    recording, times = recorded(setting), setting.pick(5, 2)  # times in a step
    data = recording.full.read_bytes()
    parts = repeated(data, recording.count, _STEPS * times)
    samples, peaks, findings = _feed(parts, times)
    if findings != (expected := _STEPS * times * recording.findings):
        raise NotHere(f"{findings} findings in recordings that hold {expected}")
    first, last = (steps * times * recording.count for steps in (1, _STEPS))
    note = f"after each {first:,} events"
    both = tuple(sum(sample) for sample in samples)
    return [
        Figure("both", max(both), "MB", _PEAK, both, f"the most {note}"),
        Figure("both, at any time", sum(peaks), "MB", _PEAK, note="the two peaks, added"),
        *(
            Figure(name, max(alone), "MB", runs=alone, note=f"the most {note}")
            for name, alone in zip(("Python", "OPA"), zip(*samples, strict=True), strict=True)
        ),
        Figure("growth", both[-1] - both[0], "MB", _GROWTH, note=f"from {first:,} to {last:,}"),
    ]


def _feed(parts: Iterator[bytes], times: int) -> tuple[list[_Both], _Both, int]:
    """Memory after each step of so many parts, the peaks, and the number of findings."""
    with subprocess.Popen(_COUNT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as counting:
        assert counting.stdin
        command = python("detector", "--output", "json")
        with reading(command, to=counting.stdin) as (detector, pipe):
            samples = []
            for _ in range(_STEPS):
                for part in islice(parts, times):
                    _write(pipe, part)
                samples.append(_both(detector.pid, resident_bytes))
            peaks = _both(detector.pid, peak_bytes)
        return samples, peaks, int(counting.communicate()[0])


def _write(pipe: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _both(detector: int, memory: Callable[[int], int]) -> _Both:
    opa = child(detector, "opa")
    if opa is None:
        raise NotHere("the detector has no OPA")
    return memory(detector) / 1e6, memory(opa) / 1e6
