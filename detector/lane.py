# SPDX-License-Identifier: Apache-2.0
"""One process of `--jobs`: judges the windows that it is given, with an OPA of its own.

Stateful signatures must see all of their events, so they have one lane for themselves; the others
share the windows, and find out which events those are while they look for their own. Every lane
gets all context.
"""

import socket
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import NamedTuple

import msgspec

from detector.detect import Detection
from detector.engine import Match
from detector.notices import Errors
from detector.outputs import Output
from detector.ruleset import Ruleset
from detector.selection import ByOrigin, Candidate, Selection
from detector.signature import Signature
from detector.stop import Stop
from detector.tasks import Reply, Task, Thin, What, receive, send
from detector.telling import Teller, Told, rendered
from detector.totals import Totals
from schemas.finding import Finding, FindingEvent
from schemas.stream.encoder import batch
from schemas.stream.messages import Hello, Layout, Lost, frame
from schemas.stream.parser import Batch, Item, Parser, StreamError

NOBODY: frozenset[str] = frozenset()
_encode = msgspec.msgpack.Encoder().encode


class Role(NamedTuple):
    """Of a lane. `stateful`: it judges by the stateful signatures alone; None: by all."""

    stateful: bool | None
    speaks: bool  # one of them says what all of them would


def is_stateful(signature: Signature) -> bool:
    """Signatures in Python keep what they like from one event to the next."""
    return signature.path.suffix == ".py"


class _Selection(Selection):
    """Of events only for these signatures; of findings for all."""

    def __init__(self, signatures: Iterable[Signature], mine: frozenset[str]) -> None:
        super().__init__(signatures)
        self._mine = mine

    def by_id(self, layouts: Mapping[int, Layout]) -> dict[int, ByOrigin]:
        found = {number: self._for_us(one) for number, one in super().by_id(layouts).items()}
        return {number: origins for number, origins in found.items() if origins}

    def _for_us(self, origins: ByOrigin) -> ByOrigin:
        kept = {o: tuple(k for k in keys if k in self._mine) for o, keys in origins.items()}
        return {origin: keys for origin, keys in kept.items() if keys}


