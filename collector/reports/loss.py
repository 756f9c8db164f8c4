# SPDX-License-Identifier: Apache-2.0
"""Telling the operator of events that the kernel had no room for, while it happens."""

import time
from collections import Counter
from collections.abc import Mapping

from collector.notices import warn

_EVERY = 10.0  # seconds between two tellings
_NAMED = 3  # events that are named


class Loss:
    """The first loss is told at once, what follows is summed up."""

    def __init__(self) -> None:
        self._untold: Counter[str] = Counter()
        self._next = 0.0

    def add(self, events: Mapping[str, int]) -> None:
        """Event name → how many."""
        self._untold.update(events)

    def tell(self) -> None:
        """If there is something to tell and it is time."""
        if not self._untold or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        names = ", ".join(f"{name} {count}" for name, count in self._untold.most_common(_NAMED))
        more = ", …" if len(self._untold) > _NAMED else ""
        warn(
            f"events lost: {self._untold.total()} ({names}{more}): a larger --perf-buffer-size, "
            "fewer events or a narrower --scope lose less"
        )
        self._untold.clear()
