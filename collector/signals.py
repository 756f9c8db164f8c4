# SPDX-License-Identifier: Apache-2.0
"""What signals ask a collector for."""

import signal
from types import FrameType

from pytracee.service import hangup

_GRACE = 30.0  # seconds that an orderly end may take before readers are given up; and once more


class Late(Exception):
    """The end takes too long: somebody does not read what we write."""


class Signals:
    """SIGINT and SIGTERM ask for an orderly end, a second SIGINT ends at once; SIGHUP asks for
    everything to be read and opened anew.
    """

    def __init__(self, grace: float = _GRACE) -> None:
        self._grace = grace
        self._stopped = False
        self._hangup = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        hangup.heed(self._hang_up)

    def stopped(self) -> bool:
        return self._stopped

    def ended(self) -> None:
        """The end was orderly: nothing is late any more, and who asks for an end now gets this one.

        A handler of ours would not do: the interpreter takes it away before it ends.
        """
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def hung_up(self) -> bool:
        """Whether SIGHUP has come since the last call."""
        asked, self._hangup = self._hangup, False
        return asked

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._stopped = True
        signal.signal(signal.SIGALRM, self._late)
        signal.setitimer(signal.ITIMER_REAL, self._grace, self._grace)
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.SIG_DFL)

    def _hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self._hangup = True

    def _late(self, _number: int, _frame: FrameType | None) -> None:
        raise Late
