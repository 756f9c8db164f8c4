# SPDX-License-Identifier: Apache-2.0
"""An event as a row of the table."""

import time
from typing import Any

from schemas.event import Event
from schemas.stream.values import text

_ROW = "{:<16} {:<6} {:<16} {:<7} {:<7} {:<16} {:<20} {}"
HEADER = _ROW.format("TIME", "UID", "COMM", "PID", "TID", "RET", "EVENT", "ARGS")

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
    task = event.task
    names = (field.name for field in event.layout.fields)
    args = ", ".join(
        f"{name}: {argument(value)}" for name, value in zip(names, event.args, strict=True)
    )
    return escaped(
        _ROW.format(
            clock(event.timestamp),
            task.uid,
            text(task.comm),
            task.pid,
            task.tid,
            event.return_value,
            event.name,
            args,
        )
    ).rstrip()
