# SPDX-License-Identifier: Apache-2.0
"""`--jobs N`: recordings judged by N processes, findings told as if by one.

This process cuts the recording into windows, hands them out in turn, and puts what comes back in
order. It does not look into a message, so one of it keeps several lanes busy.
"""

import os
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from detector.lane import Role, serve
from detector.notices import say
from detector.ruleset import Wanted
from detector.tasks import REPLY, TASK, Ready, Reply, What
from detector.telling import Teller
from detector.totals import Totals
from detector.windows import Cutter, Window
from pytracee.service.errors import OperatorError

_AHEAD = 2  # windows that a lane has: one to judge and one to go on with
_R = TypeVar("_R", Ready, Reply)


@dataclass(slots=True)
class _Child:
    pid: int
    connection: socket.socket

    def tell(self, what: int, window: Window, data: int, length: int) -> None:
        """`data`: a file in memory, so that nobody waits for the other to read."""
        head = TASK.pack(what, window.first, window.offset, length)
        try:
            socket.send_fds(self.connection, [head], [data])
        except BrokenPipeError:
            raise self._ended() from None

    def reply(self, form: type[_R]) -> _R:
        [size] = REPLY.unpack(self._read(REPLY.size))
        return msgspec.msgpack.decode(self._read(size), type=form)

    def close(self) -> None:
        """Its input ends, and so does it."""
        self.connection.close()
        os.waitpid(self.pid, 0)

    def _read(self, size: int) -> bytes:
        data = self.connection.recv(size, socket.MSG_WAITALL)
        if len(data) < size:
            raise self._ended()
        return data

    def _ended(self) -> OperatorError:
        return OperatorError(
            f"--jobs: process {self.pid} ended before its work was done: "
            "look for its last words above and in the kernel's log, or run with --jobs 1"
        )


@dataclass(slots=True)
class _Sent:
    """A window under way, and who answers for it."""

    lanes: list[_Child]
    name: str
    last: bool


@dataclass(slots=True)
class Jobs:
    """Processes and their sum. `close` ends them."""

    teller: Teller
    lanes: list[_Child]
    stateful: list[_Child]  # one or none
    totals: Totals = field(default_factory=Totals)
    errors: int = 0
    _turn: int = 0
    _sent: "deque[_Sent]" = field(default_factory=deque)

    def begin(self) -> Cutter:
        """Another recording; positions go on."""
        self._all(What.BEGIN, Window(0, 0, b"", b""))
        return Cutter(self.totals.events)

    def give(self, name: str, window: Window, *, last: bool = False) -> str:
        """To the next lane. Gives what was wrong with an earlier window, if anything."""
        fault = ""
        while len(self._sent) >= _AHEAD * len(self.lanes) and not fault:
            fault = self.collect()
        if fault:
            return fault
        owner = self.lanes[self._turn]
        self._turn = (self._turn + 1) % len(self.lanes)
        owners = [owner, *self.stateful]
        _share(owners, What.LAST if last else What.WINDOW, window, window.data)
        if window.context:
            others = [lane for lane in self.lanes if lane is not owner]
            _share(others, What.CONTEXT, window, window.context)
        self._sent.append(_Sent(owners, name, last))
        return ""

    def collect(self) -> str:
        """The findings of the oldest window are told. Gives what was wrong with it."""
        sent = self._sent.popleft()
        replies = [lane.reply(Reply) for lane in sent.lanes]
        self._add(replies)
        first = replies[0].totals
        self.totals.events += first.events
        self.totals.selected += first.selected
        self.totals.lost += first.lost
        self.totals.dropped += first.dropped
        return replies[0].fault

    def rest(self) -> str:
        """All windows under way, up to one with a fault; what is after that is forgotten."""
        fault = ""
        while self._sent and not fault:
            fault = self.collect()
        for sent in self._sent:
            for lane in sent.lanes:
                lane.reply(Reply)
        self._sent.clear()
        return fault

    def end(self, name: str) -> None:
        """The recording is at its end."""
        self._all(What.END, Window(0, 0, os.fsencode(name), b""))
        self._add([lane.reply(Reply) for lane in (*self.lanes, *self.stateful)])

    def close(self) -> None:
        for lane in (*self.lanes, *self.stateful):
            lane.close()

    def _all(self, what: int, window: Window) -> None:
        _share([*self.lanes, *self.stateful], what, window, window.data)

    def _add(self, replies: Sequence[Reply]) -> None:
        found = [one for reply in replies for one in reply.findings]
        for one in sorted(found, key=lambda told: (told.message, told.order)):
            self.teller.write(one)
        for reply in replies:
            self.totals.candidates += reply.totals.candidates
            self.totals.findings += reply.totals.findings
            self.errors += reply.errors


def _share(lanes: Sequence[_Child], what: int, window: Window, data: bytes) -> None:
    fd = os.memfd_create("pytracee-window", os.MFD_CLOEXEC)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        for lane in lanes:
            lane.tell(what, window, fd, len(data))
    finally:
        os.close(fd)


def start(count: int, wanted: Wanted, teller: Teller) -> Jobs:
    """Fork the lanes, before this process has threads or an OPA. Raises OperatorError.

    The lane of the stateful signatures is forked with the others, and goes if there are none.
    """
    if count == 1:
        jobs, ready = _started([Role(None, speaks=True)], wanted, teller)
        _report(ready)
        return jobs
    roles = [Role(False, speaks=number == 0) for number in range(count)]
    jobs, ready = _started([*roles, Role(True, speaks=False)], wanted, teller)
    if ready.tied:
        jobs.close()
        say("--jobs: a stateful signature takes findings of others, so there is one process")
        return start(1, wanted, teller)
    jobs.stateful.append(jobs.lanes.pop())
    if not ready.stateful:
        jobs.stateful.pop().close()
    _report(ready)
    return jobs


def _report(ready: Ready) -> None:
    for problem in ready.problems:
        say(problem)


def _started(roles: Sequence[Role], wanted: Wanted, teller: Teller) -> tuple[Jobs, Ready]:
    children: list[_Child] = []
    for role in roles:
        children.append(_fork(role, wanted, teller, children))
    jobs = Jobs(teller, children, [])
    answers = [child.reply(Ready) for child in children]
    if failures := [answer.failure for answer in answers if answer.failure]:
        jobs.close()
        raise OperatorError(failures[0])
    return jobs, answers[0]


def _fork(role: Role, wanted: Wanted, teller: Teller, before: Sequence[_Child]) -> _Child:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        theirs.close()
        return _Child(pid, ours)
    status = 1
    try:
        for child in before:
            child.connection.close()  # or it would not see the end of its input
        ours.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; the other end decides
        serve(theirs, wanted, role, teller.outputs)
        status = 0
    except Exception:
        traceback.print_exc()  # the last words that the other end sends people to
    finally:
        os._exit(status)
