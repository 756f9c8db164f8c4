# SPDX-License-Identifier: Apache-2.0
"""State that stays bounded."""

from typing import TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class Recent(dict[_K, _V]):
    """A dict of at most `limit` keys: a new one beyond that pushes out the one set longest ago.

    What ends should be deleted when it ends; the limit is for what ends unseen.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: _K, value: _V) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._limit:
            del self[next(iter(self))]
