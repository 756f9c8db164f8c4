# SPDX-License-Identifier: Apache-2.0
"""What the processes of `--jobs` say to each other: tasks to a lane, replies from it.

A task's data is passed as a file in memory, so that who gives it waits for nobody.
"""

import enum
import os
import socket
import struct
from typing import NamedTuple

import msgspec

from detector.telling import Told
from detector.totals import Totals

TASK = struct.Struct(">BQQQ")  # what to do, position of the first event, offset, length
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
    what: int
    first: int
    offset: int
    data: bytes


def receive(connection: socket.socket) -> Task | None:
    """A task comes in one piece, with its data in a file in memory."""
    head, fds, _, _ = socket.recv_fds(connection, TASK.size, 1)
    if not head:
        return None
    what, first, offset, length = TASK.unpack(head)
    try:
        return Task(what, first, offset, os.pread(fds[0], length, 0))
    finally:
        os.close(fds[0])
