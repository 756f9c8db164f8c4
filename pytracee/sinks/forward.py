# SPDX-License-Identifier: Apache-2.0
"""Events to a Fluentd or Fluent Bit, by the Fluent Forward protocol."""

import struct
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec

from pytracee.service.errors import OperatorError
from pytracee.sinks.duration import seconds
from pytracee.sinks.forwarding import PORT, ForwardTo
from pytracee.sinks.sink import Say
from pytracee.sinks.spooled import Spooled, SpoolPlace

_TIME = 0  # the extension type of a time with nanoseconds
_TIME_PARTS = struct.Struct(">II")  # seconds since the epoch, nanoseconds
_KNOWN = ("tag", "requireAck", "timeout", "connectionTimeout", "sharedKey")

_encode = msgspec.msgpack.Encoder().encode


def forward_sink(url: str, place: SpoolPlace, program: str, say: Say) -> Spooled:
    """Texts of entries to that receiver. Raises OperatorError."""
    to = receiver(url)
    shown = f"forward {to.host}:{to.port}"
    return Spooled(shown, url, to, to.timeout, place, program, say)


def receiver(url: str) -> ForwardTo:
    """From tcp://HOST[:PORT][?tag=…&requireAck=true&timeout=5s&sharedKey=…], or tls://…

    Raises OperatorError.
    """
    parts = _parts(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := [name for name in given if name not in _KNOWN]:
        known = ", ".join(_KNOWN)
        raise OperatorError(f"forward {url}: no {', '.join(unknown)}; there are {known}")
    if given.get("requireAck", "false") not in ("true", "false"):
        raise OperatorError(f"forward {url}: requireAck is true or false")
    time = given.get("timeout") or given.get("connectionTimeout") or "10s"
    return ForwardTo(
        parts.hostname or "",
        parts.port or PORT,
        parts.scheme == "tls",
        given.get("tag") or "tracee",
        given.get("requireAck") == "true",
        seconds(time, f"forward {url}: timeout {time}"),
        given.get("sharedKey", ""),
    )


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "//" in url else f"tcp://{url}")
        good = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.path not in ("", "/") or parts.username is not None:
        raise OperatorError(f"forward {url}: give tcp://HOST[:PORT][?tag=TAG&requireAck=true]")
    return parts


def entry(timestamp: int, event: dict[str, Any]) -> bytes:
    """`timestamp`: ns since the epoch."""
    time = _TIME_PARTS.pack(*divmod(timestamp, 1_000_000_000))
    return _encode([msgspec.msgpack.Ext(_TIME, time), event])
