# SPDX-License-Identifier: Apache-2.0
"""Where the stream goes. The collector's process never renders an event: an output takes the
stream's bytes as they are, and what shows events is a printer, a process of its own.
"""

import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from pytracee.service.errors import OperatorError

FORMATS = ("msgpack", "json", "table")
_PRINTER_ROOM = 64 << 20  # bytes that wait for a printer before events are dropped

Chunk = bytes | memoryview


class Gone(Exception):
    """Whoever read this output has closed it."""


class Output:
    """A file descriptor that takes the stream; writing blocks, and the ring is the queue."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.events = 0  # written
        self.dropped = 0  # events; always 0 where writing blocks

    def ready(self) -> bool:
        """Whether there is a reader. Records wait in the ring for one."""
        return True

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        """Write the parts, which hold `events` events. Raises Gone."""
        try:
            written = os.writev(self.fd, parts)
            total = sum(map(len, parts))
            if written < total:
                self._rest(b"".join(parts), written)
            self.events += events
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None

    def _rest(self, data: bytes, written: int) -> None:
        while written < len(data):
            written += os.write(self.fd, data[written:])

    def close(self) -> None:
        os.close(self.fd)


class Printer(Output):
    """A child that reads the stream from a socket and prints it; a slow one drops events."""

    def __init__(self, form: str, target: int) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "collector.printer", form]
        self.child = subprocess.Popen(
            command, stdin=theirs.fileno(), stdout=target, start_new_session=True
        )
        theirs.close()
        ours.setblocking(False)
        super().__init__(ours.detach())
        self._waiting: deque[bytes] = deque()
        self._room = _PRINTER_ROOM

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        data = b"".join(parts)
        if events and len(data) > self._room:
            self.dropped += events
        else:
            self._waiting.append(data)
            self.events += events
            self._room -= len(data)
        self.flush()

    def flush(self) -> None:
        """Hand over what the child takes now."""
        try:
            while self._waiting:
                data = self._waiting[0]
                written = os.write(self.fd, data)
                self._room += written
                if written < len(data):
                    self._waiting[0] = data[written:]
                else:
                    self._waiting.popleft()
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None

    def close(self) -> None:
        """Wait until the child has printed everything."""
        os.set_blocking(self.fd, True)
        with suppress(Gone):
            self.flush()
        super().close()
        self.child.wait()


class Listener(Output):
    """A unix socket that we listen on: one reader at a time, of our own user or root."""

    def __init__(self, path: Path) -> None:
        super().__init__(-1)
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX)
        _remove_stale(path)
        before = os.umask(0o177)  # the socket is 0600 from its first moment
        try:
            self._socket.bind(str(path))
        except OSError as error:
            raise OperatorError(f"--output msgpack:unix:{path}: {error.strerror}") from None
        finally:
            os.umask(before)
        self._socket.listen(1)
        self._socket.setblocking(False)

    def ready(self) -> bool:
        return self.fd >= 0

    def accept(self) -> int | None:
        """A reader's pid if one has come just now; it must be sent everything from the start."""
        if self.ready():
            return None
        try:
            peer, _ = self._socket.accept()
        except BlockingIOError:
            return None
        pid, uid = _peer(peer)
        if uid not in (0, os.geteuid()):
            peer.close()
            return None
        peer.setblocking(True)
        self.fd = peer.detach()
        return pid

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        if not self.ready():
            self.dropped += events
            return
        try:
            super().write(parts, events)
        except Gone:
            os.close(self.fd)
            self.fd = -1
            self.dropped += events

    def close(self) -> None:
        if self.ready():
            super().close()
        self._socket.close()
        self.path.unlink(missing_ok=True)


def _peer(connection: socket.socket) -> tuple[int, int]:
    """(pid, uid) of the other end (man 7 unix, SO_PEERCRED)."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    pid, uid = (int.from_bytes(credentials[at : at + 4], "little") for at in (0, 4))
    return pid, uid


def _remove_stale(path: Path) -> None:
    """A socket that nobody listens on is left over; anything else is not ours to remove."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        except OSError:
            pass


def named(texts: Sequence[str], record: Sequence[Path]) -> list[str]:
    """The outputs that `--output FORMAT[:DESTINATION]` and `--record FILE` name, each once.

    None named: the stream on a pipe or file, the table on a terminal. Raises OperatorError.
    """
    if not texts and not record:
        texts = ["table" if os.isatty(1) else "msgpack"]
    found = list(dict.fromkeys([*texts, *(f"msgpack:{path}" for path in record)]))
    complaints = [complaint for text in found if (complaint := _complaint(text))]
    if complaints:
        raise OperatorError(*complaints)
    return found


def _complaint(text: str) -> str:
    form, _, destination = text.partition(":")
    if form not in FORMATS:
        like = get_close_matches(form, FORMATS, n=1)
        hint = f": did you mean {like[0]}?" if like else ""
        return f"--output {text}: no such format{hint} (there are {', '.join(FORMATS)})"
    if destination.startswith("unix:") and form != "msgpack":
        return f"--output {text}: a socket carries the stream: --output msgpack:{destination}"
    return ""


def open_output(text: str) -> Output:
    """One that `named` gave. Raises OperatorError where it cannot be opened."""
    form, _, destination = text.partition(":")
    return _open(form, destination)


def _open(form: str, destination: str) -> Output:
    if form == "msgpack" and destination.startswith("unix:"):
        return Listener(Path(destination.removeprefix("unix:")))
    target = 1 if destination in ("", "stdout", "-") else _create(destination)
    if form != "msgpack":
        return Printer(form, target)
    if os.isatty(target):
        raise OperatorError(
            "--output msgpack: a terminal cannot show the stream: pipe it into detector, "
            "or use --output table"
        )
    return Output(target)


def _create(destination: str) -> int:
    try:
        return os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OperatorError(f"{destination}: {error.strerror}: name a file you may write") from None
