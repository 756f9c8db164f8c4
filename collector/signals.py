# SPDX-License-Identifier: Apache-2.0
"""What signals ask a collector for."""

import signal
from types import FrameType


class Signals:
    """SIGINT and SIGTERM ask for an orderly end, a second SIGINT ends at once; SIGHUP asks for
    everything to be read and opened anew.
    """

    def __init__(self) -> None:
        self._stopped = False
        self._hangup = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._hang_up)

    def stopped(self) -> bool:
        return self._stopped

    def hung_up(self) -> bool:
        """Whether SIGHUP has come since the last call."""
        asked, self._hangup = self._hangup, False
        return asked

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._stopped = True
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.SIG_DFL)

    def _hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self._hangup = True
