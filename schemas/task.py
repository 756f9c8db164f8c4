# SPDX-License-Identifier: Apache-2.0
"""The task that an event happened in: the fixed part of every record.

`CONTEXT` is the one description of that part: `bpf/catalogue.h` gets its C struct from it, Hello
carries it, and a reader takes the fields by name.
"""

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

#: (field, code of Python's struct module), in the record's order, little-endian. Ordered and
#: sized so that a C compiler adds no padding: stores are whole words, not single bytes
CONTEXT: tuple[tuple[str, str], ...] = (
    ("start_time", "Q"),
    ("process_start_time", "Q"),
    ("cgroup_id", "Q"),
    ("host_pid", "I"),
    ("host_tid", "I"),
    ("host_ppid", "I"),
    ("pid", "I"),
    ("tid", "I"),
    ("ppid", "I"),
    ("uid", "I"),
    ("euid", "I"),
    ("mnt_ns", "I"),
    ("pid_ns", "I"),
    ("cpu", "I"),
    ("syscall", "i"),
    ("comm", "16s"),
    ("uts_name", "64s"),
)


_LIMIT = 4096  # bytes of a context


class Task(NamedTuple):
    """A task at the time of an event. Ids are of the task's own pid namespace, `host_*` global."""

    start_time: int = 0  # of the thread, ns since boot
    process_start_time: int = 0  # of its process: with host_pid it names the process for good
    cgroup_id: int = 0  # version 2 hierarchy
    host_pid: int = 0
    host_tid: int = 0
    host_ppid: int = 0
    pid: int = 0
    tid: int = 0
    ppid: int = 0
    uid: int = 0  # real user id
    euid: int = 0  # effective user id
    mnt_ns: int = 0  # inode of the namespace, as in /proc/PID/ns
    pid_ns: int = 0
    cpu: int = 0
    syscall: int = -1  # number of the system call it is in; -1: none, or not known
    comm: bytes = b""
    uts_name: bytes = b""


_OURS = struct.Struct("<" + "".join(code for _, code in CONTEXT))


def packed(task: Task) -> bytes:
    """A task as the fixed part of a record."""
    return _OURS.pack(*task)


#: its numbers as Tracee's JSON calls them
NUMBERS = {
    "start_time": "threadStartTime", "cpu": "processorId", "pid": "processId",
    "cgroup_id": "cgroupId", "tid": "threadId", "ppid": "parentProcessId",
    "host_pid": "hostProcessId", "host_tid": "hostThreadId", "host_ppid": "hostParentProcessId",
    "uid": "userId", "euid": "effectiveUserId", "mnt_ns": "mountNamespace",
    "pid_ns": "pidNamespace",
}  # fmt: skip


def unpacker(layout: list[tuple[str, str]]) -> Callable[[bytes], Task]:
    """A function from context bytes of that layout to Task; fields that it lacks stay default.

    Raises ValueError for a layout that Python's struct module does not understand, or that has
    another type for a field. The function raises struct.error for bytes of another length.
    """
    read = _reader(layout)
    names = [name for name, _ in layout]
    if tuple(names) == Task._fields:
        return lambda data: _ours(read(data))

    def other(data: bytes) -> Task:
        found = zip(names, map(_clean, read(data)), strict=True)
        return Task(**{name: value for name, value in found if name in Task._fields})

    return other


def _ours(values: tuple[Any, ...]) -> Task:
    """Of our own layout, whose texts are the last two: this runs for every candidate."""
    *numbers, comm, uts_name = values
    return Task._make((*numbers, _clean(comm), _clean(uts_name)))


def _reader(layout: list[tuple[str, str]]) -> Callable[[bytes], tuple[Any, ...]]:
    try:
        form = struct.Struct("<" + "".join(code for _, code in layout))
    except struct.error as error:
        raise ValueError(f"context layout: {error}") from None
    if form.size > _LIMIT:
        raise ValueError(f"context layout: {form.size} bytes (the limit is {_LIMIT})")
    defaults = Task._field_defaults
    for (name, code), value in zip(layout, form.unpack(bytes(form.size)), strict=True):
        if name in defaults and type(value) is not type(defaults[name]):
            raise ValueError(f"context layout: {name} has the type {code!r}")
    return form.unpack


def _clean(value: Any) -> Any:
    """Of a text what stands before the first NUL: the rest of its bytes is not ours to show."""
    return value.split(b"\0", 1)[0] if type(value) is bytes else value
