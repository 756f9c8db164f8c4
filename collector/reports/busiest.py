# SPDX-License-Identifier: Apache-2.0
"""Where very many events come, which costs everybody CPU time: a word, once, on which they are."""

import time
from collections import Counter
from collections.abc import Iterator

from collector.notices import warn
from schemas.events import BY_ID
from schemas.stream.decoder import event_ids

MANY = 10_000  # events per second
SECONDS = 5  # in a row with so many
_NAMED = 3


class Busiest:
    """Of each such second one batch is counted."""

    def __init__(self) -> None:
        self.counts = False  # whether the next batch is to be counted
        self._by_event: Counter[int] = Counter()  # event id → records
        self._seconds = self._before = 0
        self._since = time.monotonic()

    def count(self, body: memoryview, places: Iterator[tuple[int, int]]) -> None:
        self.counts = False
        self._by_event.update(event_ids(body, places))

    def look(self, events: int) -> None:
        """Once a round. `events`: how many were written so far."""
        passed = time.monotonic() - self._since
        if passed < 1 or self._seconds > SECONDS:
            return
        rate = (events - self._before) / passed
        self._since, self._before = self._since + passed, events
        self.counts = rate >= MANY
        self._seconds = self._seconds + 1 if self.counts else 0
        if not self.counts:
            self._by_event.clear()
        elif self._seconds > SECONDS:
            self.counts = False
            warn(told(rate, self._by_event))


def told(rate: float, by_event: Counter[int]) -> str:
    """The hint. `rate`: of all, per second; `by_event`: event id → its share of a sample."""
    first, *more = ((BY_ID[event].name, count) for event, count in by_event.most_common(_NAMED))
    shares = [f"{name} {count / by_event.total():.0%}" for name, count in (first, *more)]
    name = first[0]
    return (
        f"{rate:,.0f} events per second, which takes CPU time; most of them are "
        f"{', '.join(shares)}: leave out what you do not need (--events …,-{name}), ask for less "
        f"of it (--filter {name}.data.…=, --scope), or take part of all (--sampling 10)"
    )
