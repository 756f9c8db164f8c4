# SPDX-License-Identifier: Apache-2.0
"""An event as a row of the table."""

import time
from collections.abc import Mapping
from typing import Any

from schemas.event import Event
from schemas.stream.values import text

_ROW = "{:<16} {:<6} {:<16} {:<7} {:<7} {:<16} {:<20} {}"
HEADER = _ROW.format("TIME", "UID", "COMM", "PID", "TID", "RET", "EVENT", "ARGS")

_LEFT_OUT = ("env", "envp")  # an environment fills the screen; JSON has it

#: control characters as their escapes: a file's name must not move the reader's cursor
_ESCAPES = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160))}


def escaped(value: str) -> str:
    """Text that is safe on a terminal."""
    return value.translate(_ESCAPES)


def clock(timestamp: int) -> str:
    """`17:03:59:874600`, local time, of ns since the epoch."""
    seconds, rest = divmod(timestamp, 1_000_000_000)
    return f"{time.strftime('%H:%M:%S', time.localtime(seconds))}:{rest // 1000:06}"


def argument(value: Any) -> str:
    """A value as Go prints it: lists in brackets without commas, addresses as a map."""
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


def row(event: Event) -> str:
    """TIME UID COMM PID TID RET EVENT ARGS, on one line."""
    fields = zip(event.layout.fields, event.args, strict=True)
    shown = {field.name: arg for field, arg in fields if field.name not in _LEFT_OUT}
    return named_row(event, event.name, shown)


def named_row(event: Event, name: str, args: Mapping[str, Any]) -> str:
    """The row of what happened in `event`'s task under another name: a finding's."""
    task = event.task
    shown = ", ".join(f"{key}: {argument(value)}" for key, value in args.items())
    cells = (clock(event.timestamp), task.uid, text(task.comm), task.pid, task.tid)
    return escaped(_ROW.format(*cells, event.return_value, name, shown)).rstrip()
