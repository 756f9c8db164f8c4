# SPDX-License-Identifier: Apache-2.0
"""Recordings, plain or as zstd, and what is neither."""

from collections.abc import Iterator

import pytest
import zstandard

from detector.inputs.compressed import Decompressor
from detector.inputs.form import InputItem, Reader
from detector.inputs.lines import LineBatch
from schemas.stream.messages import Bye
from schemas.stream.parser import Batch, StreamError
from tests.recordings import hello, record, recording

PLAIN = recording(
    [record("ptrace", {"request": n}) for n in range(2000)], hello(["ptrace"]), batch_size=64
)
PACKED = zstandard.ZstdCompressor(write_checksum=True).compress(PLAIN)


def read(data: bytes, size: int = 1 << 18) -> Iterator[InputItem]:
    reader = Reader()
    for at in range(0, len(data), size):
        yield from reader.feed(data[at : at + size])
    yield from reader.finish()


def records(items: list[InputItem]) -> list[bytes]:
    return [bytes(one) for item in items if isinstance(item, Batch) for one in item.records]


@pytest.mark.parametrize("size", [1, 1000, 1 << 20])
def test_a_compressed_recording_is_the_recording(size: int) -> None:
    found = list(read(PACKED, size))
    assert records(found) == records(list(read(PLAIN)))
    assert isinstance(found[-1], Bye)


def test_several_frames_are_one_recording() -> None:
    half = len(PLAIN) // 2
    compress = zstandard.ZstdCompressor().compress
    assert records(list(read(compress(PLAIN[:half]) + compress(PLAIN[half:])))) == records(
        list(read(PLAIN))
    )


def test_json_lines_may_be_compressed_too() -> None:
    data = zstandard.compress(b'{"eventName": "ptrace"}\n' * 3)
    found = [item for item in read(data) if isinstance(item, LineBatch)]
    assert sum(len(batch.events) for batch in found) == 3


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_is_told_with_its_place_after_all_that_is_whole(part: float) -> None:
    cut = int(len(PACKED) * part)
    found: list[InputItem] = []
    with pytest.raises(StreamError, match=f"offset {cut}: the zstd data was cut") as caught:
        found.extend(read(PACKED[:cut]))
    assert caught.value.offset == cut


def test_what_came_before_a_cut_is_used() -> None:
    reader, whole = Reader(), records(list(read(PLAIN)))
    many = zstandard.ZstdCompressor(level=1).compressobj()
    data = b"".join(
        many.compress(PLAIN[at : at + 5000]) + many.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        for at in range(0, len(PLAIN), 5000)
    )
    found = records(list(reader.feed(data[: len(data) // 2])))
    assert 0 < len(found) < len(whole)
    assert found == whole[: len(found)]


def test_damage_is_told_with_its_place() -> None:
    middle = len(PACKED) // 2
    damaged = PACKED[:middle] + bytes(byte ^ 0xFF for byte in PACKED[middle : middle + 64])
    with pytest.raises(StreamError, match="damaged zstd data") as caught:
        list(read(damaged + PACKED[middle + 64 :]))
    assert 0 < caught.value.offset <= len(PACKED)


def test_a_bomb_is_taken_in_pieces() -> None:
    """Each kibibyte of it becomes megabytes, and is dealt with before the next is looked at."""
    packer = zstandard.ZstdCompressor().compressobj()
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    pieces = [len(piece) for piece in Decompressor().feed(bomb)]
    assert sum(pieces) == 256 << 20
    assert max(pieces) <= 64 << 20
    with pytest.raises(StreamError, match=r"begins with byte 0x00"):
        list(read(bomb))


@pytest.mark.parametrize("data", [b"", b"x", b"\xceab", b"garbage " * 100_000, PACKED[:3], b"\n\n"])
def test_what_is_neither_is_told(data: bytes) -> None:
    with pytest.raises(StreamError):
        list(read(data))
