# SPDX-License-Identifier: Apache-2.0
"""Records that are made here and not by a kernel program, in the form that bpf/record.h gives them:
fixed widths, the arguments in the catalogue's order, a pad last.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.event_type import EventType
from schemas.kinds import Kind
from schemas.stream.messages import BATCH_TAG, frame
from schemas.stream.values import WIRE
from schemas.task import Task, packed

_HEAD = struct.Struct(">BHBHBQBqBQBHBQ")
_NUMBERS = {
    Kind.I32: struct.Struct(">Bi"),
    Kind.U32: struct.Struct(">BI"),
    Kind.I64: struct.Struct(">Bq"),
    **dict.fromkeys((Kind.U64, Kind.POINTER), struct.Struct(">BQ")),
}
_TAGS = {Kind.I32: 0xD2, Kind.U32: 0xCE, Kind.I64: 0xD3, Kind.U64: 0xCF, Kind.POINTER: 0xCF}
_NIL, _FALSE, _TRUE = b"\xc0", b"\xc2", b"\xc3"
_BIN8, _BIN16, _BIN32 = 0xC4, 0xC5, 0xC6
_BIN16_MAX = (1 << 16) - 1


def record(
    event: EventType,
    args: Mapping[str, Any],
    task: Task,
    *,
    timestamp: int,
    policies: int,
    returned: int = 0,
    flags: int = 0,
    generation: int = 0,
) -> bytes:
    """A record of `event` in `task`. `args`: field → value as events have it, or its bytes on the
    wire; None, or no entry: could not be read. `timestamp`: ns since boot.
    """
    context = packed(task)
    fields = event.fields
    parts = [
        _HEAD.pack(0xDC, 8 + len(fields), 0xCD, event.id, 0xCF, timestamp, 0xD3, returned, 0xCF,
                   policies, 0xCD, generation, 0xCF, flags),
        bytes((_BIN8, len(context))),
        context,
        *(_argument(field.kind, args.get(field.name)) for field in fields),
    ]  # fmt: skip
    body = b"".join(parts)
    pad = -(len(body) + 2) % 8 + 8
    return body + bytes((_BIN8, pad)) + bytes(pad)


def batch(records: Iterable[bytes]) -> bytes:
    """Records as one framed message."""
    parts: Sequence[bytes] = list(records)
    return frame(struct.pack(">BI", BATCH_TAG, len(parts)) + b"".join(parts))


def _argument(kind: Kind, value: Any) -> bytes:
    if value is None:
        return _NIL
    if kind is Kind.BOOL:
        return _TRUE if value else _FALSE
    if kind in _NUMBERS:
        return _NUMBERS[kind].pack(_TAGS[kind], value)
    data = value if isinstance(value, bytes) else WIRE[kind](value)
    if len(data) > _BIN16_MAX:
        return struct.pack(">BI", _BIN32, len(data)) + data
    return struct.pack(">BH", _BIN16, len(data)) + data
