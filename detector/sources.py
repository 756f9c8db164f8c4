# SPDX-License-Identifier: Apache-2.0
"""Where the stream comes from: standard input, a recording or the collector's socket."""

import os
import select
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from detector.inputs.form import InputItem, Reader
from detector.stop import Stop
from pytracee.service.errors import OperatorError
from pytracee.service.opener import OPENER
from pytracee.service.peer import is_trusted, peer_of

STDIN = "-"
_UNIX = "unix:"
_CHUNK = 1 << 18
IDLE = 0.01  # seconds without bytes after which whatever waits is judged


class Source:
    """An open stream. `live`: it may pause, and more comes later.

    `on_read` is called with the number of bytes whenever some were read and dealt with.
    """

    def __init__(self, name: str, fd: int) -> None:
        self.name = name
        self.fd = fd
        self.live = not stat.S_ISREG(os.fstat(fd).st_mode)
        self.on_read: Callable[[int], None] | None = None

    def close(self) -> None:
        os.close(self.fd)


def check(name: str) -> None:
    """Complain now of what cannot be opened, not in the middle of a run. Raises OperatorError.

    Opens only what it may open twice: a FIFO's writer would see its reader go.
    """
    path = Path(name)
    is_file = path.is_file() or not path.exists()
    if name == STDIN or (is_file and not name.startswith(_UNIX)):
        open_source(name).close()


def open_source(name: str) -> Source:
    """`-`, `unix:PATH` or a file. Raises OperatorError."""
    if name == STDIN:
        return _stdin()
    if name.startswith(_UNIX):
        return _connect(name)
    try:
        return Source(name, _open(name))
    except OSError as error:
        raise OperatorError(
            f"{name}: {error.strerror}: name a file of `collector --record`"
        ) from None


def _open(name: str) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:  # not any more, after root was given up
        return OPENER.open(name)


def _stdin() -> Source:
    if sys.__stdin__ is None:
        raise OperatorError("standard input is closed: run `collector | detector`")
    if os.isatty(0):
        raise OperatorError(
            "nothing to read: standard input is a terminal. "
            "Run `collector | detector`, or name a recording: `detector FILE`"
        )
    return Source("stdin", os.dup(0))


def _connect(name: str) -> Source:
    path = name.removeprefix(_UNIX)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        try:
            peer.connect(path)
        except PermissionError:  # not any more, after root was given up
            return Source(name, _opened(name))
        except OSError as error:
            raise OperatorError(
                f"{name}: {error.strerror or error}: "
                f"start `collector --output msgpack:{name}` before"
            ) from None
        _, uid = peer_of(peer)
        if not is_trusted(uid):
            raise OperatorError(f"{name}: served by user {uid}, neither root nor you: not trusted")
        return Source(name, peer.detach())


def _opened(name: str) -> int:
    try:
        return OPENER.open(name)
    except OSError as error:
        raise OperatorError(f"{name}: {error.strerror}: run it as who serves it") from None


def messages(source: Source, stop: Stop, busy: Callable[[], bool]) -> Iterator[InputItem | None]:
    """The messages of a stream, or its lines; None when nothing came for IDLE seconds while `busy`.

    Ends with the stream, or when `stop` has no time left. Raises StreamError where the stream is
    damaged or cut, OperatorError where it cannot be read.
    """
    reader = Reader()
    poll = select.poll()
    poll.register(source.fd, select.POLLIN)
    poll.register(stop.fd, select.POLLIN)
    while not (stop.asked and (not source.live or stop.left() == 0)):
        ready = {fd for fd, _ in poll.poll(_milliseconds(stop, busy))}
        if stop.fd in ready:
            stop.heard()
        if source.fd not in ready:
            yield None
        elif (data := _read(source)) is not None:
            yield from reader.feed(data)
            if not data:
                yield from reader.finish()
                return
            if source.on_read is not None:
                source.on_read(len(data))


def _milliseconds(stop: Stop, busy: Callable[[], bool]) -> float | None:
    seconds = IDLE if busy() else stop.left()
    return None if seconds is None else seconds * 1000


def _read(source: Source) -> bytes | None:
    """Bytes, b"" at the end, None if there were none after all."""
    try:
        return os.read(source.fd, _CHUNK)
    except BlockingIOError:
        return None
    except OSError as error:
        raise OperatorError(f"{source.name}: cannot be read: {error.strerror}") from None
