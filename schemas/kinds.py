# SPDX-License-Identifier: Apache-2.0
"""How a field of a given C type is written in a record, and in JSON.

A *kind* is an encoding; many C types share one. The numbers are compiled into `bpf/catalogue.h`
and travel in Hello's layouts, so they are never renumbered.
"""

import enum
from typing import Any


class Kind(enum.IntEnum):
    """Encoding of one argument in a record (msgpack, fixed width, big-endian)."""

    I32 = 1  # int32
    U32 = 2  # uint32
    I64 = 3  # int64
    U64 = 4  # uint64
    POINTER = 5  # uint64; an address of the task, shown as hex where values are parsed
    BOOL = 6  # true or false
    STRING = 7  # bin: bytes up to the NUL, which is left out
    STRINGS = 8  # bin: strings one after the other, each with its NUL
    SOCKADDR = 9  # bin: struct sockaddr as the task passed it, at most 128 bytes


#: C type name (as Tracee's `args[].type` shows it) → kind. The only list of types there is.
KIND_OF_TYPE: dict[str, Kind] = {
    "bool": Kind.BOOL,
    "int": Kind.I32,
    "pid_t": Kind.I32,
    "long": Kind.I64,
    "unsigned int": Kind.U32,
    "u32": Kind.U32,
    "dev_t": Kind.U32,
    "mode_t": Kind.U32,
    "umode_t": Kind.U32,
    "unsigned long": Kind.U64,
    "size_t": Kind.U64,
    "void*": Kind.POINTER,
    "const void*": Kind.POINTER,
    "struct open_how*": Kind.POINTER,
    "const char*": Kind.STRING,
    "const char**": Kind.STRINGS,
    "const char*const*": Kind.STRINGS,
    "struct sockaddr*": Kind.SOCKADDR,
}

_NUMBERS = (Kind.I32, Kind.U32, Kind.I64, Kind.U64, Kind.POINTER)
_BYTES = (Kind.STRING, Kind.STRINGS, Kind.SOCKADDR)

#: kind → JSON Schema of the value in `input.data` and, unparsed, in `args[].value`
JSON_SCHEMA_OF_KIND: dict[Kind, dict[str, object]] = {
    **{kind: {"type": "integer"} for kind in _NUMBERS},
    Kind.BOOL: {"type": "boolean"},
    Kind.STRING: {"type": "string"},
    Kind.STRINGS: {"type": "array", "items": {"type": "string"}},
    Kind.SOCKADDR: {"type": "object", "properties": {"sa_family": {"type": "string"}}},
}

#: kind → what msgpack has for it; nil is a value that could not be read
WIRE_TYPE: dict[int, Any] = {
    **dict.fromkeys(_NUMBERS, int | None),
    Kind.BOOL: bool | None,
    **dict.fromkeys(_BYTES, bytes | None),
}
