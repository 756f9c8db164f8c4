# SPDX-License-Identifier: Apache-2.0
"""A recording in windows is the recording, whatever pieces it comes in."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from detector.inputs.recorded import recorded
from detector.sources import open_source
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


Cut = Callable[..., list[tuple[Window, bytes]]]


@pytest.fixture(params=["plain", "compressed"])
def cut(request: pytest.FixtureRequest, tmp_path: Path) -> Cut:
    """Windows of a recording in a file, each with its bytes."""

    def make(data: bytes, first: int = 0) -> list[tuple[Window, bytes]]:
        path = tmp_path / "recording"
        path.write_bytes(data if request.param == "plain" else zstandard.compress(data))
        with closing(open_source(str(path))) as source:
            return [
                (window, os.pread(window.extent.fd, window.extent.size, window.extent.at))
                for window in Cutter(recorded(source), first)
            ]

    return make


def test_windows_are_the_recording(cut: Cut) -> None:
    found = cut(DATA, 7)
    assert b"".join(data for _, data in found) == DATA
    assert [w.first for w, _ in found] == [7 + EVENTS * n for n in range(len(found))]
    assert [w.last for w, _ in found] == [False] * (len(found) - 1) + [True]
    offset = 0
    for window, data in found:
        assert (window.offset, window.extent.size) == (offset, len(data))
        offset += len(data)


def test_context_is_all_but_the_events(cut: Cut) -> None:
    context = b"".join(window.context for window, _ in cut(DATA))
    assert context == encode(hello(["ptrace"])) + CONTEXT * BATCHES


def test_who_gets_the_context_of_others_reads_a_window_alone(cut: Cut) -> None:
    found = cut(DATA)
    parser = Parser()
    for window, _ in found[:2]:
        assert not [item for item in parser.feed(window.context) if isinstance(item, Batch)]
    batches = [item for item in parser.feed(found[2][1]) if isinstance(item, Batch)]
    assert sum(len(one.records) for one in batches) == EVENTS
    assert batches[0].decoder.event(batches[0].records[0]).name == "ptrace"


@pytest.mark.parametrize("bad", [b"\x00", b"\xce\x00\x00\x00\x00", b"\xce\xff\xff\xff\xff"])
def test_from_a_broken_message_on_nothing_is_cut(bad: bytes, cut: Cut) -> None:
    before = encode(hello(["ptrace"]))
    [(window, data)] = cut(before + bad + DATA)
    assert data == (before + bad + DATA)[: len(before) + 5]
    assert window.last


@pytest.mark.parametrize("left", [1, 4, 5, 9, 1000])
def test_what_is_cut_comes_as_far_as_it_goes(left: int, cut: Cut) -> None:
    before = encode(hello(["ptrace"]))
    whole = batch([record("ptrace")] * 50)
    [(_, data)] = cut(before + whole[:left])
    assert data == before + whole[:left]


def test_where_compressed_data_is_damaged_the_recording_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(zstandard.compress(DATA)[:-20])
    with closing(open_source(str(path))) as source:
        recording = recorded(source)
        found = list(Cutter(recording))
    assert "cut inside a frame" in recording.damage
    assert not found[-1].last
