# SPDX-License-Identifier: Apache-2.0
"""The kernel's table of system calls: which event a call is, and how its arguments are read."""

import enum
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.event_type import EventType
from schemas.kinds import RESULT_TYPES, WIDE_TYPES, Kind

COMPAT_CALLS = 512  # as in bpf/maps.h
ENTER, EXIT = "on_sys_enter", "on_sys_exit"

CHAIN_MAX = 8  # as there
_ROW = struct.Struct("<QQQHBBBBB6s8s8s3x")  # struct call in bpf/maps.h
#: CONFIG_CLONE_BACKWARDS: all but the native call of x86_64 have the last two arguments swapped
_BACKWARDS = "clone"


class Taken(enum.IntEnum):
    """When arguments are taken (enum taken in bpf/maps.h)."""

    AT_EXIT = 0
    FROM_ENTRY = 1
    AT_ENTRY = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call stands in the table."""

    number: int
    compat: bool

    @property
    def row(self) -> int:
        return self.number + COMPAT_CALLS * self.compat


@dataclass(frozen=True, slots=True)
class Call:
    """What one row says. `policies` ask for its event, `before` and `after` for events that the
    leaders and followers in these places see to. `kept`: at entry, though its own event may not be
    asked for.
    """

    event: EventType
    policies: int = 0
    before: int = 0
    after: int = 0
    leaders: bytes = b""
    followers: bytes = b""
    kept: bool = False

    @property
    def taken(self) -> Taken:
        return taken(self.event) if self.policies or self.kept else Taken.AT_EXIT

    def packed(self, place: Place, machine: str) -> bytes:
        """The row as the kernel's side reads it."""
        fields = self.event.fields
        wide = [place.compat and field.type in WIDE_TYPES for field in fields]
        swapped = self.event.name == _BACKWARDS and (place.compat or machine != "x86_64")
        kinds = bytes(field.kind for field in fields)
        return _ROW.pack(self.policies, self.before, self.after, self.event.id, len(kinds),
                         self.taken, _bits(wide), _bits(_results(self.event)), swapped,
                         kinds, self.leaders, self.followers)  # fmt: skip


def taken(event: EventType) -> Taken:
    programs = {program for probe in event.probes for program in probe.programs}
    if ENTER not in programs:
        return Taken.AT_EXIT
    return Taken.FROM_ENTRY if EXIT in programs else Taken.AT_ENTRY


def places(event: EventType, machine: str) -> Iterator[Place]:
    """Where this machine's table has the call: its own number, and that of 32-bit programs."""
    numbers = event.numbers
    assert numbers is not None
    native = numbers.x86_64 if machine == "x86_64" else numbers.arm64
    if native is not None:
        yield Place(native, compat=False)
    if machine == "x86_64" and numbers.i386 is not None:
        yield Place(numbers.i386, compat=True)


def _results(event: EventType) -> list[bool]:
    """Which arguments the call writes; of an address, the next argument points to its size."""
    following = (*(field.kind for field in event.fields[1:]), None)
    return [
        field.type in RESULT_TYPES or (field.kind is Kind.SOCKADDR and after is Kind.POINTER)
        for field, after in zip(event.fields, following, strict=False)
    ]


def _bits(flags: list[bool]) -> int:
    return sum(1 << at for at, flag in enumerate(flags) if flag)
