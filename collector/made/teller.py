# SPDX-License-Identifier: Apache-2.0
"""Makes records of the collector's own events, for the policies that ask for them."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from collector.made.libraries import Collision, Libraries, Library, Loaded
from collector.made.machine import init_namespaces, own_task, tracee_info
from schemas.event_type import EventType
from schemas.events import BY_NAME
from schemas.stream.encoder import record
from schemas.stream.messages import Container, Context, Exit, Process
from schemas.stream.values import text
from schemas.task import Task

_EVERY = (1 << 64) - 1  # policy


class Teller:
    """Hears what happens; `take` gives the records that were made of it."""

    def __init__(self, hierarchy: Path | None) -> None:
        """`hierarchy`: where control groups are mounted."""
        self._asked: dict[str, int] = {}
        self._before: frozenset[str] = frozenset()  # what the plan before asked for
        self._generation = 0
        self._hierarchy = hierarchy
        self._groups = defaultdict[str, set[int]](set)  # container → its control groups
        self._libraries = Libraries()
        self._made: list[bytes] = []

    def use(self, asked: Mapping[EventType, int], generation: int) -> None:
        """Another plan. `asked`: event → bitmap of policies."""
        self._before = frozenset(self._asked)
        self._asked = {event.name: policies for event, policies in asked.items()}
        self._generation = generation

    def take(self) -> list[bytes]:
        """The records since the last time."""
        made, self._made = self._made, []
        return made

    def begin(self, paths: Mapping[int, str], containers: Iterable[Container]) -> None:
        """What there is as a plan begins, if the one before did not ask for it.

        `paths`: control group → its path below the hierarchy.
        """
        task = own_task()
        self._make_first("tracee_info", task, tracee_info)
        self._make_first("init_namespaces", task, init_namespaces)
        told = set()
        for container in containers:
            self._groups[container.id].add(container.cgroup)
            if container.id not in told:
                told.add(container.id)
                self._make_first("existing_container", *self._found(container, paths))

    def learn(self, paths: Mapping[int, str], message: Context) -> None:
        """A container came or went; a process runs another program, or ended."""
        match message:
            case Container(removed=True):
                self._went(message)
            case Container():
                self._came(message, paths)
            case Process() | Exit():
                self._libraries.forget(message.pid, message.start)

    def load(self, loaded: Loaded) -> None:
        """A process loaded a shared object."""
        library, collisions = self._libraries.load(loaded)
        if library is None:
            return
        task = _task(loaded)
        self._make("symbols_loaded", task, lambda: _symbols(library), loaded.policies)
        for found in collisions:
            self._make("symbols_collision", task, partial(_both, found), loaded.policies)

    def _came(self, container: Container, paths: Mapping[int, str]) -> None:
        """A container has control groups below its own, which are no containers."""
        groups = self._groups[container.id]
        known = bool(groups)
        groups.add(container.cgroup)
        if not known:
            self._make("container_create", *self._found(container, paths))

    def _found(
        self, container: Container, paths: Mapping[int, str]
    ) -> tuple[Task, Callable[[], dict[str, Any]]]:
        path = paths.get(container.cgroup, "")
        task = Task(cgroup_id=container.cgroup)
        return task, lambda: _identity(container) | {"ctime": self._made_at(path)}

    def _went(self, container: Container) -> None:
        groups = self._groups[container.id]
        groups.discard(container.cgroup)
        if not groups:
            del self._groups[container.id]
            task = Task(cgroup_id=container.cgroup)
            self._make("container_remove", task, lambda: _identity(container))

    def _made_at(self, path: str) -> int | None:
        """When a control group was made, ns since the epoch; None where it is gone already."""
        if self._hierarchy is None:
            return None
        try:
            return os.stat(f"{self._hierarchy}{path}").st_ctime_ns
        except OSError:
            return None

    def _make_first(self, event: str, task: Task, values: Callable[[], dict[str, Any]]) -> None:
        if event not in self._before:
            self._make(event, task, values)

    def _make(
        self, event: str, task: Task, values: Callable[[], dict[str, Any]], policies: int = _EVERY
    ) -> None:
        policies &= self._asked.get(event, 0)
        if policies:
            now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            args = values()
            made = record(
                BY_NAME[event],
                args,
                task,
                timestamp=now,
                policies=policies,
                generation=self._generation,
            )
            self._made.append(made)


def _identity(container: Container) -> dict[str, Any]:
    return {"runtime": container.runtime, "container_id": container.id}


def _task(loaded: Loaded) -> Task:
    """What is known of the process by now."""
    try:
        name = Path(f"/proc/{loaded.pid}/comm").read_bytes().rstrip(b"\n")
    except OSError:
        name = b""
    return Task(
        start_time=loaded.start,
        process_start_time=loaded.start,
        cgroup_id=loaded.cgroup,
        host_pid=loaded.pid,
        host_tid=loaded.pid,
        pid=loaded.pid,
        tid=loaded.pid,
        comm=name,
    )


def _symbols(library: Library) -> dict[str, Any]:
    return {
        "library_path": library.path,
        "symbols": sorted(map(text, library.symbols)),
        "sha256": library.sha256,
    }


def _both(found: Collision) -> dict[str, Any]:
    return {
        "loaded_path": found.loaded.path,
        "collision_path": found.earlier.path,
        "symbols": found.symbols,
    }
