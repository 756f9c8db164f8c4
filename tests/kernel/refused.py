# SPDX-License-Identifier: Apache-2.0
"""Every system call of the catalogue with arguments that the kernel refuses before they do
anything, and what must be seen of it. Who makes it has no capability and owns nothing.
"""

import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.event import Event
from schemas.event_type import EventType, Field
from schemas.events import CATALOGUE
from schemas.kinds import WIDE_TYPES, Kind
from tests.collecting import Line

#: what cannot be made with refused arguments
_WORDS = {
    "clone": "i17 i0 i3 i4 i5",  # SIGCHLD: as fork, and without a flag the rest is not used
    "execve": "s/nowhere/pt [ ] [ ]",
    "execveat": "i-1 s/nowhere/pt [ ] [ ] i0",
    "exit": "i42",
    "exit_group": "i42",
    "personality": "i0xffffffff",  # only asks
    "sigsuspend": "i0 i0 i0",
    "ssetmask": "i0",
    "unshare": "i1",
}
_WAITING = {"pause", "sigsuspend"}
#: it would return into the stack of the process that it borrows memory from
_NO_COMPAT = {"vfork"}
_ABSENT = 0x3FFFFFF0  # more than the largest process id
_INTERRUPTED = -4
_RESTARTS = (-512, -513, -514, -516)  # what the caller sees as EINTR or not at all


@dataclass(frozen=True)
class Argument:
    """The words of one argument and, where it is a number, the number."""

    words: str
    number: int = 0


def _argument(field: Field, at: int, compat: bool) -> Argument:
    """Numbers that differ from each other, and that mean nothing to the kernel."""
    kind = field.kind
    if kind is Kind.STRING and field.type == "const char*":
        return Argument(f"s/nowhere/pt-{field.name}")
    if kind not in (Kind.I32, Kind.U32, Kind.I64, Kind.U64):
        return Argument(f"i{at + 1}", at + 1)  # an address where nothing is
    if "fd" in field.name or field.name == "mqdes":
        return Argument("i-1", -1)
    if field.type == "pid_t" or field.name in ("pid", "tid", "tgid", "who"):
        return Argument(f"i{_ABSENT}", _ABSENT)
    if kind in (Kind.I32, Kind.U32):
        return Argument(f"i{0x70000000 + at}", 0x70000000 + at)
    if not compat:
        return Argument(f"i{(0x71 << 56) + at}", (0x71 << 56) + at)
    if field.type in WIDE_TYPES:
        return Argument(f"i{0x72000000 + at} i{0x73000000 + at}",
                        (0x73000000 + at << 32) + 0x72000000 + at)  # fmt: skip
    return Argument(f"i{0x72000000 + at}", 0x72000000 + at)


def _seen_as(field: Field, argument: Argument) -> object:
    """What the field of the event must be."""
    number = argument.number
    if argument.words.startswith("s"):
        return argument.words[1:]
    if field.kind is Kind.U32:
        return number & 0xFFFFFFFF
    if field.kind in (Kind.I32, Kind.I64):
        return number
    if field.kind in (Kind.U64, Kind.POINTER):
        return number & 0xFFFFFFFFFFFFFFFF
    return None  # nothing could be read


def _words(event: EventType, compat: bool) -> str:
    if event.name in _WORDS:
        return _WORDS[event.name]
    arguments = (_argument(field, at, compat) for at, field in enumerate(event.fields))
    return " ".join(argument.words for argument in arguments)


def _expected(event: EventType, compat: bool) -> dict[str, object]:
    if event.name in ("execve", "execveat"):
        return {"pathname": "/nowhere/pt"}
    words = _WORDS.get(event.name, "").split()
    given = [Argument(word, int(word[1:], 0)) for word in words] or [
        _argument(field, at, compat) for at, field in enumerate(event.fields)
    ]
    if event.name == "clone" and compat:
        given[3:] = reversed(given[3:])  # arch/x86/Kconfig: CLONE_BACKWARDS if X86_32
    pairs = zip(event.fields, given, strict=True)
    return {field.name: _seen_as(field, argument) for field, argument in pairs}


@dataclass(frozen=True)
class Refused:
    """A call by its number on x86_64, or on i386."""

    event: EventType
    number: int
    compat: bool

    def __str__(self) -> str:
        return f"{self.event.name}{' compat' if self.compat else ''}"

    @property
    def steps(self) -> list[str]:
        """For tests/triggers/call.c."""
        words = _words(self.event, self.compat)
        call = f"{'compat ' if self.compat else ''}{self.number} {words}".strip()
        return ["powerless", *(["alarms"] if self.event.name in _WAITING else []), call]

    def emulated(self, status: int) -> bool:
        """Whether this kernel takes 32-bit calls at all; `status`: what the trigger ended with."""
        frameless = self.event.name.endswith("sigreturn")  # is killed for it everywhere
        return not self.compat or frameless or status not in (-signal.SIGSEGV, 128 + signal.SIGSEGV)

    def wrong(self, seen: Sequence[Event], pid: int, calls: Sequence[Line]) -> str:
        """What the events of process `pid` do not show as it was, by the lines that it printed."""
        expected = _expected(self.event, self.compat).items()
        named = [one for one in seen if one.name == self.event.name]
        right = [
            one for one in named
            if expected <= one.data().items() and one.task.syscall == self.number
            and one.compat == self.compat
        ]  # fmt: skip
        if not right:
            return f"not {dict(expected)}: {[one.data() for one in named]}"
        told = [line.returned for line in calls if line.tid == pid]  # not what a child got
        returned = {one.return_value for one in right}
        if not told:  # it did not return
            return "" if returned <= {0, -1} else f"returned {returned}"
        if any(self._same(value, told[-1]) for value in returned):
            return ""
        return f"returned {returned}, not {told[-1]}"

    def _same(self, seen: int, told: int) -> bool:
        if seen in _RESTARTS:
            return told == _INTERRUPTED
        mask = 0xFFFFFFFF if self.compat else 0xFFFFFFFFFFFFFFFF
        return seen & mask == told & mask


def _all() -> Iterator[Refused]:
    for event in CATALOGUE:
        if event.numbers is None:
            continue
        if event.numbers.x86_64 is not None:
            yield Refused(event, event.numbers.x86_64, compat=False)
        if event.numbers.i386 is not None and event.name not in _NO_COMPAT:
            yield Refused(event, event.numbers.i386, compat=True)


REFUSED = tuple(_all())
