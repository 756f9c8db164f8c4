# SPDX-License-Identifier: Apache-2.0
"""Context that the stream tells once, kept for the events that are shown or matched.

Bounded: a process is forgotten some time after its exit, because the exit is told before the
last events of the process; and there is a limit to all of it for streams that never tell one.
"""

from collections import deque
from typing import TypeVar

from schemas.stream.messages import Container, Context, Exit, Process

_EXITED = 8192  # ended processes that are still remembered
_LIMIT = 1 << 18  # processes, containers

_K = TypeVar("_K")
_V = TypeVar("_V")


class Joiner:
    """Processes by (host pid, start) and containers by cgroup id."""

    def __init__(self) -> None:
        self.processes: dict[tuple[int, int], Process] = {}
        self.containers: dict[int, Container] = {}
        self._exited: deque[tuple[int, int]] = deque()

    def learn(self, message: Context) -> None:
        match message:
            case Process():
                self._keep(self.processes, (message.pid, message.start), message)
            case Container():
                # A removed control group's last events may still be on their way.
                self._keep(self.containers, message.cgroup, message)
            case Exit():
                self._exited.append((message.pid, message.start))
                if len(self._exited) > _EXITED:
                    self.processes.pop(self._exited.popleft(), None)

    @staticmethod
    def _keep(table: dict[_K, _V], key: _K, value: _V) -> None:
        table[key] = value
        if len(table) > _LIMIT:
            del table[next(iter(table))]  # the oldest
