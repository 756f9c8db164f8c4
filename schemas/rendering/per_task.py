# SPDX-License-Identifier: Apache-2.0
"""What is rendered once for a task, and not for each of its events."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from schemas.event import ARGUMENTS, Event
from schemas.stream.decoder import CONTEXT, FLAGS, TIMESTAMP, Decoder
from schemas.stream.messages import Container, Process

_TASK_FLAGS = ~ARGUMENTS
_LIMIT = 1 << 14  # contexts that are remembered

_T = TypeVar("_T")


class PerTask(Generic[_T]):
    """Renderings by the bytes of a record's context, as long as what was joined to it holds."""

    def __init__(self, decoder: Decoder, render: Callable[[Event], _T]) -> None:
        self._decoder = decoder
        self._render = render
        self._processes = decoder.joiner.processes
        self._containers = decoder.joiner.containers
        self._known: dict[bytes, _Known[_T]] = {}

    def of(self, values: Sequence[Any]) -> _T:
        """Of a record's values. Raises DamagedRecord."""
        known = self._known.get(values[CONTEXT])
        if known is not None:
            rendered, flags, process, key, container, cgroup = known
            if (
                flags == values[FLAGS] & _TASK_FLAGS
                and self._processes.get(key) is process
                and (process is None or process.since <= values[TIMESTAMP])
                and self._containers.get(cgroup) is container
            ):
                return rendered
        return self._remember(values)

    def _remember(self, values: Sequence[Any]) -> _T:
        event = self._decoder.event_of(values)
        task = event.task
        if len(self._known) >= _LIMIT:
            self._known.clear()
        rendered = self._render(event)
        self._known[values[CONTEXT]] = (
            rendered,
            values[FLAGS] & _TASK_FLAGS,
            event.process,
            (task.host_pid, task.process_start_time),
            event.container,
            task.cgroup_id,
        )
        return rendered


_Known = tuple[_T, int, Process | None, tuple[int, int], Container | None, int]
