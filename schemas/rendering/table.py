# SPDX-License-Identifier: Apache-2.0
"""Events and findings as rows of the table."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from schemas.event import ARGUMENTS, Event, Reading, Shape
from schemas.rendering.columns import TASK_CELLS, Columns, escaped
from schemas.rendering.look import Look
from schemas.rendering.per_task import PerTask
from schemas.stream.decoder import FIXED, FLAGS, RETURNED, Decoder
from schemas.stream.messages import Container
from schemas.stream.values import text

_LEFT_OUT = ("env", "envp")  # an environment fills the screen; JSON has it
_SHORT = 12  # digits of a container's id, as docker ps shows them


class TableRows:
    """Rows of the records that `decoder` reads."""

    def __init__(self, decoder: Decoder, look: Look, columns: Columns) -> None:
        self._time_of = decoder.time_of
        self._offset = look.offset(decoder.hello)
        self._clock = clock(look)
        self.columns = columns
        self._task_of = PerTask(decoder, _task_cells).of
        self._types = {one: _Type(shape, look) for one, shape in decoder.shapes.items()}

    def line(self, values: Sequence[Any]) -> bytes:
        """The row of a record's values, with its end. Raises DamagedRecord."""
        form = self._types[values[0]]
        when = self._clock(self._time_of(values) + self._offset)
        task, container = self._task_of(values)
        if values[FLAGS] & ARGUMENTS:
            args = form.with_marks(values)
        else:
            args = ", ".join([f"{label}: {show(values[at])}" for label, show, at in form.shown])
        row = self.columns.row(when, task, values[RETURNED], form.name, container, escaped(args))
        return f"{row}\n".encode()


def named_row(
    event: Event, name: str, args: Mapping[str, Any], columns: Columns, look: Look
) -> str:
    """The row of what happened in `event`'s task under another name: a finding's."""
    when = clock(look)(event.timestamp + look.offset(event.hello))
    task, container = _task_cells(event)
    shown = ", ".join(f"{key}: {argument(value)}" for key, value in args.items())
    cells = (when, task, event.return_value, escaped(name), container, escaped(shown))
    return columns.row(*cells, alert=True)


class _Type:
    """What is worked out once for all events of one type."""

    __slots__ = ("name", "shown")

    def __init__(self, shape: Shape, look: Look) -> None:
        fields = shape.layout.fields
        readings = shape.readings(parsed=look.parsed)
        self.name = escaped(shape.layout.name)
        #: (name of the argument, what shows it, where it is among a record's values)
        self.shown = [
            (field.name, _show(reading), FIXED + at)
            for at, (field, reading) in enumerate(zip(fields, readings, strict=True))
            if field.name not in _LEFT_OUT
        ]

    def with_marks(self, values: Sequence[Any]) -> str:
        """The arguments of a record some of which were cut short: these end in `…`."""
        cut = values[FLAGS] & ARGUMENTS
        return ", ".join(
            f"{name}: {show(values[at])}{'…' * (cut >> at - FIXED & 1)}"
            for name, show, at in self.shown
        )


def _show(reading: Reading | None) -> Callable[[Any], str]:
    """From an argument as it came to the table's text."""
    if reading is None:
        return argument
    if reading is text:
        return lambda value: "" if value is None else text(value)
    return lambda value: "" if value is None else argument(reading(value))


def argument(value: Any) -> str:
    """A value as Go prints it: lists in brackets without commas, addresses as a map."""
    if type(value) is int or type(value) is str:
        return str(value)
    match value:
        case None:
            return ""
        case list():
            return f"[{' '.join(map(argument, value))}]"
        case dict():
            return f"map[{' '.join(f'{key}:{value[key]}' for key in sorted(value))}]"
        case bool():
            return "true" if value else "false"
    return str(value)


def _task_cells(event: Event) -> tuple[str, str]:
    """The cells that are the same for all events of a task, and that of CONTAINER."""
    task = event.task
    cells = TASK_CELLS.format(task.uid, escaped(text(task.comm)), task.pid, task.tid)
    return cells, _container(event.container)


def _container(container: Container | None) -> str:
    return escaped(container.id[:_SHORT]) if container else "host"


def clock(look: Look) -> Callable[[int], str]:
    """What shows ns as `17:03:59:874600`: local time, or what has passed since the start."""
    if look.time == "none":
        return lambda _time: ""
    time_of = time.gmtime if look.time == "relative" else time.localtime

    @lru_cache(maxsize=64)
    def second(seconds: int) -> str:
        return time.strftime("%H:%M:%S", time_of(seconds))

    def show(nanoseconds: int) -> str:
        seconds, rest = divmod(nanoseconds, 1_000_000_000)
        return f"{second(seconds)}:{rest // 1000:06}"

    return show
