# SPDX-License-Identifier: Apache-2.0
"""Shared objects that processes load, and the symbols that two of them offer both: the first one
loaded wins, which is how a preloaded library takes over functions.
"""

import hashlib
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from collector.made.elf import exported
from schemas.stream.values import text

_CACHED = 256  # files whose symbols are remembered
_PROCESSES = 16384
_SIZE_MAX = 256 << 20  # bytes of a file that is read


class Loaded(NamedTuple):
    """A process mapped a file for execution."""

    pid: int
    start: int
    cgroup: int
    policies: int  # that ask for it
    ctime: int  # of the inode, ns since the epoch
    path: str


@dataclass(frozen=True, slots=True)
class Library:
    """A file's symbols."""

    path: str
    symbols: frozenset[bytes]
    sha256: str


class Collision(NamedTuple):
    """What two libraries of one process both offer."""

    loaded: Library
    earlier: Library
    symbols: list[str]


@dataclass(slots=True)
class Libraries:
    """What is known of files and processes."""

    _files: OrderedDict[tuple[int, int, int], Library] = field(default_factory=OrderedDict)
    _processes: OrderedDict[tuple[int, int], list[Library]] = field(default_factory=OrderedDict)

    def load(self, loaded: Loaded) -> tuple[Library | None, list[Collision]]:
        """The library, and its collisions with those that the process has already. None where the
        file cannot be read any more, or the process has it already.
        """
        library = self._read(loaded)
        if library is None:
            return None, []
        key = (loaded.pid, loaded.start)
        others = self._processes.setdefault(key, [])
        if len(self._processes) > _PROCESSES:
            self._processes.popitem(last=False)
        if library in others:
            return None, []
        found = [_collision(library, other) for other in others]
        others.append(library)
        return library, [collision for collision in found if collision.symbols]

    def forget(self, pid: int, start: int) -> None:
        """The process ended, or runs another program."""
        self._processes.pop((pid, start), None)

    def _read(self, loaded: Loaded) -> Library | None:
        """Through the process's own root, else ours; only the very file that was mapped."""
        for place in (f"/proc/{loaded.pid}/root{loaded.path}", loaded.path):
            try:
                found = os.stat(place)
                if found.st_ctime_ns == loaded.ctime and found.st_size <= _SIZE_MAX:
                    return self._cached(place, loaded.path, found)
            except (OSError, ValueError):
                continue
        return None

    def _cached(self, place: str, path: str, found: os.stat_result) -> Library:
        key = (found.st_dev, found.st_ino, found.st_ctime_ns)
        library = self._files.get(key)
        if library is None:
            with open(place, "rb") as file:
                data = file.read()
            library = Library(path, exported(data), hashlib.sha256(data).hexdigest())
            self._files[key] = library
            if len(self._files) > _CACHED:
                self._files.popitem(last=False)
        self._files.move_to_end(key)
        return library


def _collision(loaded: Library, earlier: Library) -> Collision:
    return Collision(loaded, earlier, sorted(map(text, loaded.symbols & earlier.symbols)))
