# SPDX-License-Identifier: Apache-2.0
"""What a process tells its operator, on stderr: one line each."""

import contextlib
import sys
from collections import Counter
from collections.abc import Callable

_SHOWN = 5  # errors of one kind that are told; the others are only counted


def say(program: str, text: str) -> None:
    """One line. A closed or full stderr is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{program}: {text}", file=sys.stderr, flush=True)


class Errors:
    """Counts errors, and tells the first few of each kind so that a flood stays readable."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
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
            self._tell(text)
        if told == _SHOWN:
            self._tell(f"{kind}: further errors are counted, not told")
