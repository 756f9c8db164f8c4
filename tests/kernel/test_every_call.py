# SPDX-License-Identifier: Apache-2.0
"""Every system call of the catalogue, made for real with arguments that the kernel refuses before
they do anything: each field is what was in its register, the return value what the caller got.

The program that makes the call has no capability and owns nothing.
"""

import signal
from dataclasses import dataclass

import pytest

from schemas.event import Event
from schemas.event_type import EventType, Field
from schemas.events import CATALOGUE
from schemas.kinds import WIDE_TYPES, Kind
from tests.collecting import Collecting, needs_kernel
from tests.conftest import Run

pytestmark = needs_kernel

CALLS = [event for event in CATALOGUE if event.numbers is not None]
NATIVE = [event for event in CALLS if event.numbers and event.numbers.x86_64 is not None]
COMPAT = [event for event in CALLS if event.numbers and event.numbers.i386 is not None]

#: what cannot be made with refused arguments
WORDS = {
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
WAITING = {"pause", "sigsuspend"}
#: it would return into the stack of the process that it borrows memory from
NO_COMPAT = {"vfork"}
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
    if event.name in WORDS:
        return WORDS[event.name]
    arguments = (_argument(field, at, compat) for at, field in enumerate(event.fields))
    return " ".join(argument.words for argument in arguments)


def _expected(event: EventType, compat: bool) -> dict[str, object]:
    if event.name in ("execve", "execveat"):
        return {"pathname": "/nowhere/pt"}
    words = WORDS.get(event.name, "").split()
    given = [Argument(word, int(word[1:], 0)) for word in words] or [
        _argument(field, at, compat) for at, field in enumerate(event.fields)
    ]
    if event.name == "clone" and compat:
        given[3:] = reversed(given[3:])  # arch/x86/Kconfig: CLONE_BACKWARDS if X86_32
    pairs = zip(event.fields, given, strict=True)
    return {field.name: _seen_as(field, argument) for field, argument in pairs}


def _check(event: EventType, number: int, live: Collecting, run: Run, compat: bool) -> None:
    step = f"{'compat ' if compat else ''}{number} {_words(event, compat)}".strip()
    done = run("powerless", *(["alarms"] if event.name in WAITING else []), step)
    if compat and done.status == -signal.SIGSEGV and not event.name.endswith("sigreturn"):
        pytest.skip("this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION)")
    live.of(done.pid)
    expected = _expected(event, compat)
    seen = [one for one in live.recording.of(done.pid, event.name)
            if expected.items() <= one.data().items() and one.task.syscall == number
            and one.compat == compat]  # fmt: skip
    assert seen, [one.data() for one in live.recording.of(done.pid, event.name)]
    told = [line.returned for line in done.calls if line.tid == done.pid]  # not what a child got
    if told:
        assert any(_same(one, told[-1], compat) for one in seen), told
    else:  # it did not return
        assert event.name in ("exit", "exit_group") or done.status < 0
        assert {one.return_value for one in seen} <= {0, -1}


def _same(event: Event, returned: int, compat: bool) -> bool:
    if event.return_value in _RESTARTS:
        return returned == _INTERRUPTED
    return event.return_value & _mask(compat) == returned & _mask(compat)


def _mask(compat: bool) -> int:
    return 0xFFFFFFFF if compat else 0xFFFFFFFFFFFFFFFF


@pytest.mark.parametrize("event", NATIVE, ids=lambda event: event.name)
def test_a_call_is_seen_as_it_was_made(event: EventType, live: Collecting, run: Run) -> None:
    assert event.numbers
    assert event.numbers.x86_64 is not None
    _check(event, event.numbers.x86_64, live, run, compat=False)


@pytest.mark.parametrize(
    "event", [one for one in COMPAT if one.name not in NO_COMPAT], ids=lambda event: event.name
)
def test_a_32_bit_call_is_seen_as_it_was_made(event: EventType, live: Collecting, run: Run) -> None:
    assert event.numbers
    assert event.numbers.i386 is not None
    _check(event, event.numbers.i386, live, run, compat=True)


def test_every_system_call_is_made_here() -> None:
    assert {event.name for event in NATIVE} | {event.name for event in COMPAT} == {
        event.name for event in CALLS
    }
