# SPDX-License-Identifier: Apache-2.0
"""The ring's reader on a ring in plain memory, with a producer that does as the kernel does."""

import mmap
import os
import struct

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.loading.ring import Ring
from tests.recordings import record

PAGE = mmap.PAGESIZE
SIZE = PAGE
_BUSY = 1 << 31
_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class Producer:
    """Writes into a memory file that is laid out as a ring; the data lies there twice."""

    def __init__(self) -> None:
        self.fd = os.memfd_create("ring")
        os.ftruncate(self.fd, 2 * PAGE + 2 * SIZE)
        self.end = 0

    def consumed(self) -> int:
        return int(struct.unpack("<Q", os.pread(self.fd, 8, 0))[0])

    def _put(self, position: int, data: bytes) -> None:
        start = position % SIZE
        first, rest = data[: SIZE - start], data[SIZE - start :]
        for copy in (2 * PAGE, 2 * PAGE + SIZE):
            os.pwrite(self.fd, first, copy + start)
            os.pwrite(self.fd, rest, copy)

    def produce(self, data: bytes, busy: bool = False) -> bool:
        """False where there is no room."""
        need = len(data) + 15 & ~7
        if self.end + need - self.consumed() > SIZE:
            return False
        self._put(self.end, struct.pack("<II", len(data) | (_BUSY if busy else 0), 7) + data)
        self.end += need
        os.pwrite(self.fd, struct.pack("<Q", self.end), PAGE)
        return True

    def commit(self, position: int, size: int) -> None:
        self._put(position, struct.pack("<I", size))

    def close(self) -> None:
        os.close(self.fd)


def in_ring(one: bytes) -> bytes:
    """A record as a kernel program writes it: its pad's bytes are the ring's own."""
    pad = next(size for size in range(8, 16) if one[-size - 2 : -size] == bytes([0xC4, size]))
    return one[:-pad]


def take(ring: Ring, most: int = 1 << 20) -> list[bytes]:
    """The records of one batch, split as a reader of the stream splits them."""
    count, body = ring.take(ring.end(), most)
    if not count:
        return []
    found = _split(struct.pack(">BI", 0xDD, count) + bytes(body) + bytes(8))
    ring.release()
    return [bytes(one) for one in found]


_LENGTHS = st.lists(st.integers(0, 300), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(_LENGTHS, st.integers(4, 2000))
def test_all_records_come_whole_and_in_order_around_the_end(lengths: list[int], most: int) -> None:
    producer = Producer()
    ring = Ring(producer.fd, SIZE)
    made, found = [], []
    for number, length in enumerate(lengths):
        one = in_ring(record("openat", {"dirfd": number, "pathname": b"x" * length}))
        while not producer.produce(one):
            got = take(ring, most)
            assert got, "a full ring with nothing to take"
            found += got
        made.append(one)
    while got := take(ring, most):
        found += got
    assert [one[: len(two)] for one, two in zip(found, made, strict=True)] == made
    assert producer.consumed() == producer.end
    producer.close()


def test_an_empty_ring_gives_nothing() -> None:
    producer = Producer()
    ring = Ring(producer.fd, SIZE)
    assert take(ring) == []
    assert ring.records(ring.end()) == []
    producer.close()


def test_a_record_that_is_still_written_stops_the_reader_until_it_is_done() -> None:
    producer = Producer()
    ring = Ring(producer.fd, SIZE)
    one = in_ring(record("getppid"))
    producer.produce(one)
    begun = producer.end
    producer.produce(one, busy=True)
    producer.produce(one)
    assert len(take(ring)) == 1
    assert take(ring) == []
    producer.commit(begun, len(one))
    assert len(take(ring)) == 2
    producer.close()


def test_room_is_given_back_by_release_only() -> None:
    producer = Producer()
    ring = Ring(producer.fd, SIZE)
    producer.produce(in_ring(record("getppid")))
    ring.take(ring.end(), 1 << 20)
    assert producer.consumed() == 0
    ring.release()
    assert producer.consumed() == producer.end
    producer.close()


def test_what_comes_after_the_given_end_is_left_for_the_next_time() -> None:
    producer = Producer()
    ring = Ring(producer.fd, SIZE)
    producer.produce(b"first   ")
    end = ring.end()
    producer.produce(b"second  ")
    assert ring.records(end) == [b"first   "]
    assert ring.records(ring.end()) == [b"second  "]
    producer.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=60))
def test_copies_of_records_of_any_length(datas: list[bytes]) -> None:
    producer = Producer()
    ring = Ring(producer.fd, SIZE)
    found: list[bytes] = []
    for data in datas:
        while not producer.produce(data):
            found += ring.records(ring.end())
    found += ring.records(ring.end())
    assert found == datas
    producer.close()
