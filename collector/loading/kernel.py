# SPDX-License-Identifier: Apache-2.0
"""Carry out plans: load and attach programs, fill tables, put one plan in force after the other."""

import platform
import struct
import time
from collections.abc import Container

from collector.loading.containers import Containers
from collector.loading.descents import Descents
from collector.loading.grace import Grace
from collector.loading.halves import Halves
from collector.loading.libbpf import misses
from collector.loading.plan import Plan
from collector.loading.programs import Programs, Refused
from collector.loading.ring import Ring
from collector.loading.skipped import Skipped, events_of
from collector.loading.table import Table


class Kernel:
    """The kernel's side of the collector. Load and attach, `prepare` and `put_in_force` plans, read
    the rings, `close`.
    """

    def __init__(
        self,
        plan: Plan,
        ring_bytes: int,
        *,
        stacks: bool = False,
        ours: Container[str] = frozenset(),
    ) -> None:
        """Load and attach all programs; none of them tells an event before a plan is in force.

        `stacks`: records have the task's; `ours`: as for Halves. Raises Refused for programs that
        this kernel does not take.
        """
        self.filters = bool(plan.filters.rows)  # whether plans may have any
        self._programs = Programs(ring_bytes, filters=self.filters, stacks=stacks)
        try:
            self.extend(plan)
        except Refused:
            self.close()
            raise
        self._maps = self._programs.maps
        self.events = self._ring("events")
        self.control = self._ring("control_ring")
        self._lost = Table(self._maps["lost"]).memory.cast("Q")
        self._filtered = Table(self._maps["filtered"]).memory.cast("Q")
        self._reported = [0] * len(self._lost)
        self._skipped = Skipped(self._at_functions(plan), misses)
        self.began = time.clock_gettime_ns(time.CLOCK_BOOTTIME)  # the first of its events
        self.halves = Halves(self._maps, self.began, ours)
        self.containers = Containers(self._maps["containers"], self.halves)
        self.descents = Descents(self._maps["descents"], self.halves)
        self._grace = Grace()

    def _at_functions(self, plan: Plan) -> list[tuple[int, list[int]]]:
        told = events_of(plan.probes).items()
        return [(self.program(name), events) for name, events in told]

    def _ring(self, name: str) -> Ring:
        found = self._maps[name]
        return Ring(found.fd, found.entries)

    def extend(self, plan: Plan) -> None:
        """Load and attach what a plan needs and what is not there yet; it tells nothing that the
        plan in force does not ask for. Raises Refused, as the constructor.
        """
        self._programs.load(plan.programs)
        self._programs.number("leaders", plan.leaders)
        self._programs.number("followers", plan.followers)
        self._programs.attach(plan.programs)

    def prepare(self, plan: Plan, generation: int) -> int:
        """Write a plan beside the one in force, if there is any.

        Gives the half that it is in, whose `descents` are still to be filled. Raises OSError where
        the tables have no room for it.
        """
        half = 1 - self.halves.half
        self.halves.write(half, plan, generation, platform.machine())
        self.containers.fill()
        return half

    def put_in_force(self, half: int) -> int:
        """The plan that was prepared. Records of the one before it lie before the place in the ring
        that this gives, but for those of calls that had begun: they are marked.
        """
        self.halves.put_in_force(half)
        if plan := self.halves.plans[half]:
            self._skipped.watch(self._at_functions(plan))
        self.wait()
        return self.events.end()

    def wait(self) -> None:
        """Until no program is at work by what the tables said before."""
        self._grace.wait()

    def forget(self, half: int) -> None:
        """What was asked by the plan in that half, of which nothing more will come."""
        self.halves.plans[half] = None
        self.containers.fill()

    def keep_only(self, plan: Plan) -> None:
        """Detach what it does not need."""
        self._programs.detach(plan.programs)

    def exclude(self, pids: set[int]) -> None:
        """Leave these processes, and what they fork from now on, out of all events."""
        for pid in pids:
            self._maps["own"].update(struct.pack("<I", pid), b"\1")
        self.halves.judge_again()

    def tasks(self) -> bytes:
        """What the task iterator says of all processes there are."""
        return self._programs.tasks()

    def program(self, name: str) -> int:
        """The descriptor of a loaded program."""
        return self._programs.fd(name)

    def map(self, name: str) -> int:
        """The descriptor of a map."""
        return self._programs.maps[name].fd

    def detach(self) -> None:
        """Stop the events for good; what is in the rings stays there to be read."""
        self._programs.end()

    def filtered(self) -> int:
        """Records that no policy wanted for what is in them."""
        return sum(self._filtered)

    def lost(self) -> dict[int, int]:
        """Event id → records that found no room since the last call, and those of which a program
        was left out; id 0: of the control ring.
        """
        found = self._skipped.look(last=not self._programs.attached)
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
        self._programs.close()
