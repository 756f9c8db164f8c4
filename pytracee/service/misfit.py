# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a value of another shape, in the words of who writes YAML: from msgspec's."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import inspect

from pytracee.service.nearest import hint

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`")
_OTHER = re.compile(r"Expected `(\w+)`, got `(\w+)`")
_EMPTY = re.compile(r"Expected `\w+` of length >= 1")
_LONG = re.compile(r"Expected `\w+` of length <= (\d+)")
_PATTERN = re.compile(r"Expected `str` matching regex .*", re.DOTALL)
_CHOICE = re.compile(r"Invalid enum value .*", re.DOTALL)
_KINDS = {
    "str": "text", "int": "a number", "float": "a number", "bool": "true or false",
    "array": "a list", "object": "keys with values", "null": "nothing",
}  # fmt: skip
_CURES = {"str": "put it into quotes", "array": "write `- ` before each of its elements"}

Kind = inspect.Type


def unknown_key(message: str) -> str | None:
    """The key that nobody knows, if that is the mistake."""
    match = _UNKNOWN.fullmatch(message)
    return match[1] if match else None


def words(message: str, shape: Any, steps: Sequence[str | int]) -> str:
    """msgspec's message about what lies `steps` down in a value that is to be of `shape`."""
    kind, about = _kind(shape, steps)
    for form, told in _WORDS:
        if match := form.fullmatch(message):
            return told(match, kind, about) or message
    return message


def _kind(shape: Any, steps: Sequence[str | int]) -> tuple[Kind, str]:
    """Of which type that is, and how it is described, if it is."""
    kind, about = inspect.type_info(shape), ""
    for step in steps:
        if isinstance(kind, inspect.StructType):
            kind = next((one.type for one in kind.fields if one.encode_name == step), kind)
        else:
            kind = getattr(kind, "item_type", kind)
        about = ""
        if isinstance(kind, inspect.Metadata):
            about = (kind.extra_json_schema or {}).get("description", "")
            kind = kind.type
    return kind, about


def _unknown(match: re.Match[str], kind: Kind, _: str) -> str:
    known = [one.encode_name for one in kind.fields] if isinstance(kind, inspect.StructType) else []
    return f"there is no {match[1]}{hint(match[1], known)}"


def _missing(match: re.Match[str], kind: Kind, _: str) -> str:
    fields = kind.fields if isinstance(kind, inspect.StructType) else ()
    found = (_example(one.type) for one in fields if one.encode_name == match[1])
    return f"{match[1]} is missing: write {match[1]}: {next(found, '…')}"


def _example(kind: Kind) -> str:
    """How such a value is written at the least."""
    match kind:
        case inspect.Metadata():
            return _example(kind.type)
        case inspect.LiteralType():
            return str(kind.values[0])
        case inspect.StructType():
            parts = [f"{f.encode_name}: {_example(f.type)}" for f in kind.fields if f.required]
            return "{" + ", ".join(parts) + "}"
        case inspect.ListType():
            return f"[{_example(kind.item_type)}]"
    return "…"


def _other(match: re.Match[str], *_: object) -> str:
    wanted, found = match[1], match[2]
    if wanted not in _KINDS or found not in _KINDS:
        return ""
    cure = _CURES.get(wanted, "") if found in ("int", "float", "bool", "str") else ""
    return f"it must be {_KINDS[wanted]}, and is {_KINDS[found]}" + (f": {cure}" if cure else "")


def _choice(_: re.Match[str], kind: Kind, __: str) -> str:
    values = kind.values if isinstance(kind, inspect.LiteralType) else ()
    return f"it must be {' or '.join(map(str, values))}"


_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Kind, str], str]], ...] = (
    (_UNKNOWN, _unknown),
    (_MISSING, _missing),
    (_OTHER, _other),
    (_CHOICE, _choice),
    (_EMPTY, lambda *_: "it is empty: write what it is to be"),
    (_LONG, lambda match, *_: f"it is longer than {match[1]}"),
    (_PATTERN, lambda _, __, about: about and f"it must be otherwise: {about}"),
)