class Lane(Detection):
    """Detection window by window."""

    def __init__(
        self, ruleset: Ruleset, role: Role, outputs: Sequence[Output], errors: Errors
    ) -> None:
        signatures = ruleset.selection.signatures
        self._mine = frozenset(
            key for key, one in signatures.items() if role.stateful in (None, is_stateful(one))
        )
        if role.stateful:
            ruleset.selection = _Selection(signatures.values(), self._mine)
        super().__init__(ruleset, Teller(outputs), errors, Stop())
        self._elsewhere = frozenset(signatures) - self._mine if role.stateful is False else NOBODY
        self._speaks = role.speaks
        self._found: list[Told] = []
        self._parser = Parser()
        self._messages: list[int] = []  # of the window: positions of their first events
        self._thin = Thin([], [], [])  # of the window: what the stateful signatures are to see
        self._positions: list[int] | None = None  # of a thin window's events

    def begin(self) -> None:
        """Another recording."""
        self._parser = Parser()

    def learn(self, data: bytes) -> None:
        """Take in the context of a window that is another's; it tells what is wrong with it."""
        try:
            for _ in self._parser.feed(data):
                pass
        except StreamError:
            return

    def window(self, task: Task) -> Reply:
        self._reset(task.first)
        self._parser.offset = task.offset
        self._parser.told = [] if self._elsewhere else None
        fault = ""
        try:
            for item in self._parser.feed(task.data):
                self._take(item)
            if task.what == What.LAST:
                self._parser.finish()
            elif len(task.data) < task.size:
                raise StreamError(self._parser.offset, "the recording was cut while it was read")
        except StreamError as error:
            fault = str(error)
        self._settle()
        self.totals.events -= task.first
        self._pass_on(b"")
        return self._reply(fault)

    def thin(self, window: Thin) -> Reply:
        """What another lane left of a window for the stateful signatures."""
        self._reset(0)
        self._positions, self._messages = window.positions, window.messages
        for item in self._parser.feed(b"".join(window.parts)):
            if isinstance(item, Batch):
                self._look_up(item)
        self._settle()
        return self._reply("")

    def end(self, name: str) -> Reply:
        """The recording is at its end, and the signatures are told so."""
        self._reset(0)
        self._tell(self._engines.end(name))
        self._settle()
        return self._reply("")

    def _reset(self, position: int) -> None:
        """Count anew, in the object that others hold. Events are counted from `position`."""
        for name, count in asdict(Totals(events=position)).items():
            setattr(self.totals, name, count)
        self._errors.count = 0
        self._messages = []
        self._thin = Thin([], [], [])

    def _take(self, item: Item) -> None:
        match item:
            case Batch():
                self._messages.append(self.totals.events)
                self._look_up(item)
                self._pass_on(self._passed(item))
            case Hello():
                self._greet(item)
            case Lost():
                self.totals.miss(item)

    def _pass_on(self, events: bytes) -> None:
        """What was told before these events, and the events, to the stateful signatures."""
        if self._parser.told is not None:
            self._thin.parts += [*map(frame, self._parser.told), events]
            self._parser.told.clear()

    def _passed(self, found: Batch) -> bytes:
        """The records for the stateful signatures, as a batch of their own."""
        passed = self._candidates.passed if self._candidates else []
        if not passed:
            return b""
        first = self._messages[-1]
        records = [bytes(found.records[position - first]) for position in passed]
        self._thin.positions += passed
        passed.clear()
        return batch(records)

    def _judge(self, candidate: Candidate) -> None:
        if self._positions is not None:
            candidate = candidate._replace(position=self._positions[candidate.position])
        super()._judge(candidate)

    def _greet(self, hello: Hello) -> None:
        if self._speaks:
            super()._greet(hello)

    def _tell(self, matches: Iterable[Match]) -> None:
        """Kept for the reply. What another lane finds, too, is left to it."""
        signatures = self._ruleset.selection.signatures
        found = [
            (Finding(signatures[key].metadata, candidate.event, data, candidate.position), key)
            for candidate, key, data in matches
            if key in self._mine or isinstance(candidate.event, FindingEvent)
        ]
        for finding, key in sorted(found, key=lambda pair: pair[0].order):
            self.totals.findings += 1
            self._found.append(rendered(finding, self._teller.outputs, self._message(finding)))
            self._offer(finding, key)

    def _message(self, finding: Finding) -> int:
        """The first position of the message that the finding's event came in."""
        at = bisect_right(self._messages, finding.position)
        return self._messages[at - 1] if at else finding.position

    def _reply(self, fault: str) -> Reply:
        found, self._found = self._found, []
        self._thin.messages = self._messages
        thin = _encode(self._thin) if self._elsewhere else b""
        return Reply(found, self.totals, self._errors.count, fault, thin)


def serve(
    connection: socket.socket, ruleset: Ruleset, role: Role, outputs: Sequence[Output]
) -> None:
    """Do what the other end says until it is gone. Raises ServerFailed."""
    signatures = ruleset.selection.signatures
    others = {key for key, one in signatures.items() if is_stateful(one)}
    errors = Errors()
    ruleset.fork(errors, others if role.stateful is False else ())
    with closing(ruleset):
        lane = Lane(ruleset, role, outputs, errors)
        while (task := receive(connection)) is not None:
            _do(lane, task, connection)


def _do(lane: Lane, task: Task, connection: socket.socket) -> None:
    match task.what:
        case What.BEGIN:
            lane.begin()
        case What.CONTEXT:
            lane.learn(task.data)
        case What.THIN:
            send(connection, lane.thin(msgspec.msgpack.decode(task.data, type=Thin)))
        case What.END:
            send(connection, lane.end(task.data.decode("utf-8", "surrogateescape")))
        case _:
            send(connection, lane.window(task))
