# SPDX-License-Identifier: Apache-2.0
"""The queue on disk: order, limits, and writers and readers that are killed at any byte."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytracee.sinks.spool import InUse, Reader, Writer

BODIES = [b"one", b"", b"three" * 100]


def written(folder: Path, bodies: list[bytes]) -> None:
    writer = Writer(folder, 1 << 20)
    for body in bodies:
        assert writer.append(body)
    writer.close()


def rest(folder: Path) -> list[bytes]:
    """All that a new reader finds, which is done then."""
    reader, found = Reader(folder), []
    while (body := reader.peek()) is not None:
        found.append(body)
        reader.done()
    reader.close()
    return found


@given(steps=st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(["read", "again"]))))
def test_what_goes_in_comes_out_in_order(
    steps: list[bytes | str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    writer, reader = Writer(folder, 1600), Reader(folder)
    put: list[bytes] = []
    got: list[bytes] = []
    for step in steps:
        if isinstance(step, bytes):
            put += [step] if writer.append(step) else []
        elif step == "read" and (body := reader.peek()) is not None:
            got.append(body)
            reader.done()
        elif step == "again":
            writer.close()
            reader.close()
            writer, reader = Writer(folder, 1600), Reader(folder)
            assert reader.waiting() == len(put) - len(got)
    reader.close()
    writer.close()
    assert got + rest(folder) == put


def test_a_record_that_was_not_done_comes_again(tmp_path: Path) -> None:
    written(tmp_path, BODIES)
    reader = Reader(tmp_path)
    assert reader.peek() == BODIES[0]
    reader.close()
    assert rest(tmp_path) == BODIES
    assert rest(tmp_path) == []


@pytest.mark.parametrize("kept", [1, 7, 8, 9, 250, 507, 508])
def test_a_writer_killed_within_a_record_spoils_only_that(kept: int, tmp_path: Path) -> None:
    written(tmp_path, BODIES)
    [segment] = tmp_path.glob("*.segment")
    whole = segment.read_bytes()
    cut = len(whole) - (8 + 500) + kept
    segment.write_bytes(whole[:cut])
    written(tmp_path, [b"later"])
    expected = BODIES if cut == len(whole) else BODIES[:2]
    assert rest(tmp_path) == [*expected, b"later"]


def test_a_damaged_record_is_counted_and_what_comes_after_its_segment_is_read(
    tmp_path: Path,
) -> None:
    written(tmp_path, BODIES)
    [segment] = tmp_path.glob("*.segment")
    whole = bytearray(segment.read_bytes())
    whole[9] ^= 1
    segment.write_bytes(whole)
    written(tmp_path, [b"later"])
    reader = Reader(tmp_path)
    assert (reader.peek(), reader.damaged) == (b"later", 1)
    reader.close()


def test_emptied_by_hand_it_goes_on(tmp_path: Path) -> None:
    for _ in range(3):
        written(tmp_path, BODIES)
    assert rest(tmp_path) == BODIES * 3
    for segment in tmp_path.glob("*.segment"):
        segment.unlink()
    written(tmp_path, BODIES)
    assert rest(tmp_path) == BODIES


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    first = Writer(tmp_path, 1 << 20)
    with pytest.raises(InUse):
        Writer(tmp_path, 1 << 20)
    first.close()
    Writer(tmp_path, 1 << 20).close()


def test_room_comes_back_when_the_reader_is_through(tmp_path: Path) -> None:
    writer, reader = Writer(tmp_path, 1600), Reader(tmp_path)
    while writer.append(bytes(50)):
        pass
    while reader.peek() is not None:
        reader.done()
    assert writer.append(bytes(50))
    assert writer.dropped == 1
    reader.close()
    writer.close()
