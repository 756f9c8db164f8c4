# SPDX-License-Identifier: Apache-2.0
"""HTTP POST of each text to a URL.

The queue between us and the receiver is a spool on disk, and the sender is a process of its own:
whoever is slow, gone or killed, texts wait there, in order, up to a limit, and are sent when there
is somebody to receive them, if need be after our next start.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from pytracee.service.errors import OperatorError
from pytracee.sinks.sender import Settings
from pytracee.sinks.sink import Say
from pytracee.sinks.spool import InUse, Writer

_RESTARTS = 5  # of a sender that dies
_REST = 2.0  # seconds that a sender may need beside its own limits


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, and how. Times in seconds, `limit` of the spool in bytes."""

    url: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 10.0
    linger: float = 5.0
    spool: Path | None = None  # None: default_spool()
    limit: int = 256 << 20


def default_spool() -> Path:
    """The folder of all spools: root's, or the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/pytracee/spool")
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "pytracee/spool"


def checked_url(url: str) -> SplitResult:
    """Raises OperatorError for what is no http:// or https:// URL with a host."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or any(ord(char) < 33 or ord(char) > 126 for char in url):
        raise OperatorError(f"webhook {url}: not a URL: give http://HOST[:PORT]/PATH or https://…")
    return parts


class WebhookSink:
    """Texts to one URL. Starts the sender; `close` gives it `linger` seconds to finish."""

    def __init__(self, target: Target, program: str, say: Say) -> None:
        """Raises OperatorError for a wrong URL, or a spool that cannot be used."""
        parts = checked_url(target.url)
        self.name = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
        self._say = say
        self._wait_limit = target.linger + target.timeout + _REST
        folder = (target.spool or default_spool()) / _folder_name(target.url)
        self._spool = _writer(folder, target.limit, self.name)
        self._settings = Settings(
            program=program,
            url=target.url,
            shown=self.name,
            headers={"Content-Type": target.content_type, **target.headers},
            timeout=target.timeout,
            linger=target.linger,
            spool=str(folder),
        )
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
                self._say(f"webhook {self.name}: the spool is full: what comes now is dropped")
            return
        try:
            self._ring()
        except BrokenPipeError:
            self._revive()

    def reopen(self) -> None:
        """Nothing to do: nobody but us moves the spool's files."""

    def close(self) -> None:
        if self.dropped:
            self._say(f"webhook {self.name}: dropped, for want of room: {self.dropped}")
        self._end()
        try:
            self._sender.wait(self._wait_limit)
        except subprocess.TimeoutExpired:
            self._sender.kill()
            self._sender.wait()
            self._say(f"webhook {self.name}: {self._settings.spool} keeps what was not sent")
        self._spool.close()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", "pytracee.sinks.sender"]
        # Not bound to our death: it sees the end of its input, and may still be sending.
        sender = subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0)
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
        self._say(f"webhook {self.name}: its sender ended with status {status}: {again}")
        self._sender = self._start()


def _folder_name(url: str) -> str:
    """A spool for each URL; its name gives no secret away."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _writer(folder: Path, limit: int, name: str) -> Writer:
    try:
        return Writer(folder, limit)
    except InUse:
        raise OperatorError(
            f"webhook {name}: {folder} is in use by another process: give --webhook-spool DIR"
        ) from None
    except OSError as error:
        raise OperatorError(
            f"webhook {name}: {folder}: {error.strerror}: give --webhook-spool DIR"
        ) from None
