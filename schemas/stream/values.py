# SPDX-License-Identifier: Apache-2.0
"""Wire values that are not plain numbers: text, lists of texts, socket addresses, times."""

import socket
import struct
from collections.abc import Callable
from typing import Any

from schemas.kinds import Kind


def text(data: bytes) -> str:
    """The one way from the kernel's bytes to text: UTF-8, other bytes as `\\xNN`.

    Names are the attacker's: whatever they hold, this does not raise and loses nothing.
    """
    return data.decode("utf-8", "backslashreplace")


def texts(data: bytes) -> list[str]:
    """`b"ls\\0-l\\0"` → ["ls", "-l"]; a last one without its NUL was cut."""
    parts = data.split(b"\0")
    if not parts[-1]:
        parts.pop()
    return [text(part) for part in parts]


def address(data: bytes) -> dict[str, str]:
    """A struct sockaddr in Tracee's form: numbers as decimal text, a family's own field names.

    Fields that the given bytes are too short for are left out (man 7 ip, ipv6, unix).
    """
    if len(data) < 2:
        return {}
    family: int = struct.unpack_from("<H", data)[0]
    if family == socket.AF_INET and len(data) >= 8:
        return {
            "sa_family": "AF_INET",
            "sin_addr": socket.inet_ntop(socket.AF_INET, data[4:8]),
            "sin_port": str(int.from_bytes(data[2:4], "big")),
        }
    if family == socket.AF_INET6 and len(data) >= 24:
        return _inet6(data)
    if family == socket.AF_UNIX:
        return {"sa_family": "AF_UNIX", "sun_path": _unix_path(data[2:])}
    return {"sa_family": _family(family)}


def _inet6(data: bytes) -> dict[str, str]:
    found = {
        "sa_family": "AF_INET6",
        "sin6_port": str(int.from_bytes(data[2:4], "big")),
        "sin6_flowinfo": str(int.from_bytes(data[4:8], "big")),
        "sin6_addr": socket.inet_ntop(socket.AF_INET6, data[8:24]),
    }
    if len(data) >= 28:
        found["sin6_scopeid"] = str(int.from_bytes(data[24:28], "little"))
    return found


def _unix_path(path: bytes) -> str:
    """An abstract name begins with `@`, as ss and /proc/net/unix show it."""
    if path[:1] == b"\0":
        return text(b"@" + path[1:].rstrip(b"\0"))
    return text(path.split(b"\0", 1)[0])


def _family(number: int) -> str:
    try:
        return socket.AddressFamily(number).name
    except ValueError:
        return str(number)


def seconds(data: bytes) -> float:
    """A struct timespec, as Tracee shows it; 0 where the bytes are too few."""
    whole, part = struct.unpack("<qq", data) if len(data) == 16 else _narrow(data)
    return float(whole + part / 1e9)


def _narrow(data: bytes) -> tuple[int, int]:
    return struct.unpack("<ii", data) if len(data) == 8 else (0, 0)


def pair(data: bytes) -> list[int]:
    """Two int32, as pipe(2) writes them."""
    return list(struct.unpack("<ii", data)) if len(data) == 8 else []


CONVERTERS: dict[Kind, Callable[[Any], object]] = {
    Kind.STRING: text,
    Kind.STRINGS: texts,
    Kind.SOCKADDR: address,
    Kind.TIMESPEC: seconds,
    Kind.TIMESPEC32: seconds,
    Kind.PAIR: pair,
}
