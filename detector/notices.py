# SPDX-License-Identifier: Apache-2.0
"""What the detector tells its operator, on stderr: one line each."""

import contextlib
import sys
from collections import Counter

_SHOWN = 5  # errors of one kind that are told; the others are only counted


def say(text: str) -> None:
    """One line. A closed or full stderr is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        print(f"detector: {text}", file=sys.stderr, flush=True)


class Errors:
    """Counts errors, and tells the first few of each kind so that a flood stays readable."""

    def __init__(self) -> None:
        self.count = 0
        self._of_kind: Counter[str] = Counter()

    def add(self, kind: str, text: str, count: int = 1) -> None:
        self.count += count
        self._of_kind[kind] += 1
        told = self._of_kind[kind]
        if told <= _SHOWN:
            say(text)
        if told == _SHOWN:
            say(f"{kind}: further errors are counted, not told")
