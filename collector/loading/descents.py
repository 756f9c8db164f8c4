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

_PID = struct.Struct("<I")
_DESCENT = struct.Struct("<8Q")  # of each half: tree wanted, tree barred, executable, followed
Processes = Mapping[tuple[int, int], Process]


class Descents:
    """The kernel's table of them."""

    def __init__(self, found: Map, halves: Halves) -> None:
        self._map = found
        self._halves = halves

    def fill(self, half: int, known: Processes, changed: Iterable[Context]) -> None:
        """Write what the plan in `half` asks of those processes that changed."""
        plan = self._halves.plans[half]
        if plan is None or not _asks(plan.scopes):
            return
        before = self._halves.plans[1 - half]
        for message in changed:
            match message:
                case Process():
                    self._write(half, plan, before, known, message)
                case Exit():
                    self._map.delete(_PID.pack(message.pid))

    def _write(
        self, half: int, plan: Plan, before: Plan | None, known: Processes, process: Process
    ) -> None:
        key = _PID.pack(process.pid)
        found = self._map.lookup(key)
        values = list(_DESCENT.unpack(found)) if found else [0] * 8
        wanted, barred = plan.scopes.of_tree(ancestors(process, known))
        program = text(process.executable) if process.executable else None
        executable = plan.scopes.of_executable(Subject(executable=program))
        followed = carried(values[7 - half], before, plan) if before else 0
        if self._halves.half == half:  # the kernel has begun to find whom the plan follows
            followed |= values[6 + half]
        values[half::2] = wanted, barred, executable, followed
        self._map.update(key, _DESCENT.pack(*values))


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
