# SPDX-License-Identifier: Apache-2.0
"""Signatures that are set aside because they had to be given up several times.

One that runs away, or kills OPA, costs everyone seconds each time. Of those that are set aside each
event that they would have judged counts as an error: they do not look like quiet ones.
"""

from collections import Counter
from collections.abc import Mapping

from detector.notices import Errors, warn

_STRIKES = 3  # evaluations that had to be given up


class Suspension:
    """Of one set of signatures; `ids` by key."""

    def __init__(self, ids: Mapping[str, str], errors: Errors) -> None:
        self._ids = ids
        self._errors = errors
        self._strikes: Counter[str] = Counter()
        self._suspended: set[str] = set()

    def strike(self, key: str) -> None:
        """An evaluation had to be given up."""
        self._strikes[key] += 1
        if self._strikes[key] == _STRIKES:
            self._suspended.add(key)
            warn(
                f"{self._ids[key]} is suspended: it was given up {_STRIKES} times; "
                "what it would have judged counts as errors"
            )

    def admits(self, key: str) -> bool:
        """Whether it may judge; if not, an event that it does not see is counted."""
        if key not in self._suspended:
            return True
        self._errors.more(self._ids[key])
        return False

    def __bool__(self) -> bool:
        """Whether any is set aside."""
        return bool(self._suspended)

    def names(self) -> list[str]:
        """Ids of those that are set aside."""
        return sorted(self._ids[key] for key in self._suspended)
