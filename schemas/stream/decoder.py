# SPDX-License-Identifier: Apache-2.0
"""From records to events, by the layouts of the stream's own Hello.

A record is `[id, timestamp, return, policies, generation, flags, context, arguments…, pad]`,
msgpack with fixed widths, so that the id lies at a fixed place and an event that nobody asked for
is never decoded.
"""

import struct
from collections.abc import Callable
from typing import Any

import msgspec

from schemas.event import Event, Shape
from schemas.flags import parsers
from schemas.stream.joiner import Joiner
from schemas.stream.messages import Hello, Layout
from schemas.task import unpacker

#: where the id's two bytes lie: `dc nn nn` (array 16), `cd` (uint 16), id
ID_OFFSET = 4
RETURNED, FLAGS, CONTEXT = 2, 5, 6  # where they are among a record's values
FIXED = 7  # values before the arguments

_id_at = struct.Struct(">H").unpack_from
_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_values: Callable[[msgspec.Raw], list[Any]] = msgspec.msgpack.Decoder(list[Any]).decode


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

    def split(self, body: bytes) -> list[msgspec.Raw]:
        """The records of a batch's body. Raises msgspec.DecodeError."""
        return _split(body)

    @staticmethod
    def event_id(record: msgspec.Raw) -> int:
        """The event's id. Raises struct.error for a record that is too short to have one."""
        found: int = _id_at(record, ID_OFFSET)[0]
        return found

    def event(self, record: msgspec.Raw) -> Event:
        """The event of a record, with its context.

        Raises ValueError if its bytes are not those of the layout, KeyError for an unknown id.
        """
        return self.event_of(self.values(record))

    @staticmethod
    def values(record: msgspec.Raw) -> list[Any]:
        """All values of a record, not decoded any further: enough to see whether it is needed.

        Raises msgspec.DecodeError.
        """
        return _values(record)

    def event_of(self, values: list[Any]) -> Event:
        """As `event`, for a record's values."""
        event_id, timestamp, returned, policies, generation, flags, context, *args = values
        args.pop()  # the pad, which swallows the next record's header in the ring
        shape = self.shapes[event_id]
        if len(args) != len(shape.layout.fields):
            raise ValueError(f"{shape.layout.name}: {len(args)} arguments, not those of its layout")
        for at, convert in shape.converters:
            if args[at] is not None:
                args[at] = convert(args[at])
        task = self.task(context)
        return Event(
            self.hello,
            shape,
            timestamp + self.hello.clock_offset,
            returned,
            policies,
            generation,
            flags,
            task,
            args,
            self.joiner.processes.get((task.host_pid, task.process_start_time)),
            self.joiner.containers.get(task.cgroup_id),
        )
