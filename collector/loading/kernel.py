# SPDX-License-Identifier: Apache-2.0
"""Carry out a plan: load objects, fill tables, attach programs, take all of it back."""

import mmap
import struct
from importlib.resources import as_file, files

from collector.choosing.tables import KINDS
from collector.loading.libbpf import Link, Map, Object, ProgramRefused, possible_cpus
from collector.loading.plan import Plan
from collector.loading.relocations import used_maps
from collector.loading.ring import Ring
from schemas.event_type import FOLLOWERS, LEADERS
from schemas.events import CATALOGUE

_CONFIG = struct.Struct("<3QIII")  # struct config in bpf/maps.h, but what the kernel finds
_PER_CPU = ("_buffers", "_paths")  # maps of these names have their entries per CPU
_CREATED, _STARTED = 1, 2  # enum container_state
_ITERATOR = "on_task"  # attached when it is to be read


class Refused(Exception):
    """The kernel refused programs: name → its words."""

    def __init__(self, programs: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in programs.items()))
        self.programs = programs


class _Table:
    """A mmapable array map: read and written without a system call, also without privilege."""

    def __init__(self, found: Map) -> None:
        self._stride = (found.value_size + 7) & ~7
        size = -(-self._stride * found.entries // mmap.PAGESIZE) * mmap.PAGESIZE
        self.memory = memoryview(mmap.mmap(found.fd, size))

    def write(self, at: int, value: bytes) -> None:
        start = at * self._stride
        self.memory[start : start + len(value)] = value


class Kernel:
    """The kernel's side of the collector. Load and attach, `start`, read the rings, `close`."""

    def __init__(self, plan: Plan, ring_bytes: int) -> None:
        """Load and attach all programs; none of them tells an event before `start`.

        Raises Refused for programs that this kernel does not take.
        """
        self._links: list[Link] = []
        self._plan = plan
        with as_file(files("collector") / "objects" / "collector.bpf.o") as path:
            self._object, self._used = Object(path), used_maps(path)
        self._maps = self._object.maps
        try:
            self._load(ring_bytes)
            self._attach()
        except Refused:
            self.close()
            raise
        self.events = self._ring("events")
        self.control = self._ring("control_ring")
        self._lost = _Table(self._maps["lost"]).memory.cast("Q")
        self._reported = [0] * len(self._lost)
        self._config = _Table(self._maps["config"])
        self._container_count = 0

    def _ring(self, name: str) -> Ring:
        found = self._maps[name]
        return Ring(found.fd, found.entries)

    def _load(self, ring_bytes: int) -> None:
        programs = self._plan.programs
        self._object.keep_only(programs)
        used = set[str]().union(*(self._used[name] for name in programs))
        for found in self._maps.values():
            if found.name.endswith(_PER_CPU):
                if found.name in used:
                    found.resize(found.entries * possible_cpus())
                else:
                    found.leave_out()
        self._maps["events"].resize(ring_bytes)
        try:
            self._object.load()
        except ProgramRefused as error:
            raise Refused({error.program: str(error)}) from None
        except OSError as error:  # what is not one program's fault
            raise Refused(dict.fromkeys(programs, str(error))) from None
        self._fill("leaders", self._plan.leaders)
        self._fill("followers", self._plan.followers)

    def _fill(self, table: str, programs: dict[str, int]) -> None:
        for name, at in programs.items():
            fd = self._object.program_fd(name)
            self._maps[table].update(struct.pack("<I", at), struct.pack("<I", fd))

    def _attach(self) -> None:
        """All of them, also where one is refused: the next plan should do without each of those."""
        refused = {}
        for name in sorted(self._plan.programs):
            if name == _ITERATOR or name.startswith((LEADERS, FOLLOWERS)):
                continue
            try:
                self._links.append(self._object.attach(name))
            except OSError as error:
                refused[name] = str(error)
        if refused:
            raise Refused(refused)

    def start(self, machine: str) -> None:
        """Write the plan into the kernel's tables: events begin."""
        plan, scopes = self._plan, self._plan.scopes
        for kind, listed in scopes.listed.items():
            for key, policies in listed.items():
                self._maps[f"scope_{kind}"].update(key, struct.pack("<Q", policies))
        self._write_config()
        selected = _Table(self._maps["selected"])
        for event, policies in plan.asked.items():
            selected.write(event.id, struct.pack("<Q", policies))
        calls = _Table(self._maps["calls"])
        for place, call in plan.calls(CATALOGUE, machine).items():
            calls.write(place.row, call.packed(place, machine))

    def _write_config(self) -> None:
        scopes = self._plan.scopes
        otherwise = [scopes.otherwise.get(kind, 0) for kind in KINDS]
        used = sum(1 << at for at, kind in enumerate(KINDS) if kind in scopes.otherwise)
        self._config.write(0, _CONFIG.pack(*otherwise, used, self._container_count, 0))

    def exclude(self, pids: set[int]) -> None:
        """Leave these processes, and what they fork from now on, out of all events."""
        for pid in pids:
            self._maps["own"].update(struct.pack("<I", pid), b"\1")

    def add_container(self, cgroup: int, *, started: bool) -> None:
        state = _STARTED if started else _CREATED
        self._maps["containers"].update(struct.pack("<Q", cgroup), bytes([state]))
        self._container_count += 1
        self._write_config()

    def remove_container(self, cgroup: int) -> None:
        self._maps["containers"].delete(struct.pack("<Q", cgroup))

    def tasks(self) -> bytes:
        """What the task iterator says of all processes there are."""
        link = self._object.attach(_ITERATOR)
        try:
            return link.read()
        finally:
            link.close()

    def detach(self) -> None:
        """Stop the events; what is in the rings stays there to be read."""
        while self._links:
            self._links.pop().close()

    def lost(self) -> dict[int, int]:
        """Event id → records that found no room since the last call; id 0: of the control ring."""
        found = {}
        for event, count in enumerate(self._lost):
            if count != self._reported[event]:
                found[event] = count - self._reported[event]
                self._reported[event] = count
        return found

    def close(self) -> None:
        self.detach()
        self._object.close()
