# SPDX-License-Identifier: Apache-2.0
"""Kernel memory for tests: this kernel's, and one made up."""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from collector.integrity.memory import Memory, Unreadable
from collector.integrity.structures import Structures
from collector.loading.compiled import compiled
from collector.loading.libbpf import Object
from schemas.event_type import READ_MEMORY


@contextmanager
def real_memory() -> Iterator[Memory]:
    """This kernel's, by the program that the collector reads it with."""
    with compiled() as path:
        opened = Object(path)
    opened.keep_only({READ_MEMORY})
    for found in opened.maps.values():
        if found.name.endswith(("_buffers", "_paths")):
            found.leave_out()
    opened.load()
    try:
        yield Memory(
            opened.program_fd(READ_MEMORY), opened.maps["memory_requests"].fd, Structures()
        )
    finally:
        opened.close()


class Layout:
    """Structures of a kernel that is not there: (structure, field) → bytes from its beginning."""

    def __init__(self, offsets: Mapping[tuple[str, str], int]) -> None:
        self._offsets = offsets

    def has(self, structure: str, path: str) -> bool:
        return (structure, path) in self._offsets

    def offset(self, structure: str, path: str) -> int:
        return self._offsets[structure, path]


class MadeUp(Memory):
    """Memory of a kernel that is not there; what was not written cannot be read."""

    def __init__(self, offsets: Mapping[tuple[str, str], int]) -> None:
        self.structures = Layout(offsets)  # type: ignore[assignment]
        self._bytes: dict[int, int] = {}

    def put(self, address: int, data: bytes) -> None:
        self._bytes |= dict(enumerate(data, address))

    def put_words(self, address: int, *words: int) -> None:
        self.put(address, struct.pack(f"<{len(words)}Q", *words))

    def read(self, address: int, size: int) -> bytes:
        try:
            return bytes(self._bytes[at] for at in range(address, address + size))
        except KeyError:
            raise Unreadable(f"{address:#x} cannot be read") from None
