# SPDX-License-Identifier: Apache-2.0
"""Which control groups are containers', and in whose scope: `containers` of bpf/maps.h."""

import enum
import struct

from collector.choosing.subject import Subject
from collector.loading.halves import Halves
from collector.loading.libbpf import Map
from collector.loading.plan import Plan
from collector.loading.scopes import ALL

_GROUP = struct.Struct("<Q")
_CONTAINER = struct.Struct("<QQBB6x")  # policies in either half, state, unresolved
_NAMES = ("container_image", "container_name", "pod_name", "pod_namespace", "pod_uid")


class State(enum.IntEnum):
    """enum container_state."""

    CREATED = 1
    STARTED = 2


class Containers:
    """The kernel's table of them. What changes in it is to be followed by `judge_again`."""

    def __init__(self, found: Map, halves: Halves) -> None:
        self._map = found
        self._halves = halves
        self._known: dict[int, Subject] = {}

    def add(self, cgroup: int, container: Subject, state: State) -> None:
        self._known[cgroup] = container
        self._write(cgroup, container, state)
        self._halves.know_containers(len(self._known))

    def start(self, cgroup: int) -> None:
        """Its own program runs; the kernel marks that by itself where it knew of the container."""
        if (container := self._known.get(cgroup)) is not None:
            self._write(cgroup, container, State.STARTED)

    def remove(self, cgroup: int) -> None:
        """It is gone, or no container's."""
        self._map.delete(_GROUP.pack(cgroup))
        self._known.pop(cgroup, None)

    def fill(self) -> None:
        """Write anew in whose scope they are; the kernel may have changed their states."""
        for cgroup, container in self._known.items():
            found = self._map.lookup(_GROUP.pack(cgroup))
            if found:
                self._write(cgroup, container, State(_CONTAINER.unpack(found)[2]))

    def _write(self, cgroup: int, container: Subject, state: State) -> None:
        plans = self._halves.plans
        policies = [_policies(plan, container) for plan in plans]
        unresolved = any(_unresolved(plan, container) for plan in plans)
        self._map.update(_GROUP.pack(cgroup), _CONTAINER.pack(*policies, state, unresolved))


def _unresolved(plan: Plan | None, container: Subject) -> bool:
    """Whether more must become known of it; until then user space decides of its events."""
    unknown = any(getattr(container, name) is None for name in _NAMES)
    return plan is not None and unknown and plan.scopes.depends_on_names()


def _policies(plan: Plan | None, container: Subject) -> int:
    if plan is None or _unresolved(plan, container):
        return ALL
    return plan.scopes.of_container(container)
