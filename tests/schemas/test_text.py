# SPDX-License-Identifier: Apache-2.0
"""From the kernel's bytes to text, and from text to a terminal: names are the attacker's."""

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import JSON_SCHEMA_OF_KIND, Kind
from schemas.rendering.columns import Columns
from schemas.rendering.look import Look
from schemas.rendering.table import argument, clock
from schemas.stream.parser import Batch, Parser
from schemas.stream.values import address, text, texts
from tests.recordings import TASK, record, recording, rows


@given(st.binary())
def test_any_bytes_are_text_and_none_is_lost(data: bytes) -> None:
    found = text(data)
    found.encode()  # no surrogates: it can be printed and put into JSON
    back = re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(0xDC00 + int(m[1], 16)), found)
    if b"\\" not in data:
        assert back.encode(errors="surrogateescape") == data


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", []),
        (b"\0", [""]),
        (b"a\0\0b\0", ["a", "", "b"]),
        (b"a\0cut", ["a", "cut"]),
        (b"\xff\0", ["\\xff"]),
    ],
)
def test_lists_of_texts(data: bytes, seen: list[str]) -> None:
    assert texts(data) == seen


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", {}),
        (b"\2", {}),
        (b"\2\0", {"sa_family": "AF_INET"}),
        (b"\0\0", {"sa_family": "AF_UNSPEC"}),
        (struct.pack("<H", 999), {"sa_family": "999"}),
        (b"\1\0", {"sa_family": "AF_UNIX", "sun_path": ""}),
        (b"\1\0\0", {"sa_family": "AF_UNIX", "sun_path": "@"}),
        (b"\1\0/a\0junk", {"sa_family": "AF_UNIX", "sun_path": "/a"}),
        (b"\2\0\0\x50\1\2\3\4", {"sa_family": "AF_INET", "sin_addr": "1.2.3.4", "sin_port": "80"}),
        (b"\x0a\0\0\x50", {"sa_family": "AF_INET6"}),
    ],
)
def test_socket_addresses_of_any_length(data: bytes, seen: dict[str, str]) -> None:
    assert address(data) == seen


def test_every_part_of_an_address_is_described() -> None:
    """What is not is a mistake to `detector check`."""
    whole = [b"\1\0/a", b"\2\0" + bytes(14), b"\x0a\0" + bytes(26)]
    parts = [name for data in whole for name in address(data)]
    described = JSON_SCHEMA_OF_KIND[Kind.SOCKADDR]["properties"]
    assert isinstance(described, dict)
    assert sorted(set(parts)) == sorted(described)


@given(st.binary(max_size=140))
def test_any_bytes_as_a_socket_address(data: bytes) -> None:
    assert all(isinstance(value, str) for value in address(data).values())


def line(comm: bytes, path: bytes, flags: int = 0) -> str:
    one = record("openat", {"dirfd": -100, "pathname": path, "flags": 0, "mode": 0},
                 task=TASK._replace(comm=comm), returned=-2, flags=flags)  # fmt: skip
    items = Parser().feed(recording([one]))
    return next(rows(b)[0] for b in items if isinstance(b, Batch))


@given(st.binary(max_size=15), st.binary(max_size=60))
def test_no_name_moves_the_cursor(comm: bytes, path: bytes) -> None:
    assert line(comm, path).isprintable()


def test_a_row_of_the_table() -> None:
    shown = line(b"a\x1b[2Jb", b"new\nline\xff")
    assert "a\\x1b[2Jb" in shown
    assert shown.endswith("dirfd: -100, pathname: new\\nline\\xff, flags: 0, mode: 0")
    assert len(shown.splitlines()) == 1
    fields = shown.split()
    assert fields[1:2] + fields[3:7] == ["0", "100", "100", "-2", "openat"]
    header = Columns().header()
    assert header.split() == ["TIME", "UID", "COMM", "PID", "TID", "RET", "EVENT", "ARGS"]
    plain = line(b"sh", b"/x")
    assert len(header.partition("EVENT")[0]) == len(plain.partition("openat ")[0])


def test_a_row_marks_what_was_cut_short() -> None:
    assert line(b"sh", b"/x", 0b10).endswith("dirfd: -100, pathname: /x…, flags: 0, mode: 0")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (["a", "b"], "[a b]"), ([], "[]"), ({"b": "2", "a": "1"}, "map[a:1 b:2]"),
     (True, "true"), (False, "false"), (-1, "-1"), ("x", "x")],
)  # fmt: skip
def test_values_as_go_prints_them(value: object, shown: str) -> None:
    assert argument(value) == shown


def test_times_of_day_have_microseconds() -> None:
    assert clock(Look())(1_000_001_999).endswith(":000001")
