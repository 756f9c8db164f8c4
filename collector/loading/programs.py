# SPDX-License-Identifier: Apache-2.0
"""Programs that are loaded, the maps that they share, and which of them are attached.

A plan that comes later may need programs that are not loaded yet: they come in an object of their
own, whose maps are those of the objects before it.
"""

import struct
from collections.abc import Collection, Iterable, Mapping

from collector.loading.compiled import compiled
from collector.loading.libbpf import (
    Link,
    Map,
    Object,
    ProgramRefused,
    has_task_storage,
    possible_cpus,
)
from collector.loading.plan import CONTEXT_PROGRAMS
from collector.loading.relocations import used_maps
from pytracee.service.capabilities import FOR_PROGRAMS, lifted
from schemas.event_type import FOLLOWERS, LEADERS, READ_MEMORY

_PER_CPU = ("_buffers", "_paths", "_guards")  # maps of these names have their entries per CPU
_BIG = ("_requests", "_helpers")  # maps of these names are left out too where no program uses them
_CONSTANTS = ".rodata"  # of each object its own
_VERDICTS = "verdicts"  # with the tasks, where a kernel keeps anything with them
_ITERATOR = "on_task"  # attached when it is to be read
_COMES = "on_cgroup_mkdir"  # attached last: a group that nobody saw go would be there for good
_ON_DEMAND = (_ITERATOR, READ_MEMORY)


class Refused(Exception):
    """The kernel refused programs: name → its words."""

    def __init__(self, programs: dict[str, str]) -> None:
        by_words: dict[str, list[str]] = {}
        for name, words in sorted(programs.items()):
            by_words.setdefault(words, []).append(name)
        super().__init__("; ".join(f"{', '.join(n)}: {words}" for words, n in by_words.items()))
        self.programs = programs


class Programs:
    """Load and attach, as often as need be; `close`."""

    def __init__(self, ring_bytes: int, *, filters: bool, stacks: bool) -> None:
        """`filters`: whether a plan may have any. Programs are loaded in half the time without.
        `stacks`: whether records have the task's.
        """
        self.maps: dict[str, Map] = {}  # that are made
        self._ring_bytes = ring_bytes
        self._wishes = struct.pack("<II", filters, stacks)  # as in bpf/filter.h
        self._objects: list[Object] = []
        self._loaded: dict[str, Object] = {}  # program → the object that it is in
        self._links: dict[str, Link] = {}
        self._ended = False  # as seen by a thread that attaches
        with compiled() as path:
            self._uses = used_maps(path)

    def load(self, wanted: Iterable[str]) -> None:
        """Those that are not loaded yet. Raises Refused for what this kernel does not take."""
        new = set(wanted) - self._loaded.keys()
        if not new:
            return
        with compiled() as path, lifted(*FOR_PROGRAMS):
            made = Object(path)
            try:
                left_out = self._shape(made, new)
                made.load()
            except OSError as error:
                made.close()
                # What is not one program's fault is the fault of all.
                blamed = [error.program] if isinstance(error, ProgramRefused) else new
                raise Refused(dict.fromkeys(blamed, str(error))) from None
        self._objects.append(made)
        self._loaded |= dict.fromkeys(new, made)
        there = {name: one for name, one in made.maps.items() if name not in left_out}
        self.maps = there | self.maps

    def _shape(self, made: Object, programs: set[str]) -> set[str]:
        """Only these programs, and the maps that they need. Names of maps that are left out."""
        made.keep_only(programs)
        used = set[str]().union(*(self._uses[name] for name in programs))
        left_out = {
            name for name in made.maps.keys() - used if name.endswith((*_PER_CPU, *_BIG))
        } - self.maps.keys()
        if not has_task_storage():
            left_out.add(_VERDICTS)
        for name, found in made.maps.items():
            if name in left_out:
                found.leave_out()
            elif name.endswith(_CONSTANTS):
                found.begin_with(self._wishes)
            elif name in self.maps and _CONSTANTS not in name:
                found.reuse(self.maps[name].fd)
            else:
                self._size(found)
        return left_out

    def _size(self, made: Map) -> None:
        if made.name.endswith(_PER_CPU):
            made.resize(made.entries * possible_cpus())
        elif made.name == "events":
            made.resize(self._ring_bytes)

    def number(self, table: str, places: Mapping[str, int]) -> None:
        """Put programs (name → place) where others find them to go on with."""
        for name, at in places.items():
            self.maps[table].update(struct.pack("<I", at), struct.pack("<I", self.fd(name)))

    def attach(self, wanted: Iterable[str]) -> None:
        """Those that are not attached yet. At one place the programs that feed context come first:
        what the others say of a task is then always as it is after.

        All of them, also where one is refused: the next plan should do without each of those.
        Raises Refused.
        """
        refused = {}
        new = set(wanted) - self._links.keys()
        for name in sorted(
            new, key=lambda name: (name not in CONTEXT_PROGRAMS, name == _COMES, name)
        ):
            if self._ended:
                return
            if name in _ON_DEMAND or name.startswith((LEADERS, FOLLOWERS)):
                continue
            try:
                with lifted(*FOR_PROGRAMS):
                    self._links[name] = self._loaded[name].attach(name)
            except OSError as error:
                refused[name] = str(error)
        if refused:
            raise Refused(refused)

    def detach(self, but: Collection[str] = ()) -> None:
        """What is attached, but for these. What is in the rings stays there to be read."""
        for name in self._links.keys() - but:
            self._links.pop(name).close()

    def end(self) -> None:
        """Detach all, and attach no more."""
        self._ended = True
        self.detach()

    @property
    def attached(self) -> bool:
        return bool(self._links)

    def tasks(self) -> bytes:
        """What the task iterator says of all processes there are."""
        link = self._loaded[_ITERATOR].attach(_ITERATOR)
        try:
            return link.read()
        finally:
            link.close()

    def fd(self, name: str) -> int:
        """The descriptor of a loaded program."""
        return self._loaded[name].program_fd(name)

    def close(self) -> None:
        self.detach()
        for one in reversed(self._objects):
            one.close()
