# SPDX-License-Identifier: Apache-2.0
"""Wire values that are not plain numbers: text, lists of texts, socket addresses, times."""

import base64
import socket
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def encoded(data: bytes) -> str:
    """Bytes that are no text, in base64."""
    return base64.b64encode(data).decode()


def numbers(data: bytes) -> list[int]:
    """uint64 each, in the machine's order."""
    return list(struct.unpack_from(f"<{len(data) // 8}Q", data))


def hooks(data: bytes) -> list[dict[str, str]]:
    """`symbol NUL owner NUL` each, in the form that Tracee has for them."""
    found = texts(data)
    pairs = zip(found[::2], found[1::2], strict=False)
    return [{"SymbolName": symbol, "ModuleOwner": owner} for symbol, owner in pairs]


def named_hooks(data: bytes) -> dict[str, dict[str, str]]:
    """`name NUL symbol NUL owner NUL` each."""
    found = texts(data)
    rows = zip(found[::3], found[1::3], found[2::3], strict=False)
    return {name: {"SymbolName": symbol, "ModuleOwner": owner} for name, symbol, owner in rows}


_CREDENTIALS = struct.Struct("<10I5Q")
CREDENTIAL_NAMES = (
    *("uid", "gid", "suid", "sgid", "euid", "egid", "fsuid", "fsgid"),
    *("user_namespace", "secure_bits", "cap_inheritable", "cap_permitted", "cap_effective"),
    *("cap_bounding", "cap_ambient"),
)


def credentials(data: bytes) -> dict[str, int]:
    """Who a task is and what it may do; no fields where the bytes are too few."""
    if len(data) != _CREDENTIALS.size:
        return {}
    return dict(zip(CREDENTIAL_NAMES, _CREDENTIALS.unpack(data), strict=True))


CONVERTERS: dict[Kind, Callable[[Any], object]] = {
    Kind.STRING: text,
    Kind.STRINGS: texts,
    Kind.SOCKADDR: address,
    Kind.TIMESPEC: seconds,
    Kind.TIMESPEC32: seconds,
    Kind.PAIR: pair,
    Kind.BYTES: encoded,
    Kind.NUMBERS: numbers,
    Kind.HOOKS: hooks,
    Kind.NAMED_HOOKS: named_hooks,
    Kind.CREDENTIALS: credentials,
}


def _strings(values: Iterable[str]) -> bytes:
    return b"".join(value.encode() + b"\0" for value in values)


def _numbers(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}Q", *values)


def _hooks(values: Iterable[Mapping[str, str]]) -> bytes:
    return _strings(text for hook in values for text in (hook["SymbolName"], hook["ModuleOwner"]))


def _named_hooks(values: Mapping[str, Mapping[str, str]]) -> bytes:
    return b"".join(_strings([name]) + _hooks([hook]) for name, hook in values.items())


#: the way back, of what records are made here with
WIRE: dict[Kind, Callable[[Any], bytes]] = {
    Kind.STRING: str.encode,
    Kind.STRINGS: _strings,
    Kind.NUMBERS: _numbers,
    Kind.HOOKS: _hooks,
    Kind.NAMED_HOOKS: _named_hooks,
}
