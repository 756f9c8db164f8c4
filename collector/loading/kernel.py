# SPDX-License-Identifier: Apache-2.0
"""Carry out a plan: load objects, fill tables, attach programs, take all of it back."""

import mmap
import struct
from importlib.resources import as_file, files

from collector.choosing.scope import KINDS
from collector.loading.libbpf import KernelTypes, Link, Map, Object, possible_cpus
from collector.loading.plan import Plan
from collector.loading.ring import Ring
from pytracee.service.errors import OperatorError
from schemas.event_type import Probe
from schemas.events import CATALOGUE

_CONFIG = struct.Struct("<3QIII")  # struct config in bpf/maps.h, but what the kernel finds
_PER_CPU = ("_buffers", "_paths")  # maps of these names have their entries per CPU
_CREATED, _STARTED = 1, 2  # enum container_state


class Refused(Exception):
    """The kernel refused programs: "OBJECT/PROGRAM" → its words."""

    def __init__(self, programs: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in programs.items()))
        self.programs = programs


def why_not(types: KernelTypes, probe: Probe) -> str:
    """Why this kernel cannot have a probe; "" where nothing speaks against trying."""
    kind, _, place = probe.place.partition("/")
    if kind == "tp_btf" and not types.has_tracepoint(place):
        return f"this kernel has no tracepoint {place}"
    return ""


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
    """The kernel's side of the collector. Load, `attach`, read the rings, `close`."""

    def __init__(self, plan: Plan, ring_bytes: int, machine: str) -> None:
        """Load. Raises Refused for programs that this kernel does not take."""
        self._objects: dict[str, Object] = {}
        self._links: list[Link] = []
        self._maps: dict[str, Map] = {}
        self._plan = plan
        refused: dict[str, str] = {}
        for name, programs in _by_object(plan.programs).items():
            refused |= self._load(name, programs, ring_bytes)
        if refused:
            self.close()
            raise Refused(refused)
        self.events = self._ring("events")
        self.control = self._ring("control_ring")
        self._lost = _Table(self._maps["lost"]).memory.cast("Q")
        self._reported = [0] * len(self._lost)
        self._config = _Table(self._maps["config"])
        self._container_count = 0
        self._fill(machine)

    def _ring(self, name: str) -> Ring:
        found = self._maps[name]
        return Ring(found.fd, found.entries)

    def _load(self, name: str, programs: set[str], ring_bytes: int) -> dict[str, str]:
        """Load one object; if it is refused, find out which of its programs are to blame."""
        try:
            self._objects[name] = self._open_and_load(name, programs, ring_bytes)
        except OSError as error:
            if len(programs) == 1:
                return {f"{name}/{program}": str(error) for program in programs}
            blamed = {}
            for program in programs:
                try:
                    self._open_and_load(name, {program}, ring_bytes).close()
                except OSError as one:
                    blamed[f"{name}/{program}"] = str(one)
            return blamed or {f"{name}/{program}": str(error) for program in programs}
        for found in self._objects[name].maps.values():
            self._maps.setdefault(found.name, found)
        return {}

    def _open_and_load(self, name: str, programs: set[str], ring_bytes: int) -> Object:
        with as_file(files("collector") / "objects" / f"{name}.bpf.o") as path:
            made = Object(path)
        try:
            made.keep_only(programs)
            for found in made.maps.values():
                if found.name in self._maps and not found.internal:
                    found.reuse(self._maps[found.name].fd)
                elif found.name.endswith(_PER_CPU):
                    found.resize(found.entries * possible_cpus())
                elif found.name == "events":
                    found.resize(ring_bytes)
            made.load()
        except OSError:
            made.close()
            raise
        return made

    def _fill(self, machine: str) -> None:
        """Write the plan into the kernel's tables. Nothing is attached yet."""
        plan, scopes = self._plan, self._plan.scopes
        selected = _Table(self._maps["selected"])
        for event, policies in plan.asked.items():
            selected.write(event.id, struct.pack("<Q", policies))
        calls = _Table(self._maps["calls"])
        for place, call in plan.calls(CATALOGUE, machine).items():
            calls.write(place.row, call.packed(place, machine))
        for kind, listed in scopes.listed.items():
            for key, policies in listed.items():
                self._maps[f"scope_{kind}"].update(key, struct.pack("<Q", policies))
        self._write_config()

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

    def attach(self) -> None:
        """Attach all programs; context first, so that no event comes before what explains it."""
        order = sorted(self._plan.programs, key=lambda name: name.startswith("syscalls/"))
        for name in order:
            section, _, program = name.partition("/")
            if section != "tasks":
                self._links.append(self._objects[section].attach(program))

    def tasks(self) -> bytes:
        """What the task iterator says of all processes there are."""
        link = self._objects["tasks"].attach("on_task")
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
        for made in self._objects.values():
            made.close()


def _by_object(programs: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in sorted(programs):
        section, _, program = name.partition("/")
        found.setdefault(section, set()).add(program)
    return found


def kernel_types() -> KernelTypes:
    """The kernel's BTF. Raises OperatorError with the cure where there is none."""
    try:
        return KernelTypes()
    except OSError:
        raise OperatorError(
            "this kernel has no BTF (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF, "
            "which the kernels of Debian 11, Ubuntu 20.10, Fedora 31 and newer have"
        ) from None
