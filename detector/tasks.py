# SPDX-License-Identifier: Apache-2.0
"""What the processes of `--jobs` say to each other: tasks to a lane, replies from it.

A task's data is passed as part of a file, the recording or one in memory, so that who gives it
waits for nobody.
"""

import enum
import os
import socket
import struct
from typing import NamedTuple

import msgspec

from detector.telling import Told
from detector.totals import Totals

TASK = struct.Struct(">BQQQQ")  # what to do, first event's position, offset, place in file, size
REPLY = struct.Struct(">I")  # length


class What(enum.IntEnum):
    """To do with the data of a task. Windows and ends are replied to."""

    BEGIN = 0  # another recording
    CONTEXT = 1  # of a window that is another lane's
    WINDOW = 2
    LAST = 3  # a window with which the recording ends
    END = 4  # all windows were given; the data is the recording's name
    THIN = 5  # what another lane left of a window, a Thin


class Reply(msgspec.Struct):
    """What became of a window. `totals` are those of it alone, `fault` ended the stream.

    `thin`: what the stateful signatures are to see of it, an encoded Thin.
    """

    findings: list[Told]
    totals: Totals
    errors: int
    fault: str = ""
    thin: bytes = b""


class Thin(msgspec.Struct, array_like=True):
    """A window without the events that the stateful signatures do not need.

    `parts` together are a stream. `positions` are those of its events, `messages` those of the
    first events of the window's messages.
    """

    parts: list[bytes]
    positions: list[int]
    messages: list[int]


def send(connection: socket.socket, reply: Reply) -> None:
    body = msgspec.msgpack.encode(reply)
    connection.sendall(REPLY.pack(len(body)) + body)


class Task(NamedTuple):
    """`data` are the `size` bytes from `offset` of the stream on, fewer if the file lost some."""

    what: int
    first: int
    offset: int
    size: int
    data: bytes


def receive(connection: socket.socket) -> Task | None:
    """A task comes in one piece, with the file of its data."""
    head, fds, _, _ = socket.recv_fds(connection, TASK.size, 1)
    if not head:
        return None
    what, first, offset, place, size = TASK.unpack(head)
    try:
        return Task(what, first, offset, size, os.pread(fds[0], size, place))
    finally:
        os.close(fds[0])
