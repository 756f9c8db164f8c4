# SPDX-License-Identifier: Apache-2.0
"""From records to events, by the layouts of the stream's own Hello.

A record is `[id, timestamp, return, policies, generation, flags, context, arguments…, pad]`,
msgpack with fixed widths, so that the id lies at a fixed place and an event that nobody asked for
is never decoded.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import GenericAlias
from typing import Any

import msgspec

from schemas.event import BEFORE_EXEC, Event, Shape
from schemas.flags import parsers
from schemas.kinds import WIRE_TYPE
from schemas.stream.joiner import Joiner
from schemas.stream.messages import Hello, Layout
from schemas.task import unpacker

#: where the id's two bytes lie: `dc nn nn` (array 16), `cd` (uint 16), id
ID_OFFSET = 4
TIMESTAMP, RETURNED, POLICIES, FLAGS, CONTEXT = (
    1,
    2,
    3,
    5,
    6,
)  # where they are among a record's values
FIXED = 7  # values before the arguments
_HEAD = (int, int, int, int, int, int, bytes)
_PAD = bytes

_id_at = struct.Struct(">H").unpack_from
_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_LATEST = 1 << 63  # ns since the epoch: what JSON and clocks can take


class DamagedRecord(ValueError):
    """A record whose bytes are not those of its layout. Others of its batch may be whole."""


class Decoder:
    """Decodes the records that follow one Hello."""

    def __init__(self, hello: Hello, joiner: Joiner) -> None:
        """Raises ValueError for a Hello whose layouts cannot be read."""
        self.hello = hello
        self.layouts: dict[int, Layout] = {layout.id: layout for layout in hello.layouts}
        self.joiner = joiner
        named = parsers(hello.machine)
        self.task = unpacker(hello.context)
        self.shapes = {layout.id: Shape(layout, named) for layout in hello.layouts}
        self._read = {layout.id: _reader(layout) for layout in hello.layouts}

    def split(self, body: bytes) -> list[msgspec.Raw]:
        """The records of a batch's body. Raises msgspec.DecodeError."""
        return _split(body)

    @staticmethod
    def event_id(record: msgspec.Raw) -> int:
        """The event's id. Raises DamagedRecord for one that is too short to have one."""
        try:
            found: int = _id_at(record, ID_OFFSET)[0]
        except struct.error:
            raise DamagedRecord("it is too short") from None
        return found

    def event(self, record: msgspec.Raw) -> Event:
        """The event of a record, with its context. Raises DamagedRecord."""
        return self.event_of(self.values(record))

    def values(self, record: msgspec.Raw) -> Sequence[Any]:
        """All values of a record, not decoded any further: enough to see whether it is needed.

        Their number and types are those of the layout. Raises DamagedRecord.
        """
        event_id = self.event_id(record)
        read = self._read.get(event_id)
        if read is None:
            raise DamagedRecord(f"no event of this stream has the id {event_id}")
        try:
            values = read(record)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise DamagedRecord(f"{self.layouts[event_id].name}: {error}") from None
        if values[0] != event_id:
            raise DamagedRecord(f"{self.layouts[event_id].name}: its id is not in its place")
        return values

    def time_of(self, values: Sequence[Any]) -> int:
        """When it happened, in ns since the epoch. Raises DamagedRecord."""
        time: int = values[TIMESTAMP] + self.hello.clock_offset
        if not 0 <= time < _LATEST:
            raise DamagedRecord(f"{self.layouts[values[0]].name}: its time is {time}")
        return time

    def event_of(self, values: Sequence[Any]) -> Event:
        """As `event`, for a record's values."""
        event_id, time, returned, policies, generation, flags, context, *args = values
        pad = args.pop()  # it swallows the next record's header in the ring
        shape = self.shapes[event_id]
        try:
            task = self.task(context)
        except struct.error as error:
            raise DamagedRecord(f"{shape.layout.name}: its context: {error}") from None
        event = Event(
            self.hello,
            shape,
            self.time_of(values),
            returned,
            policies,
            generation,
            flags,
            task,
            args,
            self.joiner.process(
                (task.host_pid, task.process_start_time),
                time,
                before_exec=bool(flags & BEFORE_EXEC),
            ),
            self.joiner.containers.get(task.cgroup_id),
            self.joiner,
            wire=True,
        )
        event.stack = stack_in(pad)
        return event


def event_ids(body: memoryview, places: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Of whole records in a row; `places`: where each begins, and the next one."""
    return (_id_at(body, at + ID_OFFSET)[0] for at, _ in places)


def stack_in(pad: bytes) -> tuple[int, ...] | None:
    """The task's stack stands before what fills a record up, which is less than two words."""
    count = len(pad) // 8 - 1
    return struct.unpack_from(f"<{count}Q", pad) if count > 0 else None


def _reader(layout: Layout) -> Callable[[msgspec.Raw], Sequence[Any]]:
    """From a record to its values, checked; a kind unknown to this version may be anything."""
    types = [WIRE_TYPE.get(field.kind, object) for field in layout.fields]
    return msgspec.msgpack.Decoder(GenericAlias(tuple, (*_HEAD, *types, _PAD))).decode
