# SPDX-License-Identifier: Apache-2.0
"""An event as a line of Tracee's JSON tells it: v0.8.1's flat form, today's, or the collector's.

Rules see what the line says. Only numbers that have names become these names, as with events of a
stream, and the flat fields of a container and pod are filled from today's objects.
"""

from functools import lru_cache
from typing import Any

import msgspec

from schemas.event import COMPAT, CONTAINER_STARTED, Event, Render, Shape
from schemas.events import BY_NAME
from schemas.flags import parsers
from schemas.kinds import Kind
from schemas.stream.messages import FORMAT, Container, FieldLayout, Hello, Layout, Process
from schemas.task import NUMBERS, Task

_MACHINE = "x86_64"  # lines do not tell theirs
_NOWHERE = Hello(FORMAT, "", [], [], _MACHINE, "", "", 0, "")
_NAMED = parsers(_MACHINE)
_FLAT = {
    "containerId": ("container", "id"),
    "containerName": ("container", "name"),
    "containerImage": ("container", "image"),
    "podName": ("kubernetes", "podName"),
    "podNamespace": ("kubernetes", "podNamespace"),
    "podUID": ("kubernetes", "podUID"),
}
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class LineEvent(Event):
    """`line` is what rules get as `input`."""

    __slots__ = ("line",)

    def __init__(self, text: bytes) -> None:
        """Raises ValueError for what is not the JSON of an event."""
        line = _decode(text)
        args = _arguments(line)
        shape = _shape(
            _text(line, "eventName"),
            _number(line, "eventId"),
            tuple((arg["name"], str(arg.get("type") or "")) for arg in args),
        )
        raw = [arg.get("value") for arg in args]
        super().__init__(
            _NOWHERE,
            shape,
            _timestamp(line),
            _number(line, "returnValue"),
            policies=0,
            generation=0,
            flags=_flags(line),
            task=_task(line),
            args=raw,
            process=_process(line),
            container=_container(line),
        )
        named = _renders(self.name)
        line["args"] = [_with_name(arg, named.get(arg["name"])) for arg in args]
        if not isinstance(line.get("data"), dict):
            line["data"] = {arg["name"]: value for arg, value in zip(args, raw, strict=True)}
        self.line = line

    @property
    def policy_names(self) -> list[str]:
        names = self.line.get("matchedPolicies")
        return names if isinstance(names, list) else []

    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.line["data"]
        return data

    def parsed(self) -> list[Any]:
        return [arg.get("value") for arg in self.line["args"]]


def _arguments(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Also fills the flat fields, before anybody reads them."""
    for name, (group, key) in _FLAT.items():
        if isinstance(told := line.get(group), dict) and key in told:
            line.setdefault(name, told[key])
    args = line.get("args")
    if args is None:
        return []
    if not isinstance(args, list):
        raise ValueError("its args are no list")
    for arg in args:
        if not isinstance(arg, dict) or not isinstance(arg.get("name"), str):
            raise ValueError("an argument of it has no name")
    return args


@lru_cache(maxsize=4096)
def _shape(name: str, number: int, args: tuple[tuple[str, str], ...]) -> Shape:
    kinds = {field.name: int(field.kind) for field in _fields(name)}
    fields = tuple(FieldLayout(arg, kind, kinds.get(arg, 0)) for arg, kind in args)
    return Shape(Layout(number, name, fields), {})


def _fields(name: str) -> "tuple[Any, ...]":
    return BY_NAME[name].fields if name in BY_NAME else ()


@lru_cache(maxsize=4096)
def _renders(event: str) -> dict[str, Render]:
    """Argument → what gives its numbers names."""
    found: dict[str, Render] = {}
    for field in _fields(event):
        if field.kind is Kind.POINTER:
            found[field.name] = hex
        elif field.parser in _NAMED:
            found[field.name] = _NAMED[field.parser]
    return found


def _with_name(arg: dict[str, Any], render: Render | None) -> dict[str, Any]:
    value = arg.get("value")
    return arg | {"value": render(value)} if render and type(value) is int else arg


def _timestamp(line: dict[str, Any]) -> int:
    value = line.get("timestamp", 0)
    if type(value) is not int:
        raise ValueError("its timestamp is no integer")
    return value


def _task(line: dict[str, Any]) -> Task:
    numbers = {field: _number(line, name) for field, name in NUMBERS.items()}
    comm, host = (_text(line, name).encode() for name in ("processName", "hostName"))
    return Task(**numbers, comm=comm, uts_name=host)


def _process(line: dict[str, Any]) -> Process | None:
    executable = line.get("executable")
    path = _text(executable, "path") if isinstance(executable, dict) else ""
    parent = _number(line, "hostParentProcessId")
    pid = _number(line, "hostProcessId")
    return Process(pid, 0, parent, 0, path.encode()) if path else None


def _container(line: dict[str, Any]) -> Container | None:
    known = _text(line, "containerId")
    return Container(_number(line, "cgroupId"), known) if known else None


def _flags(line: dict[str, Any]) -> int:
    """A line that does not say whether its container has started is one of v0.8.1: it has."""
    told = line.get("contextFlags")
    flags = told if isinstance(told, dict) else {}
    started = flags.get("containerStarted", bool(_text(line, "containerId")))
    return CONTAINER_STARTED * (started is True) | COMPAT * (flags.get("isCompat") is True)


def _number(line: dict[str, Any], name: str) -> int:
    """0 for what is none: it is for show, rules see the line itself."""
    value = line.get(name)
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if type(value) is int else 0


def _text(line: dict[str, Any], name: str) -> str:
    value = line.get(name)
    return value if isinstance(value, str) else ""
