# SPDX-License-Identifier: Apache-2.0
"""From records of the control ring to context messages (`struct control` in bpf/control.h)."""

import enum
import os
import struct
from collections.abc import Iterator

import msgspec

from collector.context.containers import container_of
from collector.made.libraries import Loaded
from schemas.stream.joiner import Joiner
from schemas.stream.messages import Container, Context, Exit, Process
from schemas.stream.values import text

_HEAD = struct.Struct("<IIQIIQQQQQII")


class Kind(enum.IntEnum):
    """enum control_kind of bpf/control.h."""

    FORK = 1
    EXEC = 2
    EXIT = 3
    CGROUP_MADE = 4
    CGROUP_REMOVED = 5
    OBJECT_LOADED = 6


class ContextState:
    """What the stream has told so far: the source of context for a reader that comes late."""

    def __init__(self, *, tree: bool = True) -> None:
        """`tree`: the stream tells whose child a process is. Known it is in any case, for scopes
        and for those of a later plan.
        """
        self.known = Joiner()
        self._tree = tree
        self.paths: dict[int, str] = {}  # of the containers' control groups

    def learn(self, record: bytes) -> Context | None:
        """The message that a control record makes, or None if nobody need know."""
        head = _HEAD.unpack_from(record)
        kind, pid, start, parent, size, parent_start, cgroup, _, since, maker_start, maker, _ = head
        rest = record[_HEAD.size : _HEAD.size + size]
        message: Context | None
        match kind:
            case Kind.FORK:
                runs = self._program((maker, maker_start))
                message = Process(pid, start, parent, parent_start, runs, cgroup)
            case Kind.EXEC:
                message = Process(pid, start, parent, parent_start, rest, cgroup, since)
            case Kind.EXIT:
                message = Exit(pid, start)
            case _:
                message = self.group(cgroup, text(rest), removed=kind == Kind.CGROUP_REMOVED)
        if message is not None:
            self.known.learn(message)
        return message

    def _program(self, maker: tuple[int, int]) -> bytes:
        """What a new process runs until it runs another program: what that does which forked it."""
        found = self.known.processes.get(maker)
        return found.executable if found else b""

    def group(self, cgroup: int, path: str, *, removed: bool = False) -> Container | None:
        """The container of a control group, known from then on."""
        found = container_of(path)
        if found is None:
            return None
        message = Container(cgroup, found[0], found[1], removed)
        if removed:
            self.paths.pop(cgroup, None)
        else:
            self.paths[cgroup] = path
        self.known.learn(message)
        return message

    def standing(self) -> Iterator[Container]:
        """Containers' control groups that are there now; of those removed events may yet come."""
        return (self.known.containers[group] for group in self.paths)

    def all(self) -> Iterator[Context]:
        """Everything, for a reader that begins now."""
        yield from map(self.told, self.known.processes.values())
        yield from self.known.containers.values()

    def told(self, message: Context) -> Context:
        """A message as readers get it."""
        if self._tree or not isinstance(message, Process):
            return message
        return msgspec.structs.replace(message, parent=0, parent_start=0)


def group_of(record: bytes) -> int:
    """The control group that a record is about."""
    found: int = _HEAD.unpack_from(record)[6]
    return found


def starts_in(record: bytes) -> int | None:
    """The control group in which this says that a container's own program is run, if it is one."""
    kind, *_, inside = _HEAD.unpack_from(record)
    return group_of(record) if kind == Kind.EXEC and inside else None


def loaded_object(record: bytes) -> Loaded | None:
    """What a process loaded, if that is what the record is about."""
    kind, pid, start, _, size, ctime, cgroup, policies, *_ = _HEAD.unpack_from(record)
    if kind != Kind.OBJECT_LOADED:
        return None
    path = os.fsdecode(record[_HEAD.size : _HEAD.size + size])
    return Loaded(pid, start, cgroup, policies, ctime, path)


def snapshot(data: bytes) -> Iterator[bytes]:
    """The records that the task iterator wrote one after the other."""
    at = 0
    while at < len(data):
        size = _HEAD.size + _HEAD.unpack_from(data, at)[4]
        yield data[at : at + size]
        at += size
