# SPDX-License-Identifier: Apache-2.0
"""What scopes ask about a process's ancestors and its program: `descents` of bpf/judge.h.

The kernel keeps it as processes fork, exec and exit; when a plan begins it is filled here for the
processes that there are.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping

from collector.choosing.subject import Subject
from collector.loading.halves import Halves
from collector.loading.libbpf import Map
from collector.loading.plan import Plan
from collector.loading.scopes import Kind, List, Scopes
from schemas.stream.messages import Context, Exit, Process
from schemas.stream.values import text

_KEY = struct.Struct("<II")  # struct process_key
_DESCENT = struct.Struct("<4Q")  # struct descent
Processes = Mapping[tuple[int, int], Process]


class Descents:
    """The kernel's table of them."""

    def __init__(self, found: Map, halves: Halves) -> None:
        self._map = found
        self._halves = halves

    def fill(self, half: int, known: Processes, changed: Iterable[Context]) -> None:
        """Write what the plan in `half` asks of those processes that changed; where that is in
        force, the kernel keeps it, but for whom the plan before it followed.
        """
        plan, before = self._halves.plans[half], self._halves.plans[1 - half]
        if plan is None or not _asks(plan.scopes):
            return
        for message in changed:
            match message:
                case Process() if self._halves.half == half:
                    self._carry(half, plan, before, message.pid)
                case Process():
                    self._write(half, plan, before, known, message)
                case Exit():
                    self._map.delete(_KEY.pack(message.pid, half))

    def _write(
        self, half: int, plan: Plan, before: Plan | None, known: Processes, process: Process
    ) -> None:
        program = text(process.executable) if process.executable else None
        row = _DESCENT.pack(
            *plan.scopes.of_tree(ancestors(process, known)),
            plan.scopes.of_executable(Subject(executable=program)),
            self._carried(half, plan, before, process.pid),
        )
        self._map.update(_KEY.pack(process.pid, half), row)

    def _carry(self, half: int, plan: Plan, before: Plan | None, pid: int) -> None:
        carried = self._carried(half, plan, before, pid)
        found = self._map.lookup(_KEY.pack(pid, half)) if carried else None
        if found:
            *rest, followed = _DESCENT.unpack(found)
            if carried & ~followed:
                row = _DESCENT.pack(*rest, followed | carried)
                self._map.update(_KEY.pack(pid, half), row)

    def _carried(self, half: int, plan: Plan, before: Plan | None, pid: int) -> int:
        """Policies of this plan that go on following a process."""
        found = self._map.lookup(_KEY.pack(pid, 1 - half)) if before else None
        if not found or before is None:
            return 0
        return carried(_DESCENT.unpack(found)[3], before, plan)


def _asks(scopes: Scopes) -> bool:
    asked = 1 << List.TREE | 1 << List.EXECUTABLE | 1 << List.EXECUTABLE_END | 1 << Kind.FOLLOW
    return bool(scopes.kinds & asked)


def carried(followed: int, before: Plan, plan: Plan) -> int:
    """Whom a policy follows it follows under the next plan too, if its scope stays the same."""
    if not followed:
        return 0
    names = {one.name: one.scope for at, one in enumerate(before.policies) if followed >> at & 1}
    return sum(
        1 << at
        for at, one in enumerate(plan.policies)
        if one.scope.follows and names.get(one.name) == one.scope
    )


def lineage(process: Process, known: Processes) -> Iterator[Process]:
    """The process, its parent, and so on, as far as they are known."""
    seen: set[tuple[int, int]] = set()
    step: Process | None = process
    while step is not None and (step.pid, step.start) not in seen:
        yield step
        seen.add((step.pid, step.start))
        step = known.get((step.parent, step.parent_start))


def ancestors(process: Process, known: Processes) -> frozenset[int]:
    """Host pids, its own among them. A parent that nothing is known of has its number yet: some
    kernels hide process 1.
    """
    return frozenset(pid for one in lineage(process, known) for pid in (one.pid, one.parent))
