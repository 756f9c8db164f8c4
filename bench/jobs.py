# SPDX-License-Identifier: Apache-2.0
"""How much sooner two processes are through a recording than one, and what two CPUs are worth."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.detecting import detect, recorded
from bench.mix import repeated
from bench.processes import CONSUMER, PRODUCER
from bench.section import Figure, NotHere, Result, Setting, Target, middle

_RATIO = Target(1.6, at_least=True)


def measure(setting: Setting) -> Result:
    """Start and end count, so the recording is long. The findings must be the same to the byte."""
    if PRODUCER == CONSUMER:
        raise NotHere("it takes two CPUs")
    recording, times = recorded(setting), setting.pick(10, 5)
    long, count = setting.folder / "long.rec", times * recording.count
    with long.open("wb") as file:
        file.writelines(repeated(recording.full.read_bytes(), recording.count, times))
    taken: dict[int, list[float]] = {1: [], 2: []}
    apart: list[float] = []  # two detectors at once, each over all of it
    for _ in range(setting.pick(3, 1)):
        told = {jobs: setting.folder / f"jobs{jobs}.json" for jobs in taken}
        for jobs, seconds in taken.items():
            options = ("--jobs", str(jobs))
            seconds.append(detect([long], told[jobs], options).seconds)
        _compare(told[1], told[2])
        apart.append(_at_once(long, [setting.folder / name for name in ("a.json", "b.json")]))
    long.unlink()
    return [*_rates(taken, count), _ratio(taken), _bound(taken[1], apart)]


def _at_once(recording: Path, outputs: Sequence[Path]) -> float:
    """Seconds until the last of as many detectors has read it."""
    with ThreadPoolExecutor() as pool:
        return max(pool.map(lambda output: detect([recording], output).seconds, outputs))


def _compare(one: Path, two: Path) -> None:
    if one.read_bytes() != two.read_bytes():
        raise NotHere("--jobs 2 does not tell what --jobs 1 tells")


def _rates(taken: dict[int, list[float]], count: int) -> list[Figure]:
    note = f"{count:,} events, all signatures, start and end included"
    return [
        middle(f"--jobs {jobs}", [count / one for one in seconds], "events/s", note=note)
        for jobs, seconds in taken.items()
    ]


def _ratio(taken: dict[int, list[float]]) -> Figure:
    pairs = zip(taken[1], taken[2], strict=True)
    return middle("--jobs 2 over --jobs 1", [one / two for one, two in pairs], "times", _RATIO)


def _bound(one: Sequence[float], apart: Sequence[float]) -> Figure:
    """What these CPUs give to those who have nothing to share."""
    times = [2 * alone / both for alone, both in zip(one, apart, strict=True)]
    return middle("two detectors at once over one", times, "times")
