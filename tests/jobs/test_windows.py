# SPDX-License-Identifier: Apache-2.0
"""A recording in windows is the recording, whatever pieces it comes in."""

import pytest

from detector.windows import EVENTS, Cutter, Window
from schemas.stream.messages import Exit, Process, encode
from schemas.stream.parser import Batch, Parser
from tests.recordings import batch, hello, record

BATCHES = 200
EACH = 256
CONTEXT = b"".join(encode(Process(n, n, 1, 1, b"/bin/x")) for n in range(3)) + encode(Exit(1, 1))
DATA = encode(hello(["ptrace"])) + b"".join(
    CONTEXT + batch([record("ptrace", timestamp=n)] * EACH) for n in range(BATCHES)
)


def cut(data: bytes, size: int, first: int = 0) -> list[Window]:
    cutter = Cutter(first)
    found = [w for at in range(0, len(data), size) for w in cutter.feed(data[at : at + size])]
    return [*found, cutter.finish()]


@pytest.mark.parametrize("size", [4099, 1 << 16, len(DATA)])
def test_windows_are_the_recording(size: int) -> None:
    windows = cut(DATA, size, first=7)
    assert windows == cut(DATA, 1 << 20, first=7)
    assert b"".join(window.data for window in windows) == DATA
    assert [w.first for w in windows] == [7 + EVENTS * n for n in range(len(windows))]
    offsets = [0]
    for window in windows[:-1]:
        offsets.append(offsets[-1] + len(window.data))
    assert [window.offset for window in windows] == offsets


def test_context_is_all_but_the_events() -> None:
    context = b"".join(window.context for window in cut(DATA, 1 << 20))
    assert context == encode(hello(["ptrace"])) + CONTEXT * BATCHES


def test_who_gets_the_context_of_others_reads_a_window_alone() -> None:
    windows = cut(DATA, 1 << 20)
    parser = Parser()
    for window in windows[:2]:
        assert not [item for item in parser.feed(window.context) if isinstance(item, Batch)]
    batches = [item for item in parser.feed(windows[2].data) if isinstance(item, Batch)]
    assert sum(len(one.records) for one in batches) == EVENTS
    assert batches[0].decoder.event(batches[0].records[0]).name == "ptrace"


@pytest.mark.parametrize("bad", [b"\x00", b"\xce\x00\x00\x00\x00", b"\xce\xff\xff\xff\xff"])
def test_from_a_broken_message_on_nothing_is_cut(bad: bytes) -> None:
    cutter = Cutter()
    assert list(cutter.feed(DATA[:1000] + bad + DATA)) == []
    whole = Cutter()
    list(whole.feed(encode(hello(["ptrace"])) + bad + DATA))
    assert whole.broken
    assert whole.finish().data.endswith(DATA)
