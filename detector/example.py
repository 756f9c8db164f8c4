# SPDX-License-Identifier: Apache-2.0
"""Events made by hand, for the examples that signatures are tested with.

A value that is not given could not be read. Arguments are raw, as the kernel gives them; one that
rules see by name may be given by that name (`flags="O_RDWR"`), and then has no number.
"""

from collections.abc import Mapping
from typing import Any

from pytracee.service.nearest import hint
from schemas.event import CONTAINER_STARTED, Event, Shape
from schemas.event_type import EventType, Field
from schemas.events import BY_NAME
from schemas.flags import PARSERS
from schemas.kinds import JSON_SCHEMA_OF_KIND
from schemas.stream.joiner import Joiner
from schemas.stream.messages import FORMAT, Container, FieldLayout, Hello, Layout
from schemas.task import Task

_HELLO = Hello(
    version=FORMAT, catalogue="", context=[], layouts=[], machine="x86_64", kernel="", host="",
    clock_offset=0, collector="",
)  # fmt: skip
_NO_TASK = Task()
_PYTHON = {
    "integer": int,
    "number": float,
    "boolean": bool,
    "string": str,
    "array": list,
    "object": dict,
}

#: field of an event's flat form → field of its task
TASK_FIELDS = {
    "threadStartTime": "start_time",
    "processId": "pid",
    "threadId": "tid",
    "parentProcessId": "ppid",
    "hostProcessId": "host_pid",
    "hostThreadId": "host_tid",
    "hostParentProcessId": "host_ppid",
    "userId": "uid",
    "effectiveUserId": "euid",
    "mountNamespace": "mnt_ns",
    "pidNamespace": "pid_ns",
    "processName": "comm",
    "hostName": "uts_name",
}
_TYPES: dict[str, type] = {
    **dict.fromkeys(TASK_FIELDS, int),
    **dict.fromkeys(("containerId", "eventName", "hostName", "processName"), str),
    **dict.fromkeys(("returnValue", "timestamp"), int),
    "args": dict,
}


def example(
    name: str,
    args: Mapping[str, Any] | None = None,
    *,
    timestamp: int = 0,
    returned: int = 0,
    task: Task = _NO_TASK,
    container: str = "",
) -> Event:
    """An event, `timestamp` in ns since the epoch, in a container that has started if one is named.

    Raises ValueError for an argument that this event does not have, or not of this type. An event
    that the catalogue does not know has the arguments that are given.
    """
    given = dict(args or {})
    known = BY_NAME.get(name)
    fields = _known(known, given) if known else _unknown(given)
    shape = Shape(Layout(known.id if known else 0, name, fields), PARSERS)
    values = [given.get(field.name) for field in fields]
    flags = CONTAINER_STARTED if container else 0
    inside = Container(task.cgroup_id, container) if container else None
    return Event(
        _HELLO, shape, timestamp, returned, 0, 0, flags, task, values, None, inside, Joiner()
    )


def from_flat(flat: Mapping[str, Any]) -> Event:
    """As `example`, from the flat form of an event with `args` as NAME: VALUE."""
    for name, value in flat.items():
        if name not in _TYPES:
            raise ValueError(f"an example has no field {name}{hint(name, _TYPES)}")
        if type(value) is not _TYPES[name]:
            raise ValueError(f"{name} is of type {_TYPES[name].__name__}, and {value!r} is not")
    if "eventName" not in flat:
        raise ValueError("an example needs an eventName")
    task = {TASK_FIELDS[name]: value for name, value in flat.items() if name in TASK_FIELDS}
    for name in ("comm", "uts_name"):
        task[name] = str(task.get(name, "")).encode()
    task.setdefault("process_start_time", task.get("start_time", 0))
    return example(
        flat["eventName"],
        flat.get("args"),
        timestamp=flat.get("timestamp", 0),
        returned=flat.get("returnValue", 0),
        task=Task(**task),
        container=flat.get("containerId", ""),
    )


def _known(event: EventType, given: Mapping[str, Any]) -> tuple[FieldLayout, ...]:
    for name in given:
        if not any(field.name == name for field in event.fields):
            near = hint(name, [field.name for field in event.fields])
            raise ValueError(f"{event.name} has no argument {name}{near}")
    return tuple(_field(field, given.get(field.name)) for field in event.fields)


def _field(field: Field, value: Any) -> FieldLayout:
    named = field.parser is not None and isinstance(value, str)
    expected = _PYTHON[str(JSON_SCHEMA_OF_KIND[field.kind]["type"])]
    if value is not None and type(value) is not expected and not named:
        raise ValueError(f"{field.name} is a {field.type}, and {value!r} is none")
    return FieldLayout(field.name, field.type, int(field.kind), None if named else field.parser)


def _unknown(given: Mapping[str, Any]) -> tuple[FieldLayout, ...]:
    return tuple(FieldLayout(name, type(value).__name__, 0) for name, value in given.items())
