# SPDX-License-Identifier: Apache-2.0
"""All signatures of one event as one Python function over a record's values.

    def may_match(values):
        try:
            if len(values) != 15:
                return EVERY
            arg_pathname = None if values[8] is None else convert_1(values[8])
            if not (type(arg_pathname) is str and (arg_pathname.endswith('/mem'))):
                return ALWAYS
            arg_flags = None if values[9] is None else parse_2(values[9])
            found = []
            if arg_pathname.endswith('/mem') and any(…):
                found.append('s3')
            return tuple(found)
        except Exception:
            return EVERY

The gate (`if not`) turns most events away after one look at one argument.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from detector.prefilter import operations
from detector.prefilter.condition import Argument, Condition, Data, Field, any_of
from detector.prefilter.reading import TASK, Reading, Root
from detector.prefilter.source import expression, gate, roots

#: a record's values → keys of the signatures that may match; never raises
MayMatch = Callable[[Sequence[Any]], tuple[str, ...]]


def compiled(conditions: Mapping[str, Condition], reading: Reading) -> MayMatch:
    """`conditions` by the signature's key, which is also the order of what the function gives."""
    namespace = {
        **operations.FUNCTIONS,
        **reading.functions,
        "EVERY": tuple(conditions),
        "ALWAYS": tuple(key for key, condition in conditions.items() if condition is True),
    }
    text = source(conditions, reading)
    exec(compile(text, f"<prefilter of {reading.event!r}>", "exec"), namespace)
    function: MayMatch = namespace["may_match"]
    return function


def source(conditions: Mapping[str, Condition], reading: Reading) -> str:
    """The function's source. Names from a stream get into it only if they are plain names."""
    lines = [
        "def may_match(values):",
        "    try:",
        f"        if len(values) != {reading.length}:",
        "            return EVERY",
        *(f"        {line}" for line in _body(conditions, reading)),
        "    except Exception:",
        "        return EVERY",
    ]
    return "\n".join(lines) + "\n"


def _body(conditions: Mapping[str, Condition], reading: Reading) -> Iterator[str]:
    uncertain = any_of(condition for condition in conditions.values() if condition is not True)
    if isinstance(uncertain, bool):
        yield "return ALWAYS"
        return
    first, every = roots(gate(uncertain)), roots(uncertain)
    names = {root: _name(root, number) for number, root in enumerate(every)}.__getitem__
    yield from _assignments(first, names, reading)
    yield f"if not ({expression(gate(uncertain), names)}):"
    yield "    return ALWAYS"
    yield from _assignments([root for root in every if root not in first], names, reading)
    yield "found = []"
    for key, condition in conditions.items():
        if condition is not False:
            yield f"if {expression(condition, names)}: found.append({key!r})"
    yield "return tuple(found)"


def _assignments(
    wanted: Iterable[Root], names: Callable[[Root], str], reading: Reading
) -> Iterator[str]:
    expressions = [(names(root), reading.expressions[root]) for root in wanted]
    if any("task." in found for _, found in expressions):
        yield TASK
    yield from (f"{name} = {found}" for name, found in expressions)


def _name(root: Root, number: int) -> str:
    match root:
        case Argument(name):
            text = f"arg_{name}"
        case Data(name):
            text = f"data_{name}"
        case Field(path):
            text = f"event_{'_'.join(path)}"
    return text if text.isascii() and text.isidentifier() else f"value_{number}"
