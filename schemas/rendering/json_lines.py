# SPDX-License-Identifier: Apache-2.0
"""Records as lines of JSON: what `schemas.rendering.event.event_line` says, without the event.

A line is put together of what was encoded before, once for its type and once for its task, and of
the few values that are its own.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from schemas.event import ARGUMENTS, Event, Reading, Shape, names_of, truncated
from schemas.rendering.event import line_task, line_type
from schemas.rendering.look import Look
from schemas.rendering.per_task import PerTask
from schemas.stream.decoder import FIXED, FLAGS, POLICIES, RETURNED, Decoder, stack_in

_encode = msgspec.json.Encoder().encode
_Encode = Callable[[Any], bytes]


class JsonLines:
    """Lines of the records that `decoder` reads."""

    def __init__(self, decoder: Decoder, look: Look) -> None:
        self._time_of = decoder.time_of
        self._offset = look.offset(decoder.hello)
        self._time = b"" if look.time == "none" else b'"timestamp":%d,'
        self._policies = _Policies(decoder.hello.policies)
        self._task_of = PerTask(decoder, _task_part).of
        self._types = {one: _Type(shape, look) for one, shape in decoder.shapes.items()}

    def line(self, values: Sequence[Any]) -> bytes:
        """The line of a record's values, with its end. Raises DamagedRecord."""
        form = self._types[values[0]]
        time = self._time_of(values) + self._offset
        args = zip(form.encoders, values[FIXED:-1], strict=True)
        return b'{%b%b%b%b,"returnValue":%d,"args":[%b],"stackAddresses":%b%b}\n' % (
            self._time and self._time % time,
            self._task_of(values),
            form.constant,
            self._policies[values[POLICIES]],
            values[RETURNED],
            form.args % tuple([encode(value) for encode, value in args]),
            _encode(stack_in(values[-1])),
            form.truncated(values[FLAGS]) if values[FLAGS] & ARGUMENTS else b"",
        )


class _Type:
    """What is worked out once for all events of one type."""

    __slots__ = ("_fields", "args", "constant", "encoders")

    def __init__(self, shape: Shape, look: Look) -> None:
        self._fields = fields = shape.layout.fields
        self.constant = _inside(line_type(shape.layout)) + b',"matchedPolicies":'
        named = (_inside({"name": field.name, "type": field.type}) for field in fields)
        self.args = b",".join(b'{%b,"value":%%b}' % one.replace(b"%", b"%%") for one in named)
        self.encoders = [_encoder(reading) for reading in shape.readings(parsed=look.parsed)]

    def truncated(self, flags: int) -> bytes:
        cut = truncated(flags, self._fields)
        return b',"truncated":' + _encode(cut) if cut else b""


def _encoder(reading: Reading | None) -> _Encode:
    """From an argument as it came to its JSON."""
    if reading is None:
        return _encode
    return lambda value: b"null" if value is None else _encode(reading(value))


class _Policies(dict[int, bytes]):
    """JSON of the names that a bitmap stands for."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __missing__(self, bits: int) -> bytes:
        self[bits] = _encode(names_of(self._names, bits))
        return self[bits]


def _task_part(event: Event) -> bytes:
    return _inside(line_task(event)) + b","


def _inside(value: dict[str, Any]) -> bytes:
    """Of an object's JSON what stands between its braces."""
    return _encode(value)[1:-1]
