# SPDX-License-Identifier: Apache-2.0
"""`--jobs N`: recordings judged by N processes, findings told as if by one.

This process loads the signatures, cuts the recording into windows, hands them out, and puts what
comes back in order. It does not look into a message, so one of it keeps several lanes busy.
"""

import gc
import os
import select
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from detector.inputs.recorded import Recorded
from detector.lane import Role, is_stateful
from detector.lane_process import LaneProcess, Work, fork, share
from detector.notices import Errors, say, warn
from detector.ruleset import Ruleset, Wanted
from detector.selection import Selection
from detector.tasks import Reply, What
from detector.telling import Teller
from detector.totals import Totals
from detector.windows import Cutter, Window

_AHEAD = 2  # windows that a lane has: one to judge and one to go on with
_BEHIND = 8  # windows per lane that the stateful one may be behind


@dataclass(slots=True, eq=False)
class _Sent:
    """A window under way: to its owner, and what that leaves of it to the stateful lane."""

    whole: Work
    thin: Work | None = None


@dataclass(slots=True)
class Jobs:
    """Processes and their sum. `close` ends them."""

    teller: Teller
    ruleset: Ruleset
    lanes: list[LaneProcess]
    stateful: list[LaneProcess]  # one or none
    totals: Totals = field(default_factory=Totals)
    errors: int = 0
    _sent: "deque[_Sent]" = field(default_factory=deque)

    def begin(self, recording: Recorded) -> Cutter:
        """Another recording, in windows; positions go on."""
        share(self._all, What.BEGIN)
        return Cutter(recording, self.totals.events)

    def give(self, window: Window) -> str:
        """To the lane that has least to do. Gives what was wrong with an earlier window, if any."""
        fault = self._make_room()
        if fault:
            return fault
        owner = min(self.lanes, key=lambda lane: len(lane.under_way))
        sent = _Sent(Work([owner]))
        what = What.LAST if window.last else What.WINDOW
        owner.tell(what, window.extent, window.first, window.offset)
        if window.context:
            others = [lane for lane in self.lanes if lane is not owner]
            share(others, What.CONTEXT, window.context)
        self._sent.append(sent)
        owner.under_way.append(sent.whole)
        return ""

    def rest(self) -> str:
        """All windows under way, up to one with a fault; what is after that is forgotten."""
        fault = ""
        while self._sent and not fault:
            self._wait()
            fault = self._collect()
        self._sent.clear()
        while any(lane.under_way for lane in self._all):
            self._wait()
        return fault

    def end(self, name: str) -> None:
        """The recording is at its end."""
        share(self._all, What.END, os.fsencode(name))
        work = Work(self._all)
        for lane in self._all:
            lane.under_way.append(work)
            lane.take_reply()
        self._add(work.replies)

    def close(self) -> None:
        for lane in self._all:
            lane.close()
        self.ruleset.close()

    @property
    def _all(self) -> list[LaneProcess]:
        return [*self.lanes, *self.stateful]

    def _make_room(self) -> str:
        """Wait until some lane has room, and tell what is there by then, as `collect`."""
        fault = self._collect()
        while not fault and not self._has_room():
            self._wait()
            fault = self._collect()
        return fault

    def _has_room(self) -> bool:
        free = any(len(lane.under_way) < _AHEAD for lane in self.lanes)
        return free and len(self._sent) < _BEHIND * len(self.lanes)

    def _wait(self) -> None:
        """For a reply or more; none if all work is done."""
        busy = {lane.connection.fileno(): lane for lane in self._all if lane.under_way}
        poll = select.poll()
        for fd in busy:
            poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll() if busy else ():
            busy[fd].take_reply()
        self._hand_on()

    def _hand_on(self) -> None:
        """Window by window in order, up to one with a fault."""
        for sent in self._sent if self.stateful else ():
            if not sent.whole.done:
                return
            [reply] = sent.whole.replies
            if sent.thin is None:
                sent.thin = Work(self.stateful)
                share(self.stateful, What.THIN, reply.thin)
                self.stateful[0].under_way.append(sent.thin)
            if reply.fault:
                return

    def _collect(self) -> str:
        """Tell of the oldest windows, as far as they are done, up to one with a fault."""
        while self._sent and self._is_done(self._sent[0]):
            sent = self._sent.popleft()
            [reply] = sent.whole.replies
            self._add([reply, *(sent.thin.replies if sent.thin else ())])
            for name in ("events", "selected", "lost", "dropped", "context_lost"):
                setattr(self.totals, name, getattr(self.totals, name) + getattr(reply.totals, name))
            if reply.fault:
                return reply.fault
        return ""

    def _is_done(self, sent: _Sent) -> bool:
        if self.stateful and (sent.thin is None or not sent.thin.done):
            return False
        return sent.whole.done

    def _add(self, replies: Sequence[Reply]) -> None:
        found = [one for reply in replies for one in reply.findings]
        for one in sorted(found, key=lambda told: (told.message, told.order)):
            self.teller.write(one)
        for reply in replies:
            self.totals.candidates += reply.totals.candidates
            self.totals.findings += reply.totals.findings
            self.errors += reply.errors


def start(count: int, wanted: Wanted, teller: Teller) -> Jobs:
    """Load the signatures and fork the lanes. Raises what Ruleset does.

    The stateful signatures, if there are any, have a lane beside the `count` others.
    """
    ruleset = Ruleset(wanted, Errors())
    for problem in ruleset.problems:
        warn(problem)
    ruleset.server.stop()  # each lane has its own
    gc.freeze()  # what is loaded stays: no lane need look through it again, or copy it
    roles = _roles(count, ruleset.selection)
    lanes: list[LaneProcess] = []
    for role in roles:
        lanes.append(fork(role, ruleset, teller.outputs, lanes))
    stateful = [lane for lane, role in zip(lanes, roles, strict=True) if role.stateful]
    return Jobs(teller, ruleset, [lane for lane in lanes if lane not in stateful], stateful)


def _roles(count: int, selection: Selection) -> list[Role]:
    signatures = selection.signatures.values()
    stateful = [one for one in signatures if is_stateful(one)]
    findings = {one.metadata.event_name for one in signatures}
    taken = {selector.name for one in stateful for selector in one.selectors}
    if count > 1 and not taken.isdisjoint(findings):
        say("--jobs: a stateful signature takes findings of others, so there is one process")
        count = 1
    if count == 1:
        return [Role(None, speaks=True)]
    roles = [Role(False, speaks=number == 0) for number in range(count)]
    return [*roles, Role(True, speaks=False)] if stateful else roles
