# SPDX-License-Identifier: Apache-2.0
"""The stream's reader against every kind of bytes: cut, damaged, hostile, of other versions."""

import io
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import CATALOGUE
from schemas.kinds import Kind
from schemas.rendering.event import event_dict, rule_input
from schemas.rendering.table import row
from schemas.stream.decoder import DamagedRecord
from schemas.stream.messages import (
    MAX_BODY,
    Bye,
    Container,
    FieldLayout,
    Hello,
    Layout,
    Lost,
    Process,
    encode,
    frame,
)
from schemas.stream.parser import Batch, Item, Parser, StreamError, StreamReader
from tests.recordings import TASK, batch, hello, record, recording

_PROCESS = Process(TASK.host_pid, TASK.process_start_time, 99, 1, b"/bin/sh", 42)
_CONTAINER = Container(42, "c" * 64, "docker")
_EVENTS = [
    record("ptrace", {"request": 0, "pid": -1, "addr": 1, "data": 2}, timestamp=1),
    record("execve", {"pathname": "/bin/ls", "argv": ["ls", ""], "envp": []}, timestamp=2),
    record("connect", {"sockfd": 3, "addr": b"\2\0\0\x16\x7f\0\0\1" + bytes(8), "addrlen": 16}),
    record("sched_process_exit", {"exit_code": 1, "signal_code": 0, "process_group_exit": True}),
]
_MESSAGES = [
    encode(hello(["ptrace", "execve", "connect", "sched_process_exit"])),
    encode(_PROCESS),
    batch(_EVENTS[:2]),
    encode(_CONTAINER),
    encode(Lost("ring", {"ptrace": 7})),
    batch(_EVENTS[2:]),
    encode(Bye(events=4, lost=7)),
]
SMALL = b"".join(_MESSAGES)
_SEEN = [Hello, Batch, Lost, Batch, Bye]  # what a reader hands out of these


def read(data: bytes) -> tuple[list[Item], StreamError | None]:
    """The items before the end or the damaged place."""
    found: list[Item] = []
    try:
        found.extend(StreamReader(io.BytesIO(data)))  # what came before an error stays
    except StreamError as error:
        return found, error
    return found, None


