# SPDX-License-Identifier: Apache-2.0
"""Records that are made in Python are read back as what they were made from, of every kind."""

import base64
import struct
from typing import Any

import pytest

from schemas.event_type import EventType, fields
from schemas.kinds import Kind
from schemas.stream.encoder import batch, record
from schemas.stream.messages import FieldLayout, Layout, encode
from schemas.stream.parser import Batch, Parser
from schemas.stream.values import CREDENTIAL_NAMES
from tests.recordings import TASK, hello

_HOOK = {"SymbolName": "t0", "ModuleOwner": "evil"}
#: kind → (a type that has it, a value, what is read back)
VALUES: dict[Kind, tuple[str, Any, Any]] = {
    Kind.I32: ("int", -7, -7),
    Kind.U32: ("u32", 1 << 31, 1 << 31),
    Kind.I64: ("long", -(1 << 40), -(1 << 40)),
    Kind.U64: ("u64", 1 << 63, 1 << 63),
    Kind.POINTER: ("void*", 0xFFFF_FFFF_8100_0000, 0xFFFF_FFFF_8100_0000),
    Kind.BOOL: ("bool", True, True),
    Kind.STRING: ("const char*", "ü", "ü"),
    Kind.STRINGS: ("const char**", ["a", "", "b"], ["a", "", "b"]),
    Kind.SOCKADDR: (
        "struct sockaddr*", b"\2\0\0\x50\x7f\0\0\1",
        {"sa_family": "AF_INET", "sin_addr": "127.0.0.1", "sin_port": "80"},
    ),
    Kind.TIMESPEC: ("struct timespec*", (1).to_bytes(8, "little") * 2, 1.000000001),
    Kind.TIMESPEC32: ("struct old_timespec32*", (2).to_bytes(4, "little") * 2, 2.000000002),
    Kind.PAIR: ("int[2]", b"\3\0\0\0\4\0\0\0", [3, 4]),
    Kind.BYTES: ("bytes", b"\0\xff", base64.b64encode(b"\0\xff").decode()),
    Kind.NUMBERS: ("unsigned long[]", [1, 1 << 63], [1, 1 << 63]),
    Kind.HOOKS: ("[]trace.HookedSymbolData", [_HOOK, _HOOK], [_HOOK, _HOOK]),
    Kind.CREDENTIALS: (
        "slim_cred_t",
        struct.pack("<10I5Q", *range(15)),
        dict(zip(CREDENTIAL_NAMES, range(15), strict=True)),
    ),
    Kind.NAMED_HOOKS: ("map[string]trace.HookedSymbolData", {"x_show": _HOOK}, {"x_show": _HOOK}),
}  # fmt: skip


def read_back(kind: Kind, value: Any) -> Any:
    type_name = VALUES[kind][0]
    event = EventType(65535, "made", "Made.", ("x",), fields(f"{type_name} field  doc"), ())
    assert event.fields[0].kind is kind
    rows = (FieldLayout("field", type_name, int(kind)),)
    greeting = hello([], layouts=[Layout(event.id, "made", rows)])
    made = record(event, {"field": value}, TASK, timestamp=5, policies=3, returned=-2, flags=0)
    assert len(made) % 8 == 0
    [_, seen] = Parser().feed(encode(greeting) + batch([made]))
    assert isinstance(seen, Batch)
    [found] = [seen.decoder.event(one) for one in seen.records]
    assert (found.task, found.policies, found.return_value) == (TASK, 3, -2)
    assert found.timestamp == 5 + greeting.clock_offset
    return found.data()["field"]


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_a_value_is_read_back(kind: Kind) -> None:
    _, value, expected = VALUES[kind]
    assert read_back(kind, value) == expected
    assert read_back(kind, None) is None


def test_a_long_value_has_a_wide_length() -> None:
    assert read_back(Kind.STRING, "x" * 70_000) == "x" * 70_000
