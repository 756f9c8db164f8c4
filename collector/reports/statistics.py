# SPDX-License-Identifier: Apache-2.0
"""What `--stats` and `/metrics` tell of a collector's run."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytracee.service.metric import Value
from schemas.events import BY_ID
from schemas.stream.decoder import event_ids

if TYPE_CHECKING:
    from collector.collect import Collector

_PREFIX = "pytracee_collector_"
_STUCK = 10.0  # seconds between two looks at the rings after which something is wrong


def _used() -> float:
    """Seconds of CPU time, also of children that have ended."""
    return sum(os.times()[:4])


class Statistics:
    """Counts of a run. `by_event` is filled only where somebody asked: it looks at every record."""

    def __init__(self, *, by_event: bool = False) -> None:
        self.counts = by_event
        self.by_event: Counter[int] = Counter()  # event id → records read
        self.lost: Counter[str] = Counter()  # event → records
        self.fill = 0.0  # of the ring, at its fullest; 1.0: full
        self.looked = self._began = time.monotonic()
        self._used = _used()

    def look(self, fill: float) -> None:
        """The rings were looked at."""
        self.looked = time.monotonic()
        self.fill = max(self.fill, fill)

    def count(self, body: memoryview, places: Iterator[tuple[int, int]]) -> None:
        self.by_event.update(event_ids(body, places))

    def table(self, collector: "Collector") -> str:
        """For the end of a run."""
        seconds, used = time.monotonic() - self._began, _used() - self._used
        read = Counter({BY_ID[event].name: count for event, count in self.by_event.items()})
        names = sorted(read.keys() | self.lost.keys(), key=lambda name: (-read[name], name))
        rows = (
            f"{name:<32} {read[name]:>12} {read[name] / seconds:>12.1f} {self.lost[name]:>10}"
            for name in names
        )
        head = f"{'EVENT':<32} {'READ':>12} {'PER SECOND':>12} {'LOST':>10}"
        cpu = f"{seconds:.1f} s, CPU {used:.1f} s ({used / seconds:.0%} of one)"
        last = f"{collector.totals}; {cpu}, ring at most {self.fill:.0%} full"
        return "\n".join([head, *rows, last])

    def values(self, collector: "Collector") -> Iterator[Value]:
        """For /metrics."""
        totals, known = collector.totals, collector.known
        for name, text, number in (
            ("events", "Events written", totals.events),
            ("lost", "Records that the kernel had no room for", totals.lost),
            ("dropped", "Events that an output had no room for", collector.dropped),
            ("filtered", "Events that no policy wanted after all, or sampling", collector.filtered),
            ("context_lost", "Records of processes and containers lost", totals.context_lost),
            ("cpu_seconds", "CPU time, of children once they ended", _used()),
        ):
            yield Value(f"{_PREFIX}{name}", text, {"": float(number)})
        lost = {name: float(count) for name, count in self.lost.items()}
        yield Value(f"{_PREFIX}lost_by_event", "The same, by event", lost, "event")
        for name, text, number in (
            ("ring_fill_ratio", "Of the ring, at its fullest", self.fill),
            ("processes", "Processes known", len(known.processes)),
            ("containers", "Control groups of containers known", len(known.containers)),
        ):
            yield Value(f"{_PREFIX}{name}", text, {"": float(number)}, gauge=True)

    def problem(self) -> str:
        """For /healthz: "" where nothing is wrong."""
        still = time.monotonic() - self.looked
        if still < _STUCK:
            return ""
        return f"the rings were not looked at for {still:.0f} s: a reader of the stream is stuck"
