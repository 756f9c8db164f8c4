# SPDX-License-Identifier: Apache-2.0
"""System calls, as the tests of this machine's kernel make them."""

import signal

from tests.kernel.refused import REFUSED, Refused
from tests.kernel.test_system_calls import CASES, COMPAT, I386, NATIVE, expected
from tests.kernel.test_system_calls import Case as Call
from tests.lab.case import GETPPID, Case, NotHere, Outcome, Pairs, compare

_EMULATED = "32-bit calls are read as such and told apart"
_LIMITS = "texts and lists at their limits are cut and marked, and the rest is whole"
_LOSS = "what finds no room is counted: made = received + lost"
_MANY = 3000


def _native(call: Call) -> Case:
    def check(seen: Outcome) -> Pairs:
        line, event = seen.calls[-1], seen.last(call.call)
        yield "fails", call.error != 0, line.returned < 0  # with which error, kernels disagree
        yield from compare(expected(call.fields, line), event.data())
        yield "return value", line.returned, event.return_value
        yield "thread", line.tid, event.task.host_tid
        yield "32-bit", False, event.compat

    before = (call.before,) if call.before else ()
    return Case(call.call, (*before, f"{NATIVE[call.call]} {call.words}".strip()), check)


def _compat(call: Call) -> Case:
    def check(seen: Outcome) -> Pairs:
        if seen.status == 128 + signal.SIGSEGV:
            raise NotHere("this kernel takes no 32-bit calls")
        line, event = seen.calls[-1], seen.last(call.call)
        wanted = expected(call.fields, line)
        for name in {"mountflags"} & wanted.keys():
            wanted[name] = line.registers[3] & 0xFFFFFFFF
        yield from compare(wanted, event.data())
        yield "return value", line.returned, event.return_value
        yield "number", I386[call.call], event.task.syscall
        yield "32-bit", True, event.compat

    step = f"compat {I386[call.call]} {call.words}".strip()
    return Case(call.call, (step,), check, claim=_EMULATED)


def _limit(call: str, words: str, field: str, value: object, cut: bool) -> Case:
    def check(seen: Outcome) -> Pairs:
        event = seen.last(call)
        yield field, value, event.data()[field]
        yield "cut short", [field] * cut, event.truncated()

    return Case(call, (f"{NATIVE[call]} {words}",), check, claim=_LIMITS)


def _longest(seen: Outcome) -> Pairs:
    event = seen.last("execveat")
    data = event.data()
    yield "pathname", "a" * 4095, data["pathname"]
    for field in ("argv", "envp"):
        yield field, ({"a" * 4000}, True), (set(data[field]), len(data[field]) >= 5)
    yield "flags", 0x1000, data["flags"]
    yield "cut short", ["argv", "envp"], event.truncated()
    yield "the next record", 1, len(seen.events("getppid"))


def _all_counted(seen: Outcome) -> Pairs:
    received = len(seen.recording.of(seen.pid, "getppid"))
    lost = seen.recording.lost["ring", "getppid"]
    yield "received and lost", _MANY, received + lost
    yield "some of each", (True, True), (received > 0, lost > 0)


def _limits() -> list[Case]:
    words = [f"word{number}" for number in range(200)]
    listed = f"s/nowhere/x [ s{' s'.join(words)} ] [ ]"
    long = " ".join(["a4000"] * 12)
    most = f"{NATIVE['execveat']} i-1 a4095 [ {long} ] [ {long} ] i0x1000"
    return [
        _limit("openat", "i-100 a4095 i0 i0", "pathname", "a" * 4095, cut=False),
        _limit("openat", "i-100 a5000 i0 i0", "pathname", "a" * 4095, cut=True),
        _limit("execve", listed, "argv", words, cut=False),
        _limit("execve", "s/nowhere/x [ a5000 slast ] [ ]", "argv", ["a" * 4095, "last"], cut=True),
        Case("execveat", (most, GETPPID), _longest, claim=_LIMITS),
    ]


def _refused(call: Refused) -> Case:
    def check(seen: Outcome) -> Pairs:
        if not call.emulated(seen.status):
            raise NotHere("this kernel takes no 32-bit calls")
        events = seen.recording.of(seen.pid)
        yield "the call", "", call.wrong(events, seen.pid, seen.calls)

    return Case(call.event.name, tuple(call.steps), check)


#: the others are made there as here; a guest has not the time for each in both ways
_IN_BOTH = {one.event for one in REFUSED if not one.compat}
_REFUSED = [one for one in REFUSED if not one.compat or one.event not in _IN_BOTH]

CALLS = (
    *map(_native, CASES),
    *map(_refused, _REFUSED),
    *map(_compat, COMPAT),
    *_limits(),
    Case("getppid", (f"times {_MANY} {GETPPID}",), _all_counted, _LOSS, round="small"),
)