def events(items: list[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        if isinstance(item, Batch):
            for one in item.records:
                yield rule_input(item.decoder.event(one))


def boundaries() -> list[int]:
    found = [0]
    for message in _MESSAGES:
        found.append(found[-1] + len(message))
    return found


def test_a_whole_stream_is_read_whole() -> None:
    items, error = read(SMALL)
    assert error is None
    assert [type(item) for item in items] == _SEEN
    names = [event["eventName"] for event in events(items)]
    assert names == ["ptrace", "execve", "connect", "sched_process_exit"]


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_in_pieces_of_any_size_it_is_the_same(size: int) -> None:
    parser = Parser()
    pieces = (SMALL[at : at + size] for at in range(0, len(SMALL), size))
    found = [type(item) for piece in pieces for item in parser.feed(piece)]
    parser.finish()
    assert found == _SEEN
    assert parser.offset == len(SMALL)


def test_cut_anywhere_every_whole_message_is_used_and_the_offset_is_right() -> None:
    ends = boundaries()
    for cut in range(len(SMALL)):
        items, error = read(SMALL[:cut])
        whole = max(at for at, end in enumerate(ends) if end <= cut)
        handed_out = sum(index not in (1, 3) for index in range(whole))  # but context
        assert len(items) == handed_out
        assert error is not None
        assert error.offset == ends[whole]
        assert ("empty" if not cut else "cut") in str(error)


@settings(max_examples=1500, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_a_changed_byte_raises_nothing_but_what_it_may(at: int, change: int) -> None:
    damaged = bytearray(SMALL)
    damaged[at] ^= change
    items, error = read(bytes(damaged))
    before = max(index for index, end in enumerate(boundaries()) if end <= at)
    assert len(items) >= sum(index not in (1, 3) for index in range(before))
    if error:
        assert error.offset <= len(SMALL)
    for item in items:
        if isinstance(item, Batch):
            use(item)


def use(item: Batch) -> None:
    """Everything that anybody does with an event, of each that can be read."""
    for one in item.records:
        try:
            event = item.decoder.event(one)
        except DamagedRecord:
            continue
        json.loads(msgspec.json.encode(rule_input(event)))
        row(event).encode()
        event.truncated()


def test_every_changed_byte_of_a_record_is_a_damaged_record_or_an_event() -> None:
    [item] = [item for item in read(recording([_EVENTS[2]]))[0] if isinstance(item, Batch)]
    whole, outcomes = bytes(item.records[0]), set()
    for at in range(len(whole)):
        for value in {0, 1, 0x7F, 0x80, 0xC0, 0xC1, 0xC4, 0xD9, 0xDC, 0xFF} - {whole[at]}:
            changed = whole[:at] + bytes([value]) + whole[at + 1 :]
            try:
                event = item.decoder.event(msgspec.Raw(changed))
                json.loads(msgspec.json.encode(event_dict(event, event.parsed())))
                row(event).encode()
                outcomes.add("event")
            except DamagedRecord:
                outcomes.add("damaged")
    assert outcomes == {"event", "damaged"}


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all(data: bytes) -> None:
    for stream in (data, frame(data) if data else data, _MESSAGES[0] + data, SMALL + data):
        _, error = read(stream)
        assert error or stream == SMALL


@pytest.mark.parametrize(
    "body",
    [
        b"\xdd\0\0\0\1" + b"\x91" * 100_000,
        b"\x81\xa1a" + b"\x91" * 100_000,
        b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc1",
    ],
    ids=["deep batch", "deep map", "deep list", "long batch", "long map", "no type"],
)
def test_hostile_messages_are_errors_with_the_offset(body: bytes) -> None:
    items, error = read(_MESSAGES[0] + frame(body))
    assert len(items) == 1
    assert error
    assert error.offset == len(_MESSAGES[0])


@pytest.mark.parametrize("size", [0, MAX_BODY + 1, 0xFFFFFFFF])
def test_a_message_of_an_impossible_length(size: int) -> None:
    _, error = read(_MESSAGES[0] + b"\xce" + size.to_bytes(4, "big") + bytes(100))
    assert error
    assert f"a message of {size} bytes" in str(error)


def test_something_else_is_not_a_stream() -> None:
    for data in (b'{"timestamp": 1}\n', b"\x7fELF\2\1\1"):
        _, error = read(data)
        assert error
        assert error.offset == 0
        assert "not a pytracee stream or recording" in str(error)


def test_events_before_a_hello_are_refused() -> None:
    _, error = read(batch(_EVENTS))
    assert error
    assert "before the first Hello" in str(error)


def test_two_streams_one_after_the_other() -> None:
    # The second has the same events under other ids, which only its own Hello knows.
    layouts = [
        msgspec.structs.replace(layout, id=layout.id + 5000)
        for layout in hello(["ptrace", "execve"]).layouts
    ]
    moved = [
        one[:4] + (int.from_bytes(one[4:6], "big") + 5000).to_bytes(2, "big") + one[6:]
        for one in _EVENTS[:2]
    ]
    items, error = read(SMALL + recording(moved, hello(layouts=layouts)))
    assert error is None
    names = [event["eventName"] for event in events(items)]
    assert names[4:] == names[:2] == ["ptrace", "execve"]


def field_names(layout: Layout) -> list[str]:
    return [field.name for field in layout.fields]


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
    values = [60000, 5, -1, 1, 0, 0, msgspec.Raw(context(_EVENTS[0])), 4, 3, -2, {"any": [1]}, 9, 0,
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
    one = _EVENTS[0]
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
    reader = StreamReader(io.BytesIO(_MESSAGES[0] + newer + b"".join(_MESSAGES[1:])))
    assert [type(item) for item in reader] == _SEEN
    assert reader.parser.skipped == 1


def test_a_newer_minor_format_with_more_in_it_is_read() -> None:
    body = msgspec.msgpack.decode(encode(hello(["ptrace"], version=(1, 9)))[5:])
    body["colour"] = "blue"
    items, error = read(
        frame(msgspec.msgpack.encode(body)) + batch(_EVENTS[:1]) + encode(Bye(1, 0))
    )
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


def test_context_is_joined_and_a_late_process_stays_unknown() -> None:
    items, _ = read(SMALL)
    first, *_, last = events(items)
    assert first["executable"] == {"path": "/bin/sh"}
    # All records of the stream are joined when they are decoded, which here is after its end.
    assert last["containerId"] == "c" * 64
    stranger = TASK._replace(process_start_time=5, cgroup_id=6)
    [other] = events(read(recording([record("getppid", task=stranger)]))[0])
    assert (other["executable"], other["containerId"]) == ({"path": ""}, "")


def test_every_event_of_the_catalogue_makes_the_round_trip() -> None:
    for event in CATALOGUE:
        [seen] = events(read(recording([record(event.name)]))[0])
        assert seen["eventName"] == event.name
        assert seen["data"] == {field.name: None for field in event.fields}
