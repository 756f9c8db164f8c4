# SPDX-License-Identifier: Apache-2.0
"""One kept-alive HTTP/1.1 connection to OPA's unix socket.

Asking and taking the answer are two steps, so that several connections can be in flight while the
caller prepares the next batch.
"""

import http.client
import socket
from pathlib import Path

import msgspec

from detector.opa.check import Complaint

_BUFFER = 1 << 20  # bytes; a whole batch is handed over without waiting for OPA to read it


class Gone(Exception):
    """OPA went away: nothing is known about the question."""


class Refused(Exception):
    """OPA could not answer. `complaint` is its own first error, with a place if it has one."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint


class TimedOut(Exception):
    """The answer did not come in time. The connection is closed, which makes OPA give up."""


class _Error(msgspec.Struct):
    message: str = ""
    errors: list[Complaint] = []


class Connection(http.client.HTTPConnection):
    """`timeout` in seconds holds for each answer."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = str(path)

    def connect(self) -> None:
        """Called by the base class when it first has something to send."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def fileno(self) -> int:
        """For poll(2): readable when the answer is there, or OPA is gone. -1 if never asked."""
        return self.sock.fileno() if self.sock else -1

    def ask(self, path: str, body: bytes | None = None) -> None:
        """Send a question (a POST if it has a body). Raises Gone, TimedOut."""
        try:
            self.request("POST" if body else "GET", path, body)
        except TimeoutError:
            self.close()
            raise TimedOut from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone(str(error)) from None

    def answer(self) -> bytes:
        """The body of the answer to the last question. Raises Gone, Refused, TimedOut."""
        try:
            response = self.getresponse()
            body = response.read()
        except TimeoutError:
            self.close()
            raise TimedOut from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone(str(error) or type(error).__name__) from None
        if response.status != http.HTTPStatus.OK:
            raise Refused(_complaint(response.status, body))
        return body


def _complaint(status: int, body: bytes) -> Complaint:
    try:
        error = msgspec.json.decode(body, type=_Error)
    except msgspec.DecodeError:
        return Complaint(f"HTTP status {status}")
    return error.errors[0] if error.errors else Complaint(error.message or f"HTTP status {status}")
