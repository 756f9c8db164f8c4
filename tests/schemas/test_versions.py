# SPDX-License-Identifier: Apache-2.0
"""Streams of other versions, catalogues and layouts, each read by its own Hello."""

import io

import msgspec
import pytest

from schemas.kinds import Kind
from schemas.stream.messages import (
    Bye,
    FieldLayout,
    Layout,
    encode,
    frame,
)
from schemas.stream.parser import StreamReader
from tests.recordings import batch, hello, record, recording
from tests.schemas.streams import EVENTS, MESSAGES, SEEN, SMALL, events, read


def test_two_streams_one_after_the_other() -> None:
    # The second has the same events under other ids, which only its own Hello knows.
    layouts = [
        msgspec.structs.replace(layout, id=layout.id + 5000)
        for layout in hello(["ptrace", "execve"]).layouts
    ]
    moved = [
        one[:4] + (int.from_bytes(one[4:6], "big") + 5000).to_bytes(2, "big") + one[6:]
        for one in EVENTS[:2]
    ]
    items, error = read(SMALL + recording(moved, hello(layouts=layouts)))
    assert error is None
    names = [event["eventName"] for event in events(items)]
    assert names[4:] == names[:2] == ["ptrace", "execve"]


def test_another_catalogue_is_read_by_its_own_hello() -> None:
    [layout] = hello(["ptrace"]).layouts
    request, pid, _, data = layout.fields
    # reordered, one missing, one added, one of a kind that we do not know
    fields = (
        data,
        FieldLayout("depth", "int", int(Kind.I32)),
        pid,
        FieldLayout("shape", "struct shape", 200),
        FieldLayout("colour", "int", int(Kind.I32), "colour_names"),
        request,
    )
    other = Layout(60000, "ptrace_again", fields)
    greeting = hello(layouts=[other, *hello(["getppid"]).layouts], catalogue="of another version")
    values = [60000, 5, -1, 1, 0, 0, msgspec.Raw(context(EVENTS[0])), 4, 3, -2, {"any": [1]}, 9, 0,
              b"pad"]  # fmt: skip
    one = bytes.fromhex("dc000e cd") + (60000).to_bytes(2, "big")
    one += b"".join(msgspec.msgpack.encode(value) for value in values[1:])
    items, error = read(recording([one, record("getppid")], greeting))
    assert error is None
    again, known = events(items)
    assert again["data"] == {
        "data": 4, "depth": 3, "pid": -2, "shape": {"any": [1]}, "colour": 9, "request": 0,
    }  # fmt: skip
    assert {arg["name"]: arg["value"] for arg in again["args"]}["request"] == "PTRACE_TRACEME"
    assert {arg["name"]: arg["value"] for arg in again["args"]}["colour"] == 9
    assert known["eventName"] == "getppid"


def context(one: bytes) -> bytes:
    """The context of a record, with its msgpack head."""
    return one[45 : 47 + one[46]]


def test_another_context_layout_is_read_by_field_name() -> None:
    layout = [("colour", "Q"), ("comm", "8s"), ("host_pid", "I")]
    one = EVENTS[0]
    other = (5).to_bytes(8, "little") + b"short\0\0\0" + (77).to_bytes(4, "little")
    changed = one[:45] + bytes([0xC4, len(other)]) + other + one[47 + one[46] :]
    items, error = read(recording([changed], hello(["ptrace"], context=layout)))
    assert error is None
    [event] = events(items)
    assert (event["processName"], event["hostProcessId"], event["userId"]) == ("short", 77, 0)


@pytest.mark.parametrize(
    "layout",
    [
        [("comm", "?!")],
        [("comm", "ü")],
        [("comm", "I")],
        [("uid", "4s")],
        [("uid", "d")],
        [("colour", "QQ")],
        [("colour", "999999999s")],
        [("colour", "99999999999999999999999s")],
    ],
    ids=str,
)
def test_a_context_layout_that_cannot_be_is_a_damaged_hello(layout: list[tuple[str, str]]) -> None:
    _, error = read(encode(hello(context=layout)))
    assert error
    assert "damaged Hello" in str(error)


def test_a_message_of_a_newer_type_is_skipped_and_counted() -> None:
    newer = frame(msgspec.msgpack.encode({"type": "dns", "name": "example.org"}))
    reader = StreamReader(io.BytesIO(MESSAGES[0] + newer + b"".join(MESSAGES[1:])))
    assert [type(item) for item in reader] == SEEN
    assert reader.parser.skipped == 1


def test_a_newer_minor_format_with_more_in_it_is_read() -> None:
    body = msgspec.msgpack.decode(encode(hello(["ptrace"], version=(1, 9)))[5:])
    body["colour"] = "blue"
    items, error = read(frame(msgspec.msgpack.encode(body)) + batch(EVENTS[:1]) + encode(Bye(1, 0)))
    assert error is None
    assert len(list(events(items))) == 1


@pytest.mark.parametrize("more", [{}, {"layouts": {"in": "another form"}}], ids=["same", "other"])
def test_another_major_format_is_refused_in_so_many_words(more: dict[str, object]) -> None:
    body = msgspec.msgpack.decode(encode(hello(version=(2, 0)))[5:]) | more
    _, error = read(frame(msgspec.msgpack.encode(body)))
    assert error
    assert error.offset == 0
    assert "a stream of format 2 (pytracee), this program reads format 1: use the pytracee" in str(
        error
    )


def test_the_magic_is_in_the_stream() -> None:
    assert b"pytracee" in encode(hello())
    _, error = read(encode(hello(magic="other")))
    assert error
    assert "(other)" in str(error)
