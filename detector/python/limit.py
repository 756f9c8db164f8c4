# SPDX-License-Identifier: Apache-2.0
"""How long a method of a signature may take.

A clock ticks while signatures run. One that is still in the same call at the second tick is
interrupted, so that keeping time costs nothing per event. An extension module that never comes back
to Python cannot be interrupted.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

SECONDS = 1.0  # between two ticks: a call may take twice as long


class Overrun(BaseException):
    """It ran too long. No Exception: a signature that expects those must not swallow it."""

    def __str__(self) -> str:
        return "it ran too long and was given up"


class Limit:
    """`with limit:` around calls, `with limit.call():` or a `number` of its own for each of them.

    Of the main thread, as signals are.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.number = 0  # of the call that runs, 0: none does
        self._seen = 0  # at the last tick
        self._seconds = seconds
        self._before: signal._HANDLER = None

    def __enter__(self) -> None:
        self._seen = 0
        self._before = signal.signal(signal.SIGALRM, self._ticked)
        signal.setitimer(signal.ITIMER_REAL, self._seconds, self._seconds)

    def __exit__(
        self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before or signal.SIG_DFL)

    @contextmanager
    def call(self) -> Iterator[None]:
        """A call alone. Raises Overrun in it."""
        with self:
            self.number = -1
            try:
                yield
            finally:
                self.number = 0

    def tick(self) -> None:
        """Raises Overrun in a call that was there at the last tick."""
        if self.number and self.number == self._seen:
            raise Overrun
        self._seen = self.number

    def _ticked(self, _number: int, _frame: FrameType | None) -> None:
        self.tick()
