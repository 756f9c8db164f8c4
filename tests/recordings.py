# SPDX-License-Identifier: Apache-2.0
"""Streams made by hand, in the form that the collector and the kernel write."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from schemas.event_type import EventType
from schemas.events import BY_NAME, CATALOGUE, digest
from schemas.rendering.columns import Columns
from schemas.rendering.look import Look
from schemas.rendering.table import TableRows
from schemas.stream import encoder
from schemas.stream.messages import FORMAT, Bye, FieldLayout, Hello, Layout, encode
from schemas.stream.parser import Batch
from schemas.task import CONTEXT, Task

batch = encoder.batch

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
    return encoder.record(
        BY_NAME[name],
        args or {},
        task,
        timestamp=timestamp,
        policies=policies,
        returned=returned,
        flags=flags,
    )


def rows(batch: Batch) -> list[str]:
    """The records as rows of the table."""
    made = TableRows(batch.decoder, Look(), Columns())
    return [made.line(batch.decoder.values(one)).decode()[:-1] for one in batch.records]


def recording(
    records: Iterable[bytes], greeting: Hello | None = None, batch_size: int = 256
) -> bytes:
    """A whole stream: Hello, the records in batches, Bye."""
    parts = list(records)
    batches = (batch(parts[at : at + batch_size]) for at in range(0, len(parts), batch_size))
    return b"".join([encode(greeting or hello()), *batches, encode(Bye(events=len(parts), lost=0))])
