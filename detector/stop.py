# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once.

SIGHUP asks for a reload.
"""

import os
import signal
import time
from types import FrameType

from pytracee.service import hangup

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LINGER = 2.0  # seconds: Ctrl-C reaches the collector too, and its last events are on their way


class Stop:
    """`fd` becomes readable when something is asked for, so that poll(2) wakes up."""

    def __init__(self) -> None:
        self.fd, self._write_end = os.pipe()
        self._deadline: float | None = None
        self._reload = False

    def listen(self) -> None:
        """From now on signals mean us."""
        for number in _SIGNALS:
            signal.signal(number, self._asked)
        hangup.heed(self._asked_to_reload)

    @property
    def asked(self) -> bool:
        """Whether a signal has come."""
        return self._deadline is not None

    def take_reload(self) -> bool:
        """Whether a reload was asked for since the last call."""
        asked, self._reload = self._reload, False
        return asked

    def heard(self) -> None:
        """After `fd` became readable: it is so no more."""
        os.read(self.fd, 4096)

    def left(self) -> float | None:
        """Seconds until reading must end, None while nobody has asked."""
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - time.monotonic())

    def _asked_to_reload(self, _number: int, _frame: FrameType | None) -> None:
        self._reload = True
        os.write(self._write_end, b"!")

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise SystemExit(128 + number)
        self._deadline = time.monotonic() + _LINGER
        os.write(self._write_end, b"!")
