# SPDX-License-Identifier: Apache-2.0
"""Context that the stream tells once, kept for the events that are shown or matched.

Bounded: a process is forgotten some time after its exit, because the exit is told before the
last events of the process, and when no child of it is known any more, because they name their
ancestors; and there is a limit to all of it for streams that never tell of an exit.
"""

from collections import Counter, deque
from collections.abc import Iterator
from typing import TypeVar

from schemas.stream.messages import Container, Context, Exit, Process

_EXITED = 8192  # ended processes that are still remembered
_LIMIT = 1 << 18  # processes, containers
_DEPTH = 64  # ancestors that are told
_PROGRAMS = 8  # that a process ran before

_K = TypeVar("_K")
_V = TypeVar("_V")
_Name = tuple[int, int]  # (host pid, start): a pid alone is used again


class Joiner:
    """Processes by (host pid, start) and containers by cgroup id."""

    def __init__(self) -> None:
        self.processes: dict[_Name, Process] = {}
        self.containers: dict[int, Container] = {}
        self._earlier: dict[_Name, deque[Process]] = {}  # what it was with the programs before
        self._exited: deque[_Name] = deque()
        self._ended: set[_Name] = set()  # long gone, and kept for their children
        self._children: Counter[_Name] = Counter()

    def learn(self, message: Context) -> None:
        match message:
            case Process():
                self._begin(message)
            case Container():
                # A removed control group's last events may still be on their way.
                self._keep(self.containers, message.cgroup, message)
            case Exit():
                self._exited.append((message.pid, message.start))
                if len(self._exited) > _EXITED:
                    self._end(self._exited.popleft())

    def process(self, name: _Name, time: int, *, before_exec: bool = False) -> Process | None:
        """A process as it was at that time, with the program that it ran; `before_exec`: with the
        one before that.
        """
        found = self.processes.get(name)
        if found is None or (found.since <= time and not before_exec):
            return found
        programs: list[Process] = [*self._earlier.get(name, ()), found]
        at = sum(one.since <= time for one in programs) - 1
        return programs[max(at - before_exec, 0)]

    def living(self) -> Iterator[Process]:
        """Those whose exit has not been told."""
        gone = {*self._exited, *self._ended}
        return (one for name, one in list(self.processes.items()) if name not in gone)

    def ancestors(self, process: Process | None) -> list[Process]:
        """Of a process, the first one of all first, itself not among them; as far as known: of the
        first one there may be nothing but its name.
        """
        found: list[Process] = []
        while process is not None and process.parent and len(found) < _DEPTH:
            name = (process.parent, process.parent_start)
            process = self.processes.get(name, Process(*name, 0, 0))
            if process in found:
                break
            found.append(process)
        return found[::-1]

    def _begin(self, process: Process) -> None:
        name = (process.pid, process.start)
        before = self.processes.get(name)
        parent = (process.parent, process.parent_start)
        if before is None or (before.parent, before.parent_start) != parent:
            self._children[parent] += 1
            if before is not None:
                self._orphan(before)
        if before is not None and process.since:
            self._earlier.setdefault(name, deque(maxlen=_PROGRAMS)).append(before)
        if (gone := self._keep(self.processes, name, process)) is not None:
            self._ended.discard((gone.pid, gone.start))
            self._earlier.pop((gone.pid, gone.start), None)
            self._orphan(gone)

    def _end(self, name: _Name) -> None:
        if self._children[name]:
            if name in self.processes:
                self._ended.add(name)
            return
        del self._children[name]
        self._ended.discard(name)
        self._earlier.pop(name, None)
        if (gone := self.processes.pop(name, None)) is not None:
            self._orphan(gone)

    def _orphan(self, process: Process) -> None:
        """Its parent has a child less, and goes too if that was the last reason to keep it."""
        parent = (process.parent, process.parent_start)
        self._children[parent] -= 1
        if self._children[parent] <= 0:
            del self._children[parent]
            if parent in self._ended:
                self._end(parent)

    @staticmethod
    def _keep(table: dict[_K, _V], key: _K, value: _V) -> _V | None:
        """What had to go for it: the oldest, if there are too many."""
        table[key] = value
        return table.pop(next(iter(table))) if len(table) > _LIMIT else None
