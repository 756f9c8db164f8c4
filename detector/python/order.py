# SPDX-License-Identifier: Apache-2.0
"""Candidates in the order of their time, for signatures with a state.

Records of several CPUs reach the stream a little out of order. A candidate is held back until one
came that is a tenth of a second younger: by event time, so that a recording always gives the same.
"""

import heapq
from collections.abc import Iterable, Iterator

from detector.selection import Candidate

_HOLD_BACK = 100_000_000  # ns
_JUMP = 10 * _HOLD_BACK  # further back than that is no disorder: another stream begins


class TimeOrder:
    """Give it candidates as they come; take them as they happened."""

    def __init__(self) -> None:
        self._held: list[tuple[int, int, int, Candidate]] = []
        self._latest = 0
        self._count = 0

    def __bool__(self) -> bool:
        """Whether any is held back."""
        return bool(self._held)

    def add(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those whose turn it is now."""
        for candidate in candidates:
            self._count += 1  # findings as events share time and position with their events
            time = candidate.event.timestamp
            if time < self._latest - _JUMP:
                yield from self.rest()
                self.restart()
            heapq.heappush(self._held, (time, candidate.position, self._count, candidate))
            self._latest = max(self._latest, time)
            while self._held and self._held[0][0] <= self._latest - _HOLD_BACK:
                yield heapq.heappop(self._held)[-1]

    def rest(self) -> Iterator[Candidate]:
        """All that are held back."""
        while self._held:
            yield heapq.heappop(self._held)[-1]

    def restart(self) -> None:
        """Another stream begins, with a time of its own."""
        self._latest = 0
