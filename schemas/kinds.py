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
    TIMESPEC = 10  # bin: seconds and nanoseconds, int64 each in the machine's order
    TIMESPEC32 = 11  # bin: the same, int32 each
    PAIR = 12  # bin: two int32 in the machine's order
    BYTES = 13  # bin: as they are
    NUMBERS = 14  # bin: uint64 each in the machine's order
    HOOKS = 15  # bin: symbol NUL owner NUL, for each function that is not the kernel's own
    NAMED_HOOKS = 16  # bin: the same with a name NUL before each
    CREDENTIALS = 17  # bin: struct credentials of bpf/families/credentials.c


#: C type name (as Tracee's `args[].type` shows it) → kind. The only list of types there is.
KIND_OF_TYPE: dict[str, Kind] = {
    "bool": Kind.BOOL,
    **dict.fromkeys(("int", "pid_t", "key_t", "key_serial_t"), Kind.I32),
    **dict.fromkeys(("clockid_t", "timer_t", "mqd_t"), Kind.I32),
    **dict.fromkeys(("long", "off_t", "loff_t"), Kind.I64),
    **dict.fromkeys(("unsigned int", "u32", "u8", "dev_t", "mode_t", "umode_t"), Kind.U32),
    **dict.fromkeys(("uid_t", "gid_t", "old_uid_t", "old_gid_t"), Kind.U32),
    **dict.fromkeys(("unsigned long", "size_t", "u64", "aio_context_t"), Kind.U64),
    **dict.fromkeys(
        ("cap_user_header_t", "cap_user_data_t", "const cap_user_data_t"), Kind.POINTER
    ),
    **dict.fromkeys(("const char*", "char*"), Kind.STRING),
    **dict.fromkeys(("const char**", "const char*const*"), Kind.STRINGS),
    "struct sockaddr*": Kind.SOCKADDR,
    **dict.fromkeys(("struct timespec*", "const struct timespec*"), Kind.TIMESPEC),
    **dict.fromkeys(("struct old_timespec32*", "const struct old_timespec32*"), Kind.TIMESPEC32),
    "int[2]": Kind.PAIR,
    "bytes": Kind.BYTES,
    "unsigned long[]": Kind.NUMBERS,
    "[]trace.HookedSymbolData": Kind.HOOKS,
    "map[string]trace.HookedSymbolData": Kind.NAMED_HOOKS,
    "slim_cred_t": Kind.CREDENTIALS,
}

#: what a 32-bit call passes in two registers, the low half first
WIDE_TYPES = frozenset({"loff_t", "u64"})
#: what a call writes: a text, not ended by a NUL, is as long as the call's return value says
RESULT_TYPES = frozenset({"char*", "int[2]"})


def kind_of_type(name: str) -> Kind:
    """The kind of a C type; a pointer to what is not read is an address.

    Raises KeyError for a type that is neither in the list nor a pointer.
    """
    if name not in KIND_OF_TYPE and name.endswith("*"):
        return Kind.POINTER
    return KIND_OF_TYPE[name]


_NUMBERS = (Kind.I32, Kind.U32, Kind.I64, Kind.U64, Kind.POINTER)
_TIMES = (Kind.TIMESPEC, Kind.TIMESPEC32)
_BYTES = (
    *(Kind.STRING, Kind.STRINGS, Kind.SOCKADDR, *_TIMES, Kind.PAIR, Kind.BYTES),
    *(Kind.NUMBERS, Kind.HOOKS, Kind.NAMED_HOOKS, Kind.CREDENTIALS),
)
#: the parts of every family that values.address tells apart; an address has those of its own
_ADDRESS: dict[str, object] = {
    "type": "object",
    "properties": {
        name: {"type": "string"}
        for name in (
            *("sa_family", "sun_path", "sin_addr", "sin_port"),
            *("sin6_addr", "sin6_port", "sin6_flowinfo", "sin6_scopeid"),
        )
    },
}
_HOOK = {
    "type": "object",
    "properties": {"SymbolName": {"type": "string"}, "ModuleOwner": {"type": "string"}},
}

#: kind → JSON Schema of the value in `input.data` and, unparsed, in `args[].value`
JSON_SCHEMA_OF_KIND: dict[Kind, dict[str, object]] = {
    **{kind: {"type": "integer"} for kind in _NUMBERS},
    Kind.BOOL: {"type": "boolean"},
    Kind.STRING: {"type": "string"},
    Kind.STRINGS: {"type": "array", "items": {"type": "string"}},
    Kind.SOCKADDR: _ADDRESS,
    **{kind: {"type": "number"} for kind in _TIMES},
    **{kind: {"type": "array", "items": {"type": "integer"}} for kind in (Kind.PAIR, Kind.NUMBERS)},
    Kind.BYTES: {"type": "string"},
    Kind.HOOKS: {"type": "array", "items": _HOOK},
    Kind.NAMED_HOOKS: {"type": "object", "additionalProperties": _HOOK},
    Kind.CREDENTIALS: {"type": "object", "additionalProperties": {"type": "integer"}},
}

#: kind → what msgpack has for it; nil is a value that could not be read
WIRE_TYPE: dict[int, Any] = {
    **dict.fromkeys(_NUMBERS, int | None),
    Kind.BOOL: bool | None,
    **dict.fromkeys(_BYTES, bytes | None),
}
