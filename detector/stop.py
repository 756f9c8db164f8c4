# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once."""

import os
import signal
import time
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LINGER = 2.0  # seconds: Ctrl-C reaches the collector too, and its last events are on their way


class Stop:
    """`fd` becomes readable when a stop is asked for, so that poll(2) wakes up."""

    def __init__(self) -> None:
        self.fd, self._write_end = os.pipe()
        self._deadline: float | None = None

    def listen(self) -> None:
        """From now on signals mean us."""
        for number in _SIGNALS:
            signal.signal(number, self._asked)

    @property
    def asked(self) -> bool:
        """Whether a signal has come."""
        return self._deadline is not None

    def left(self) -> float | None:
        """Seconds until reading must end, None while nobody has asked."""
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - time.monotonic())

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise SystemExit(128 + number)
        self._deadline = time.monotonic() + _LINGER
        os.write(self._write_end, b"!")
