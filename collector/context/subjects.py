# SPDX-License-Identifier: Apache-2.0
"""From an event and what is known besides to whom a scope can be asked about."""

from collector.choosing.subject import Subject
from collector.loading.descents import ancestors
from schemas.event import Event
from schemas.stream.joiner import Joiner
from schemas.stream.messages import Container
from schemas.stream.values import text


def standing(container: Container, *, new: bool = False) -> Subject:
    """A container, as far as scopes can ask about it; `new`: it began after the collector did."""
    return Subject(container_id=container.id, container_new=new)


class Subjects:
    """Whom events are of."""

    def __init__(self, known: Joiner, began: int) -> None:
        """`began`: when the collector did, in ns since boot."""
        self._known = known
        self._began = began
        self._new: set[int] = set()  # control groups of containers that began after it

    def note_new(self, cgroup: int) -> None:
        self._new.add(cgroup)

    def of(self, event: Event) -> Subject:
        task, process, container = event.task, event.process, event.container
        return Subject(
            pid=task.host_pid,
            tid=task.host_tid,
            uid=task.uid,
            mntns=task.mnt_ns,
            pidns=task.pid_ns,
            comm=text(task.comm),
            uts=text(task.uts_name),
            executable=text(process.executable) if process and process.executable else None,
            ancestors=ancestors(process, self._known.processes) if process else frozenset(),
            pid_new=task.process_start_time > self._began,
            container_id=container.id if container else None,
            container_new=task.cgroup_id in self._new,
        )
