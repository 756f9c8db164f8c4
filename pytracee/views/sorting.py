# SPDX-License-Identifier: Apache-2.0
"""Texts in the order of time: the stream's own order inverts a little across processors."""

from bisect import bisect_right
from operator import itemgetter

HOLD = 100_000_000  # ns that an event may come later than another that happened after it
_LIMIT = 1 << 17  # texts that are held, whatever their times say

_time = itemgetter(0)


class Sorter:
    """Holds texts back until none can come any more that happened before them."""

    def __init__(self) -> None:
        self._held: list[tuple[int, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self._held)

    def through(self, texts: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """Take these in, give those out whose time has come."""
        held = sorted([*self._held, *texts], key=_time)
        if not held:
            return []
        until = held[-1][0] - HOLD
        count = max(bisect_right(held, until, key=_time), len(held) - _LIMIT)
        self._held = held[count:]
        return held[:count]

    def rest(self) -> list[tuple[int, bytes]]:
        """All of them: no more will come, or none has come for longer than they are held."""
        held, self._held = self._held, []
        return held
