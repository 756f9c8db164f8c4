# SPDX-License-Identifier: Apache-2.0
"""Streams made by hand, in the form that the collector and the kernel write."""

import struct
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from schemas.event_type import EventType
from schemas.events import BY_NAME, CATALOGUE, digest
from schemas.kinds import Kind
from schemas.stream.messages import FORMAT, Bye, FieldLayout, Hello, Layout, encode, frame
from schemas.task import CONTEXT, Task

_CONTEXT = struct.Struct("<" + "".join(code for _, code in CONTEXT))
_NUMBER = {Kind.I32: ">Bi", Kind.U32: ">BI", Kind.I64: ">Bq"}
_TAG = {Kind.I32: 0xD2, Kind.U32: 0xCE, Kind.I64: 0xD3}

TASK = Task(
    1_000,
    1_000,
    42,
    100,
    100,
    99,
    100,
    100,
    99,
    0,
    0,
    4026531841,
    4026531836,
    1,
    59,
    b"sh",
    b"testhost",
)


def layout(event: EventType) -> Layout:
    rows = (FieldLayout(f.name, f.type, int(f.kind), f.parser) for f in event.fields)
    return Layout(event.id, event.name, tuple(rows), event.sets)


def hello(events: Iterable[str] | None = None, **changes: Any) -> Hello:
    """A Hello for these events (names; None: the whole catalogue)."""
    chosen = CATALOGUE if events is None else [BY_NAME[name] for name in events]
    made = Hello(
        version=FORMAT,
        catalogue=digest(),
        context=list(CONTEXT),
        layouts=[layout(event) for event in chosen],
        machine="x86_64",
        kernel="6.1.0",
        host="testhost",
        clock_offset=1_662_531_910_000_000_000,  # 2022-09-07T06:25:10Z
        collector="0",
        policies=("default",),
    )
    return msgspec.structs.replace(made, **changes)


def _argument(kind: Kind, value: Any) -> bytes:
    if value is None:
        return b"\xc0"
    if kind is Kind.BOOL:
        return b"\xc3" if value else b"\xc2"
    if kind in _TAG:
        return struct.pack(_NUMBER[kind], _TAG[kind], value)
    if kind in (Kind.U64, Kind.POINTER):
        return struct.pack(">BQ", 0xCF, value)
    if kind is Kind.STRINGS:
        value = b"".join(part.encode() + b"\0" for part in value)
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">BH", 0xC5, len(data)) + data


def record(
    name: str,
    args: Mapping[str, Any] | None = None,
    *,
    timestamp: int = 0,
    returned: int = 0,
    policies: int = 1,
    flags: int = 0,
    task: Task = TASK,
) -> bytes:
    """A record of event `name`; arguments that are not given are nil."""
    event, given = BY_NAME[name], args or {}
    context = _CONTEXT.pack(*task)
    body = struct.pack(">BHBHBQBqBQBHBQ", 0xDC, 8 + len(event.fields), 0xCD, event.id, 0xCF,
                       timestamp, 0xD3, returned, 0xCF, policies, 0xCD, 0, 0xCF, flags)  # fmt: skip
    body += bytes([0xC4, len(context)]) + context
    body += b"".join(_argument(f.kind, given.get(f.name)) for f in event.fields)
    pad = -(len(body) + 2) % 8 + 8
    return body + bytes([0xC4, pad]) + bytes(pad)


def batch(records: Iterable[bytes]) -> bytes:
    """Records as one framed message."""
    parts = list(records)
    return frame(struct.pack(">BI", 0xDD, len(parts)) + b"".join(parts))


def recording(
    records: Iterable[bytes], greeting: Hello | None = None, batch_size: int = 256
) -> bytes:
    """A whole stream: Hello, the records in batches, Bye."""
    parts = list(records)
    batches = (batch(parts[at : at + batch_size]) for at in range(0, len(parts), batch_size))
    return b"".join([encode(greeting or hello()), *batches, encode(Bye(events=len(parts), lost=0))])
