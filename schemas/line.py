# SPDX-License-Identifier: Apache-2.0
"""A line of Tracee's JSON, looked into as far as it takes to see whether anybody wants it."""

from functools import lru_cache
from typing import Any

import msgspec

from schemas.event import COMPAT, CONTAINER_STARTED, Render, Shape
from schemas.event_type import Field
from schemas.events import BY_NAME
from schemas.flags import parsers
from schemas.kinds import Kind
from schemas.stream.messages import FieldLayout, Layout

MACHINE = "x86_64"  # lines do not tell theirs
_NAMED = parsers(MACHINE)
_FLAT = {
    "containerId": ("container", "id"),
    "containerName": ("container", "name"),
    "containerImage": ("container", "image"),
    "podName": ("kubernetes", "podName"),
    "podNamespace": ("kubernetes", "podNamespace"),
    "podUID": ("kubernetes", "podUID"),
}

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Line:
    """`fields` are the JSON's, the flat ones of a container and pod filled from today's objects.

    `args` are their values, raw as far as they are told so; `flags` those of a record.
    """

    __slots__ = ("args", "fields", "flags", "shape", "timestamp")

    def __init__(self, json: bytes) -> None:
        """Raises ValueError for what is not the JSON of an event."""
        self.fields = fields = _decode(json)
        args = _arguments(fields)
        self.args = [arg.get("value") for arg in args]
        self.timestamp = _timestamp(fields)
        self.flags = _flags(fields)
        self.shape = _shape(
            text(fields, "eventName"),
            number(fields, "eventId"),
            tuple((arg["name"], str(arg.get("type") or "")) for arg in args),
        )

    @property
    def names_container(self) -> bool:
        return bool(text(self.fields, "containerId"))

    @property
    def has_own_data(self) -> bool:
        """Whether it tells raw values apart from its arguments."""
        return isinstance(self.fields.get("data"), dict)


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


def _fields(name: str) -> tuple[Field, ...]:
    return BY_NAME[name].fields if name in BY_NAME else ()


@lru_cache(maxsize=4096)
def renders(event: str) -> dict[str, Render]:
    """Argument → what gives its numbers names."""
    found: dict[str, Render] = {}
    for field in _fields(event):
        if field.kind is Kind.POINTER:
            found[field.name] = hex
        elif field.parser in _NAMED:
            found[field.name] = _NAMED[field.parser]
    return found


def _timestamp(line: dict[str, Any]) -> int:
    value = line.get("timestamp", 0)
    if type(value) is not int:
        raise ValueError("its timestamp is no integer")
    return value


def _flags(line: dict[str, Any]) -> int:
    """A line that does not say whether its container has started is one of v0.8.1: it has."""
    told = line.get("contextFlags")
    flags = told if isinstance(told, dict) else {}
    started = flags.get("containerStarted", bool(text(line, "containerId")))
    return CONTAINER_STARTED * (started is True) | COMPAT * (flags.get("isCompat") is True)


def number(line: dict[str, Any], name: str) -> int:
    """0 for what is none: it is for show, rules see the line itself."""
    value = line.get(name)
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if type(value) is int else 0


def text(line: dict[str, Any], name: str) -> str:
    """ "" for what is none."""
    value = line.get(name)
    return value if isinstance(value, str) else ""
