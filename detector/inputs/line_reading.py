# SPDX-License-Identifier: Apache-2.0
"""Where in a JSON line the arguments and fields are that a condition reads.

`values` are the line's fields and the values of its arguments. Any of them may be of any type.
"""

import functools
from collections.abc import Callable
from typing import Any

from detector.prefilter.condition import Argument, Data, Field
from detector.prefilter.reading import FIELDS, NAMED, Reading, Root
from schemas.event import Render, Shape
from schemas.line import renders


def line_reading(shape: Shape) -> Reading:
    """For lines of this shape that have no `data` of their own."""
    event, names = shape.layout.name, tuple(field.name for field in shape.layout.fields)
    expressions: dict[Root, str] = {Field(path): _field(path) for path in FIELDS}
    functions: dict[str, Callable[..., Any]] = {"within": _within}
    for at, name in enumerate(names):
        expressions[Data(name)] = expressions[Argument(name)] = f"values[1][{at}]"
        if render := renders(event).get(name):
            functions[f"parse_{at}"] = _parse(render)
            expressions[Argument(name)] = f"parse_{at}(values[1][{at}])"
    return Reading(event, names, 2, expressions, functions)


def _field(path: tuple[str, ...]) -> str:
    if len(path) == 1:
        return f"values[0].get({path[0]!r})"
    return f"within(values[0], {path!r})"


def _within(fields: Any, path: tuple[str, ...]) -> Any:
    return functools.reduce(_get, path, fields)


def _get(value: Any, name: str) -> Any:
    return value.get(name) if type(value) is dict else None


def _parse(render: Render) -> Callable[[Any], Any]:
    remembered = functools.lru_cache(NAMED)(render)
    return lambda value: remembered(value) if type(value) is int else value
