# SPDX-License-Identifier: Apache-2.0
"""What an expression can ask of an event: `input.FIELD` and `input.stringArg('NAME')`.

`intArg` and its like give the raw number, `stringArg` the text that Rego rules see too
(`PTRACE_TRACEME`, `O_WRONLY|O_CREAT`). What an event does not have, or could not be read, has no
value, and what would depend on it does not match.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from schemas.event_type import Field
from schemas.events import CATALOGUE
from schemas.json import event_schema
from schemas.kinds import Kind

_NUMBERS = frozenset({Kind.I32, Kind.U32, Kind.I64, Kind.U64, Kind.POINTER})


class Accessor(NamedTuple):
    """A function of `input` on the event's arguments.

    `type` is one of `detector.cel.program`'s; `convert` gives None for a value that does not fit.
    """

    type: str
    convert: Callable[[Any], Any]
    fits: Callable[[Field], bool]
    parsed: bool = False  # takes names instead of numbers


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _int(value: Any) -> int | None:
    """CEL's int has 64 bits: what is larger turns negative, as in C."""
    number = _uint(value)
    return number if number is None or number < 1 << 63 else number - (1 << 64)


def _uint(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value & ((1 << 64) - 1)


def _bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _address(value: Any) -> dict[str, str] | None:
    texts = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    return value if texts else None


def _texts(value: Any) -> list[str] | None:
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if texts else None


def _is_text(field: Field) -> bool:
    return field.kind in (Kind.STRING, Kind.POINTER, Kind.BYTES) or field.parser is not None


ACCESSORS: dict[str, Accessor] = {
    "stringArg": Accessor("string", _text, _is_text, parsed=True),
    "intArg": Accessor("int", _int, lambda field: field.kind in _NUMBERS),
    "uintArg": Accessor("uint", _uint, lambda field: field.kind in _NUMBERS),
    "boolArg": Accessor("bool", _bool, lambda field: field.kind is Kind.BOOL),
    "sockaddrArg": Accessor("address", _address, lambda field: field.kind is Kind.SOCKADDR),
    "stringSliceArg": Accessor("strings", _texts, lambda field: field.kind is Kind.STRINGS),
}


class FieldOfInput(NamedTuple):
    """A value beside the arguments: where it stands in the event's flat form."""

    type: str
    path: tuple[str, ...]

    def of(self, flat: Mapping[str, Any]) -> Any:
        found: Any = flat
        for part in self.path:
            found = found[part]
        return found


_TYPES = {"integer": "int", "string": "string", "boolean": "bool"}
_LISTS = {"string": "strings", "integer": "ints"}


def _flat(properties: Mapping[str, Any], before: tuple[str, ...] = ()) -> dict[str, FieldOfInput]:
    """`{"executable": {"path": …}}` → `executable.path`, by the schema of a rule's input."""
    found: dict[str, FieldOfInput] = {}
    for name, schema in properties.items():
        path = (*before, name)
        if "properties" in schema:
            found |= _flat(schema["properties"], path)
        elif "items" in schema:
            found[".".join(path)] = FieldOfInput(_LISTS[schema["items"]["type"]], path)
        else:
            found[".".join(path)] = FieldOfInput(_TYPES[schema["type"]], path)
    return found


def _fields() -> dict[str, FieldOfInput]:
    properties: Any = event_schema(CATALOGUE[0])["properties"]
    beside = {name: one for name, one in properties.items() if name not in ("args", "data")}
    found = _flat(beside)
    return found | {also: found[name] for also, name in _also(found).items()}


def _also(found: Mapping[str, FieldOfInput]) -> dict[str, str]:
    """Other spellings: of Tracee's CEL (`containerID`) and of its nested JSON."""
    upper = {f"{name[:-2]}ID": name for name in found if name.endswith("Id")}
    return upper | {
        "mountNS": "mountNamespace",
        "pidNS": "pidNamespace",
        "container.id": "containerId",
        "container.name": "containerName",
        "container.image": "containerImage",
        "kubernetes.podName": "podName",
        "kubernetes.podNamespace": "podNamespace",
        "kubernetes.podUID": "podUID",
    }


FIELDS: dict[str, FieldOfInput] = _fields()
