# SPDX-License-Identifier: Apache-2.0
"""What all destinations have in common."""

from collections.abc import Callable
from typing import Protocol

#: tells the operator one line
Say = Callable[[str], None]


class SinkClosed(Exception):
    """Nobody reads any more: no reason for an error message."""


class SinkFailed(Exception):
    """It cannot be written to; the message names it and says why."""


class Sink(Protocol):
    """A destination of rendered findings or events."""

    @property
    def dropped(self) -> int:
        """Texts that there was no room for."""

    def write(self, text: str | bytes, count: int = 1, /) -> None:
        """A text, whole; `count` of them where one that is not whole is of no use either.

        Raises SinkClosed, SinkFailed.
        """

    def reopen(self) -> None:
        """Begin a new file where the old one was moved away. Raises SinkFailed."""

    def close(self) -> None:
        """Hand on what can still be handed on, and let go."""
