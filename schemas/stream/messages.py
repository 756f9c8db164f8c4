# SPDX-License-Identifier: Apache-2.0
"""What a stream carries besides events: Hello, context, Lost and Bye."""

import struct

import msgspec

MAGIC = "pytracee"
FORMAT = (1, 0)  # (major, minor): another major is refused, another minor is read by field name
MAX_BODY = 16 << 20  # bytes; a longer message is damage

BATCH_TAG = 0xDD  # msgpack array 32: the first byte of a batch, and of no other message
_FRAME = struct.Struct(">BI")
_UINT32 = 0xCE


class FieldLayout(msgspec.Struct, array_like=True, frozen=True):
    name: str
    type: str
    kind: int
    parser: str | None = None


class Layout(msgspec.Struct, array_like=True, frozen=True):
    """One event as this stream writes it."""

    id: int
    name: str
    fields: tuple[FieldLayout, ...]
    sets: tuple[str, ...] = ()


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, omit_defaults=True):
    """A message that is not a batch: a map whose "type" is the class's name in lower case."""


class Hello(Message, frozen=True, omit_defaults=False):
    """What a reader must know first. A later Hello replaces it.

    `clock_offset` + a record's timestamp = ns since the epoch; `started` is when the collector
    began, in the records' time. `shown` and `for_signatures` give
    for an event's name the bitmap of policies that asked for it, `signatures` for a signature's
    event name; None: nobody chose, and all signatures are to judge.
    """

    version: tuple[int, int]
    catalogue: str
    context: list[tuple[str, str]]
    layouts: list[Layout]
    machine: str
    kernel: str
    host: str
    clock_offset: int
    collector: str
    magic: str = MAGIC
    clock: str = "boottime"
    generation: int = 0
    policies: tuple[str, ...] = ()
    shown: dict[str, int] = {}
    for_signatures: dict[str, int] = {}
    signatures: dict[str, int] | None = None
    started: int = 0
    unavailable: dict[str, str] = {}  # event name → why this kernel cannot give it


class Process(Message, frozen=True):
    """A process became known, or runs another program. Named by (pid, start).

    `since`: when it began with that program, in the records' time: what it did before is told
    later. 0: as far back as anything is told.
    """

    pid: int
    start: int  # ns since boot, of the process's first thread
    parent: int  # host pid
    parent_start: int
    executable: bytes = b""
    cgroup: int = 0
    since: int = 0


class Exit(Message, frozen=True):
    """A process ended: its name may be forgotten once its last events are through."""

    pid: int
    start: int


class Container(Message, frozen=True):
    """A control group that belongs to a container."""

    cgroup: int
    id: str
    runtime: str = ""
    removed: bool = False


class Lost(Message, frozen=True):
    """Records that did not come through since the last such message.

    where: "ring" (the kernel had no room, or left out a program that was at work on that processor
    already, which may have been a record: lost), "context" (the same, of what tells processes and
    containers) or "output" (we had none: dropped; our collector says that in Bye).
    """

    where: str
    events: dict[str, int]


class Bye(Message, frozen=True):
    """The end of the stream, and what it held. A stream without it was cut."""

    events: int
    lost: int
    dropped: int = 0


Context = Process | Exit | Container
Other = Hello | Process | Exit | Container | Lost | Bye

_encode = msgspec.msgpack.Encoder().encode


def frame(body: bytes) -> bytes:
    """`body` as it stands in the stream: its length before it."""
    return _FRAME.pack(_UINT32, len(body)) + body


def encode(message: Message) -> bytes:
    """One message, framed."""
    return frame(_encode(message))
