# SPDX-License-Identifier: Apache-2.0
"""One HTTP POST after the other to one URL, and what became of each.

Connects to nobody but the host of the URL: no proxy of the environment, no redirect. A receiver
that is slow, endless or talks nonsense costs at most the time limit.
"""

import base64
import http.client
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from pytracee.sinks.delivery import Outcome, limit

_AGAIN = (408, 425, 429)  # besides 5xx: not the request's fault
_ENOUGH = 1 << 16  # bytes of an answer's body; with more to come the connection is not used again


class PostTo(msgspec.Struct, frozen=True, tag="post"):
    """Where to, and how."""

    url: str
    headers: dict[str, str]
    timeout: float  # seconds that one request may take


class Post:
    """For a program's main thread, as `limit` is."""

    def __init__(self, to: PostTo) -> None:
        self._url = urlsplit(to.url)
        self._headers = {**_credentials(self._url), **to.headers}
        self._timeout = to.timeout
        self._connection = self._connect()

    def send(self, body: bytes) -> Outcome:
        try:
            with limit(self._timeout):
                return self._send(body)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            self._connection.close()
            return Outcome(False, again=True, reason=str(error) or type(error).__name__)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout)

    def _send(self, body: bytes) -> Outcome:
        path = self._url.path or "/"
        target = f"{path}?{self._url.query}" if self._url.query else path
        self._connection.request("POST", target, body, self._headers)
        response = self._connection.getresponse()
        response.read(_ENOUGH)
        if not response.isclosed():
            self._connection.close()
        return _outcome(response)


def _outcome(response: http.client.HTTPResponse) -> Outcome:
    status = response.status
    if 200 <= status < 300:
        return Outcome(True)
    again = status >= 500 or status in _AGAIN
    return Outcome(False, again, f"HTTP status {status}", _seconds(response.headers["Retry-After"]))


def _seconds(text: str | None) -> float:
    """A Retry-After in seconds; one that gives a date is left to our own waiting."""
    return float(text) if text and text.isascii() and text.isdigit() else 0.0


def _credentials(url: SplitResult) -> dict[str, str]:
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
