# SPDX-License-Identifier: Apache-2.0
"""`--suppress WINDOW`: of equal findings within a window of event time only the first is written.

Equal: the same signature, process and data. What was left out is counted, and told when the window
is over. Memory is bounded: with too many windows open the oldest is closed early.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from detector.notices import say
from pytracee.service.errors import OperatorError
from schemas.finding import Finding
from schemas.stream.values import text

_OPEN = 1 << 16  # windows
_UNITS = {"ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"([0-9]{1,9})(ms|s|m|h)")


def window(given: str) -> int:
    """`30s` in ns. Raises OperatorError."""
    match = _DURATION.fullmatch(given)
    found = int(match[1]) * _UNITS[match[2]] if match else 0
    if not found:
        raise OperatorError(f"--suppress {given}: give a time such as 500ms, 30s, 10m or 1h")
    return found


def identity(finding: Finding) -> bytes:
    """The same for findings that are equal. A process is its number and when it started."""
    task = finding.event.task
    process = (task.host_pid or task.pid, task.process_start_time)
    return msgspec.json.encode([finding.signature.id, process, finding.data], order="sorted")


def label(finding: Finding) -> str:
    """How a finding is called when its equals were left out."""
    task = finding.event.task
    return f"{finding.signature.id} of {text(task.comm)} ({task.host_pid or task.pid})"


@dataclass(slots=True)
class _Window:
    begun: int
    label: str
    suppressed: int = 0


class Suppression:
    """`length` of a window in ns."""

    def __init__(self, length: int) -> None:
        self.count = 0
        self._length = length
        self._now = 0  # the latest event time; a few come late
        self._open: OrderedDict[bytes, _Window] = OrderedDict()

    def admits(self, key: bytes, name: str, timestamp: int) -> bool:
        """Whether a finding is to be written. `key` is its identity, `name` its label."""
        self._now = max(self._now, timestamp)
        while self._open and next(iter(self._open.values())).begun + self._length <= self._now:
            self._close_oldest()
        known = self._open.get(key)
        if known is None:
            self._open[key] = _Window(self._now, name)
            if len(self._open) > _OPEN:
                self._close_oldest()
            return True
        known.suppressed += 1
        self.count += 1
        return False

    def close(self) -> None:
        """Tell of the windows that are still open."""
        while self._open:
            self._close_oldest()

    def _close_oldest(self) -> None:
        _, closed = self._open.popitem(last=False)
        if closed.suppressed:
            say(f"suppressed: {closed.label}: {closed.suppressed} more like it")
