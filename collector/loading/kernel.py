# SPDX-License-Identifier: Apache-2.0
"""Carry out a plan: load objects, fill tables, attach programs, take all of it back."""

import platform
import struct
import time

from collector.loading.compiled import compiled
from collector.loading.containers import Containers
from collector.loading.descents import Descents
from collector.loading.halves import Halves
from collector.loading.libbpf import (
    Link,
    Object,
    ProgramRefused,
    has_task_storage,
    misses,
    possible_cpus,
)
from collector.loading.plan import Plan
from collector.loading.relocations import used_maps
from collector.loading.ring import Ring
from collector.loading.skipped import Skipped, events_of
from collector.loading.table import Table
from schemas.event_type import FOLLOWERS, LEADERS, READ_MEMORY

_PER_CPU = ("_buffers", "_paths", "_guards")  # maps of these names have their entries per CPU
_BIG = ("_requests", "_helpers")  # maps of these names are left out too where no program uses them
_ITERATOR = "on_task"  # attached when it is to be read
_ON_DEMAND = (_ITERATOR, READ_MEMORY)


class Refused(Exception):
    """The kernel refused programs: name → its words."""

    def __init__(self, programs: dict[str, str]) -> None:
        by_words: dict[str, list[str]] = {}
        for name, words in sorted(programs.items()):
            by_words.setdefault(words, []).append(name)
        super().__init__("; ".join(f"{', '.join(n)}: {words}" for words, n in by_words.items()))
        self.programs = programs


class Kernel:
    """The kernel's side of the collector. Load and attach, `start`, read the rings, `close`."""

    def __init__(self, plan: Plan, ring_bytes: int) -> None:
        """Load and attach all programs; none of them tells an event before `start`.

        Raises Refused for programs that this kernel does not take.
        """
        self._links: list[Link] = []
        self._plan = plan
        with compiled() as path:
            self._object, self._used = Object(path), used_maps(path)
        self._maps = self._object.maps
        try:
            self._load(ring_bytes)
            self._attach()
        except Refused:
            self.close()
            raise
        self.events = self._ring("events")
        self.control = self._ring("control_ring")
        self._lost = Table(self._maps["lost"]).memory.cast("Q")
        self._filtered = Table(self._maps["filtered"]).memory.cast("Q")
        self._reported = [0] * len(self._lost)
        told = events_of(plan.probes).items()
        self._skipped = Skipped(((self.program(name), events) for name, events in told), misses)
        self.began = time.clock_gettime_ns(time.CLOCK_BOOTTIME)  # the first of its events
        self.halves = Halves(self._maps, self.began)
        self.containers = Containers(self._maps["containers"], self.halves)
        self.descents = Descents(self._maps["descents"], self.halves)

    def _ring(self, name: str) -> Ring:
        found = self._maps[name]
        return Ring(found.fd, found.entries)

    def _load(self, ring_bytes: int) -> None:
        programs = self._plan.programs
        self._object.keep_only(programs)
        used = set[str]().union(*(self._used[name] for name in programs))
        for found in self._maps.values():
            if found.name not in used and found.name.endswith((*_PER_CPU, *_BIG)):
                found.leave_out()
            elif found.name.endswith(_PER_CPU):
                found.resize(found.entries * possible_cpus())
        if not has_task_storage():
            self._maps["verdicts"].leave_out()
        constants = next(one for one in self._maps.values() if one.name.endswith(".rodata"))
        constants.begin_with(struct.pack("<I", bool(self._plan.filters.rows)))
        self._maps["events"].resize(ring_bytes)
        try:
            self._object.load()
        except ProgramRefused as error:
            raise Refused({error.program: str(error)}) from None
        except OSError as error:  # what is not one program's fault
            raise Refused(dict.fromkeys(programs, str(error))) from None
        self._fill("leaders", self._plan.leaders)
        self._fill("followers", self._plan.followers)

    def _fill(self, table: str, programs: dict[str, int]) -> None:
        for name, at in programs.items():
            fd = self._object.program_fd(name)
            self._maps[table].update(struct.pack("<I", at), struct.pack("<I", fd))

    def _attach(self) -> None:
        """All of them, also where one is refused: the next plan should do without each of those."""
        refused = {}
        for name in sorted(self._plan.programs):
            if name in _ON_DEMAND or name.startswith((LEADERS, FOLLOWERS)):
                continue
            try:
                self._links.append(self._object.attach(name))
            except OSError as error:
                refused[name] = str(error)
        if refused:
            raise Refused(refused)

    def prepare(self) -> None:
        """Write the plan; `start` puts it in force."""
        self.halves.write(0, self._plan, 0, platform.machine())

    def start(self) -> None:
        """Events begin."""
        self.halves.put_in_force(0)

    def exclude(self, pids: set[int]) -> None:
        """Leave these processes, and what they fork from now on, out of all events."""
        for pid in pids:
            self._maps["own"].update(struct.pack("<I", pid), b"\1")
        self.halves.judge_again()

    def tasks(self) -> bytes:
        """What the task iterator says of all processes there are."""
        link = self._object.attach(_ITERATOR)
        try:
            return link.read()
        finally:
            link.close()

    def program(self, name: str) -> int:
        """The descriptor of a loaded program."""
        return self._object.program_fd(name)

    def map(self, name: str) -> int:
        """The descriptor of a map."""
        return self._maps[name].fd

    def detach(self) -> None:
        """Stop the events; what is in the rings stays there to be read."""
        while self._links:
            self._links.pop().close()

    def filtered(self) -> int:
        """Records that no policy wanted for what is in them."""
        return sum(self._filtered)

    def lost(self) -> dict[int, int]:
        """Event id → records that found no room since the last call, and those of which a program
        was left out; id 0: of the control ring.
        """
        found = self._skipped.look(last=not self._links)
        for event, count in enumerate(self._lost):
            if count != self._reported[event]:
                found[event] += count - self._reported[event]
                self._reported[event] = count
        return found

    def changes_without_privilege(self) -> bool:
        """Whether this kernel lets us change tables with no capability raised."""
        table, nobody = self._maps["containers"], struct.pack("<Q", 0)  # no control group has it
        try:
            table.update(nobody, bytes(table.value_size))
        except PermissionError:
            return False
        table.delete(nobody)
        return True

    def close(self) -> None:
        self.detach()
        self._object.close()
