# SPDX-License-Identifier: Apache-2.0
"""Makes records of the collector's own events, for the policies that ask for them."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from collector.made.machine import init_namespaces, own_task, tracee_info
from schemas.event_type import EventType
from schemas.events import BY_NAME
from schemas.stream.encoder import record
from schemas.stream.messages import Container
from schemas.task import Task


class Teller:
    """Gives records; none where nobody asks."""

    def __init__(self, asked: Mapping[EventType, int], hierarchy: Path | None) -> None:
        """`asked`: event → bitmap of policies. `hierarchy`: where control groups are mounted."""
        self._asked = {event.name: policies for event, policies in asked.items()}
        self._hierarchy = hierarchy
        self._groups = defaultdict[str, set[int]](set)  # container → its control groups

    def begin(self, paths: Mapping[int, str], containers: Iterable[Container]) -> list[bytes]:
        """What there is at the start. `paths`: control group → its path below the hierarchy."""
        task = own_task()
        made = [
            *self._record("tracee_info", task, tracee_info),
            *self._record("init_namespaces", task, init_namespaces),
        ]
        for container in containers:
            made += self._came("existing_container", container, paths)
        return made

    def learn(self, paths: Mapping[int, str], containers: Iterable[Container]) -> list[bytes]:
        """Containers that came and went."""
        made: list[bytes] = []
        for container in containers:
            if container.removed:
                made += self._went(container)
            else:
                made += self._came("container_create", container, paths)
        return made

    def _came(self, event: str, container: Container, paths: Mapping[int, str]) -> list[bytes]:
        """A container has control groups below its own, which are no containers."""
        groups = self._groups[container.id]
        known = bool(groups)
        groups.add(container.cgroup)
        if known:
            return []
        path = paths.get(container.cgroup, "")
        return self._record(
            event,
            Task(cgroup_id=container.cgroup),
            lambda: _identity(container) | {"ctime": self._made_at(path)},
        )

    def _went(self, container: Container) -> list[bytes]:
        groups = self._groups[container.id]
        groups.discard(container.cgroup)
        if groups:
            return []
        del self._groups[container.id]
        task = Task(cgroup_id=container.cgroup)
        return self._record("container_remove", task, lambda: _identity(container))

    def _made_at(self, path: str) -> int | None:
        """When a control group was made, ns since the epoch; None where it is gone already."""
        if self._hierarchy is None:
            return None
        try:
            return os.stat(f"{self._hierarchy}{path}").st_ctime_ns
        except OSError:
            return None

    def _record(self, event: str, task: Task, values: Callable[[], dict[str, Any]]) -> list[bytes]:
        policies = self._asked.get(event)
        if not policies:
            return []
        now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return [record(BY_NAME[event], values(), task, timestamp=now, policies=policies)]


def _identity(container: Container) -> dict[str, Any]:
    return {"runtime": container.runtime, "container_id": container.id}
