# SPDX-License-Identifier: Apache-2.0
"""Texts to a receiver over the network.

The queue between us and the receiver is a spool on disk, and the sender is a process of its own:
whoever is slow, gone or killed, texts wait there, in order, up to a limit, and are sent when there
is somebody to receive them, if need be after our next start.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pytracee.service.errors import OperatorError
from pytracee.sinks.forwarding import ForwardTo
from pytracee.sinks.post import PostTo
from pytracee.sinks.sender import Settings
from pytracee.sinks.sink import Say
from pytracee.sinks.spool import InUse, Writer

_RESTARTS = 5  # of a sender that dies
_REST = 2.0  # seconds that a sender may need beside its own limits


@dataclass(frozen=True, slots=True)
class SpoolPlace:
    """Where texts wait (None: `default_spool()`), how many bytes of them, and for how many seconds
    the sender goes on at the end.
    """

    folder: Path | None = None
    limit: int = 256 << 20
    linger: float = 5.0


def default_spool() -> Path:
    """The folder of all spools: root's, or the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/pytracee/spool")
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "pytracee/spool"


class Spooled:
    """Starts the sender; `close` gives it its time to finish."""

    def __init__(
        self, name: str, url: str, to: PostTo | ForwardTo, timeout: float, place: SpoolPlace,
        program: str, say: Say,
    ) -> None:  # fmt: skip
        """`name` has no secrets in it, as `url` may. Raises OperatorError for a wrong spool."""
        self.name = name
        self._say = say
        self._wait_limit = place.linger + timeout + _REST
        folder = (place.folder or default_spool()) / _folder_name(program, url)
        self._spool = _writer(folder, place.limit, name)
        self._settings = Settings(program, name, to, place.linger, str(folder))
        self._restarts = 0
        self._sender = self._start()

    @property
    def dropped(self) -> int:
        """Texts that the spool had no room for."""
        return self._spool.dropped

    def write(self, text: str | bytes, count: int = 1) -> None:
        """`count`: how many texts are in it, which are sent as one."""
        body = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
        if not self._spool.append(body, count):
            if self.dropped == count:
                self._say(f"{self.name}: the spool is full: what comes now is dropped")
            return
        try:
            self._ring()
        except BrokenPipeError:
            self._revive()

    def reopen(self) -> None:
        """Nothing to do: nobody but us moves the spool's files."""

    def close(self) -> None:
        if self.dropped:
            self._say(f"{self.name}: dropped, for want of room: {self.dropped}")
        self._end()
        try:
            self._sender.wait(self._wait_limit)
        except subprocess.TimeoutExpired:
            self._sender.kill()
            self._sender.wait()
            self._say(f"{self.name}: {self._settings.spool} keeps what was not sent")
        self._spool.close()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", "pytracee.sinks.sender"]
        # Not bound to our death nor to a terminal's Ctrl-C: it sees the end of its input, and may
        # still be sending.
        sender = subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0, process_group=0)
        assert sender.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            # By the pipe and not by arguments: headers are secrets.
            sender.stdin.write(msgspec.json.encode(self._settings) + b"\n")
        os.set_blocking(sender.stdin.fileno(), False)
        return sender

    def _ring(self) -> None:
        assert self._sender.stdin is not None
        with contextlib.suppress(BlockingIOError):  # it has enough to wake up for
            os.write(self._sender.stdin.fileno(), b"\n")

    def _end(self) -> None:
        assert self._sender.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._sender.stdin.close()

    def _revive(self) -> None:
        if self._restarts == _RESTARTS:
            return
        self._end()
        status = self._sender.wait()
        self._restarts += 1
        again = "started again" if self._restarts < _RESTARTS else "started for the last time"
        self._say(f"{self.name}: its sender ended with status {status}: {again}")
        self._sender = self._start()


def _folder_name(program: str, url: str) -> str:
    """A spool for each URL of each program; its name gives no secret away."""
    return hashlib.sha256(f"{program} {url}".encode()).hexdigest()[:16]


def _writer(folder: Path, limit: int, name: str) -> Writer:
    try:
        return Writer(folder, limit)
    except InUse:
        raise OperatorError(
            f"{name}: {folder} is in use by another process: give --webhook-spool DIR"
        ) from None
    except OSError as error:
        raise OperatorError(
            f"{name}: {folder}: {error.strerror}: give --webhook-spool DIR"
        ) from None
