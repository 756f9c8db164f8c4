# SPDX-License-Identifier: Apache-2.0
"""Rego's functions on values, for the generated predicates: None where Rego's are undefined.

They give exactly what Rego's give, or raise Unsure.
"""

import functools
from collections.abc import Collection
from typing import Any

import re2


class Unsure(Exception):
    """Python and Go may disagree about this value."""


def lower(value: Any) -> str | None:
    return _ascii(value).lower() if type(value) is str else None


def upper(value: Any) -> str | None:
    return _ascii(value).upper() if type(value) is str else None


def _ascii(value: str) -> str:
    # Go maps each character for itself, Python knows that the upper case of ß is SS.
    if not value.isascii():
        raise Unsure(value)
    return value


def trim_prefix(value: Any, prefix: str) -> str | None:
    return value.removeprefix(prefix) if type(value) is str else None


def trim_suffix(value: Any, suffix: str) -> str | None:
    return value.removesuffix(suffix) if type(value) is str else None


def split(value: Any, separator: str) -> list[str] | None:
    """Raises ValueError for an empty separator, which in Rego splits into characters."""
    return value.split(separator) if type(value) is str else None


def count(value: Any) -> int | None:
    return len(value) if type(value) in (str, list, dict) else None


def bits_and(value: Any, mask: int) -> int | None:
    return value & mask if type(value) is int else None


def item(value: Any, index: int) -> Any:
    """The element of a list; -1 is the last one."""
    return value[index] if type(value) is list and -len(value) <= index < len(value) else None


def key(value: Any, name: str) -> Any:
    return value.get(name) if type(value) is dict else None


def elements(value: Any) -> Collection[Any]:
    """What `value[_]` goes through."""
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


@functools.cache
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def matches(value: str, pattern: str) -> bool:
    """RE2 as Go has it, and in time that grows with the text only. Raises for a bad pattern."""
    return _compiled(pattern).search(_ascii(value)) is not None


FUNCTIONS = {
    function.__name__: function
    for function in (
        bits_and,
        count,
        elements,
        item,
        key,
        lower,
        matches,
        split,
        trim_prefix,
        trim_suffix,
        upper,
    )
}
