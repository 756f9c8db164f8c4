# SPDX-License-Identifier: Apache-2.0
"""What the detector tells its operator, on stderr: one line each."""

from collections import Counter
from functools import partial

from pytracee.service import notices

_SHOWN = 5  # errors of one kind that are told; the others are only counted

say = partial(notices.say, "detector")


class Errors:
    """Counts errors, and tells the first few of each kind so that a flood stays readable."""

    def __init__(self) -> None:
        self.count = 0
        self.of: Counter[str] = Counter()  # kind → errors; a signature's kind is its id
        self._told: Counter[str] = Counter()

    def more(self, kind: str, count: int = 1) -> None:
        """Errors that are not told."""
        self.count += count
        self.of[kind] += count

    def add(self, kind: str, text: str, count: int = 1) -> None:
        self.more(kind, count)
        self._told[kind] += 1
        told = self._told[kind]
        if told <= _SHOWN:
            say(text)
        if told == _SHOWN:
            say(f"{kind}: further errors are counted, not told")
