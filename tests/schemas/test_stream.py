# SPDX-License-Identifier: Apache-2.0
"""The stream's reader against every kind of bytes: cut, damaged, hostile, of other versions."""

import json
from functools import lru_cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import CATALOGUE
from schemas.rendering.columns import Columns
from schemas.rendering.event import event_dict, rule_input
from schemas.rendering.json_lines import JsonLines
from schemas.rendering.look import Look
from schemas.rendering.table import TableRows
from schemas.stream.decoder import DamagedRecord, Decoder
from schemas.stream.messages import (
    MAX_BODY,
    frame,
)
from schemas.stream.parser import Batch, Parser
from tests.recordings import TASK, batch, record, recording
from tests.schemas.streams import EVENTS, MESSAGES, SEEN, SMALL, boundaries, events, read


def test_a_whole_stream_is_read_whole() -> None:
    items, error = read(SMALL)
    assert error is None
    assert [type(item) for item in items] == SEEN
    names = [event["eventName"] for event in events(items)]
    assert names == ["ptrace", "execve", "connect", "sched_process_exit"]


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_in_pieces_of_any_size_it_is_the_same(size: int) -> None:
    parser = Parser()
    pieces = (SMALL[at : at + size] for at in range(0, len(SMALL), size))
    found = [type(item) for piece in pieces for item in parser.feed(piece)]
    parser.finish()
    assert found == SEEN
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
        render(item.decoder, one)
        event.truncated()


@lru_cache(1)  # of the decoder at hand: hundreds are made here
def views(decoder: Decoder) -> list[tuple[JsonLines, TableRows]]:
    """Raw and with names: each is dear to make."""
    looks = Look(False), Look(True)
    return [(JsonLines(decoder, one), TableRows(decoder, one, Columns())) for one in looks]


def render(decoder: Decoder, one: msgspec.Raw) -> None:
    """As JSON and as a row."""
    values = decoder.values(one)
    for lines, rows in views(decoder):
        json.loads(lines.line(values))
        rows.line(values).decode()


def test_every_changed_byte_of_a_record_is_a_damaged_record_or_an_event() -> None:
    [item] = [item for item in read(recording([EVENTS[2]]))[0] if isinstance(item, Batch)]
    whole, outcomes = bytes(item.records[0]), set()
    for at in range(len(whole)):
        for value in {0, 1, 0x7F, 0x80, 0xC0, 0xC1, 0xC4, 0xD9, 0xDC, 0xFF} - {whole[at]}:
            changed = whole[:at] + bytes([value]) + whole[at + 1 :]
            try:
                event = item.decoder.event(msgspec.Raw(changed))
                json.loads(msgspec.json.encode(event_dict(event, event.parsed())))
                render(item.decoder, msgspec.Raw(changed))
                outcomes.add("event")
            except DamagedRecord:
                outcomes.add("damaged")
    assert outcomes == {"event", "damaged"}


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all(data: bytes) -> None:
    for stream in (data, frame(data) if data else data, MESSAGES[0] + data, SMALL + data):
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
    items, error = read(MESSAGES[0] + frame(body))
    assert len(items) == 1
    assert error
    assert error.offset == len(MESSAGES[0])


@pytest.mark.parametrize("size", [0, MAX_BODY + 1, 0xFFFFFFFF])
def test_a_message_of_an_impossible_length(size: int) -> None:
    _, error = read(MESSAGES[0] + b"\xce" + size.to_bytes(4, "big") + bytes(100))
    assert error
    assert f"a message of {size} bytes" in str(error)


def test_something_else_is_not_a_stream() -> None:
    for data in (b'{"timestamp": 1}\n', b"\x7fELF\2\1\1"):
        _, error = read(data)
        assert error
        assert error.offset == 0
        assert "not a pytracee stream or recording" in str(error)


def test_events_before_a_hello_are_refused() -> None:
    _, error = read(batch(EVENTS))
    assert error
    assert "before the first Hello" in str(error)


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
    made = recording([record(event.name) for event in CATALOGUE])
    for event, seen in zip(CATALOGUE, events(read(made)[0]), strict=True):
        assert seen["eventName"] == event.name
        assert seen["data"] == {field.name: None for field in event.fields}
