# SPDX-License-Identifier: Apache-2.0
"""A lane as the process that gives it work sees it: a child at the other end of a socket."""

import os
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from detector.inputs.recorded import Extent, in_memory
from detector.lane import Role, serve
from detector.notices import fail
from detector.opa.server import ServerFailed
from detector.outputs import Output
from detector.ruleset import Ruleset
from detector.tasks import REPLY, TASK, Reply
from pytracee.service.errors import OperatorError


@dataclass(slots=True, eq=False)
class Work:
    """What lanes were given together; it is done when all of them have replied."""

    lanes: "Sequence[LaneProcess]"
    replies: list[Reply] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return len(self.replies) == len(self.lanes)


@dataclass(slots=True, eq=False)
class LaneProcess:
    """`under_way`: what it was given and has not replied to, in order."""

    pid: int
    connection: socket.socket
    under_way: deque[Work] = field(default_factory=deque)

    def tell(self, what: int, data: Extent, first: int = 0, offset: int = 0) -> None:
        """A task, as detector.tasks has it. Waits for nobody to read the data."""
        head = TASK.pack(what, first, offset, data.at, data.size)
        try:
            socket.send_fds(self.connection, [head], [data.fd])
        except BrokenPipeError:
            raise self._ended() from None

    def take_reply(self) -> None:
        """To the oldest of its work. Waits for it."""
        [size] = REPLY.unpack(self._read(REPLY.size))
        reply = msgspec.msgpack.decode(self._read(size), type=Reply)
        self.under_way.popleft().replies.append(reply)

    def close(self) -> None:
        """Its input ends, and so does it."""
        self.connection.close()
        os.waitpid(self.pid, 0)

    def _read(self, size: int) -> bytes:
        try:
            data = self.connection.recv(size, socket.MSG_WAITALL)
        except ConnectionResetError:  # it ended with work unread
            raise self._ended() from None
        if len(data) < size:
            raise self._ended()
        return data

    def _ended(self) -> OperatorError:
        return OperatorError(
            f"--jobs: process {self.pid} ended before its work was done: "
            "look for its last words above and in the kernel's log, or run with --jobs 1"
        )


def share(lanes: Sequence[LaneProcess], what: int, data: bytes = b"") -> None:
    """Tell them all, with one copy of the data."""
    with in_memory(data) as extent:
        for lane in lanes:
            lane.tell(what, extent)


def fork(
    role: Role, ruleset: Ruleset, outputs: Sequence[Output], before: Sequence[LaneProcess]
) -> LaneProcess:
    """A child that judges by the signatures as they are loaded here. This process runs no OPA."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        theirs.close()
        return LaneProcess(pid, ours)
    status = 1
    try:
        for lane in before:
            lane.connection.close()  # or it would not see the end of its input
        ours.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; the other end decides
        serve(theirs, ruleset, role, outputs)
        status = 0
    except BrokenPipeError:
        pass  # who gave the work has ended, and nobody wants it any more
    except ServerFailed as error:
        fail(str(error))
    except Exception:
        traceback.print_exc()  # the last words that the other end sends people to
    finally:
        os._exit(status)
