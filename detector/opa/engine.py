# SPDX-License-Identifier: Apache-2.0
"""Rego signatures on batches of candidates, two batches in flight.

Whatever becomes of OPA, every candidate is judged or reported: a batch that was not answered is
sent again to a new OPA, a batch that cannot be answered is taken apart.
"""

import select
import time
from collections import deque
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any

import msgspec

from detector.engine import Match
from detector.ledger import Ledger, timed
from detector.notices import warn
from detector.opa import harness
from detector.opa.blame import Blame
from detector.opa.connection import Connection, Gone, Refused, TimedOut
from detector.opa.server import OpaServer
from detector.selection import Candidate
from schemas.event import Event
from schemas.rendering.event import rule_input

_IN_FLIGHT = 2  # OPA judges one while we prepare the next and it reads it
_DEATHS = 2  # of OPA with the same batch in flight: then the batch is suspect


class _Answer(msgspec.Struct):
    result: list[tuple[int, dict[str, Any]]]


class _Flight:
    """A batch that OPA has, or must get again."""

    __slots__ = ("body", "candidates", "connection", "deaths", "sent")

    def __init__(self, candidates: Sequence[Candidate], body: bytes) -> None:
        self.candidates = candidates
        self.body = body
        self.connection: Connection
        self.sent: float
        self.deaths = 0


class RegoEngine:
    """`fields`: the fields of `input` that the signatures read, None for all of them.

    `timeout` in seconds is the longest that the signatures may think about a batch.
    """

    def __init__(
        self,
        server: OpaServer,
        fields: frozenset[str] | None,
        blame: Blame,
        timeout: float = 2.0,
        ledger: Ledger | None = None,
    ) -> None:
        self._server = server
        self._fields = fields
        self._blame = blame
        self._timeout = timeout
        self._ledger = ledger or Ledger()
        self._flights: deque[_Flight] = deque()
        self._idle: list[Connection] = []

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self._flights)

    def submit(self, candidates: Sequence[Candidate]) -> list[list[Match]]:
        """Send a batch. Where two are under way it waits for the oldest, and gives its matches.

        All three give a list of matches for each batch that is finished, in the order in which
        they were submitted.
        """
        flight = _Flight(candidates, self._body(candidates))
        finished = [self._take()] if len(self._flights) >= _IN_FLIGHT else []
        self._send(flight)
        self._flights.append(flight)
        return finished

    def collect(self) -> list[list[Match]]:
        """The oldest batch, if its answer is there; does not wait for it."""
        if not self._flights:
            return []
        return [self._take()] if _has_come(self._flights[0].connection.fileno()) else []

    def drain(self) -> list[list[Match]]:
        """Wait for all that was submitted."""
        finished = []
        while self._flights:
            finished.append(self._take())
        return finished

    def measure(self, candidates: Sequence[Candidate]) -> float:
        """Seconds that OPA takes for these; what it finds does not count."""

        def ask() -> None:
            with closing(self._connect()) as connection, suppress(Gone, Refused, TimedOut):
                connection.ask(harness.MATCHES, body)
                connection.answer()

        body = self._body(candidates)
        return timed(ask)

    def close(self) -> None:
        """Close the connections, which makes OPA give up what it was asked."""
        for connection in (*self._idle, *(flight.connection for flight in self._flights)):
            connection.close()

    def _body(self, candidates: Sequence[Candidate]) -> bytes:
        wanted = [(candidate.keys, self._input(candidate.event)) for candidate in candidates]
        return msgspec.json.encode({"input": {"candidates": wanted}})

    def _input(self, event: Event) -> dict[str, Any]:
        """What no signature can ask for is left out: it halves OPA's work."""
        whole = rule_input(event)
        if self._fields is None:
            return whole
        return {name: whole[name] for name in self._fields if name in whole}

    def _send(self, flight: _Flight) -> None:
        flight.connection = self._idle.pop() if self._idle else self._connect()
        flight.sent = time.perf_counter()
        # A failure shows again, as Gone, when the answer is taken.
        with suppress(Gone, TimedOut):
            flight.connection.ask(harness.MATCHES, flight.body)

    def _connect(self) -> Connection:
        return self._server.connect(self._timeout)

    def _take(self) -> list[Match]:
        """The matches of the oldest batch, whatever it takes."""
        flight = self._flights[0]
        try:
            matches = self._answer(flight)
        except (Gone, Refused, TimedOut):
            self._flights.popleft()
            flight.connection.close()
            return self._take_apart(flight.candidates)
        self._flights.popleft()
        self._idle.append(flight.connection)
        self._ledger.batches += 1
        self._ledger.opa_seconds += time.perf_counter() - flight.sent
        return matches

    def _answer(self, flight: _Flight) -> list[Match]:
        """Raises Gone only where OPA died several times with this batch in flight."""
        while True:
            try:
                return self._read(flight.candidates, flight.connection.answer())
            except Gone:
                self._revive()
                if flight.deaths >= _DEATHS:
                    raise

    def _read(self, candidates: Sequence[Candidate], body: bytes) -> list[Match]:
        matches = []
        for index, found in msgspec.json.decode(body, type=_Answer).result:
            for key, match in found.items():
                if match is True or isinstance(match, dict):
                    data = None if match is True else match
                    matches.append(Match(candidates[index], key, data))
                else:
                    self._blame.wrong_match(candidates[index], key, match)
        return matches

    def _revive(self) -> None:
        """A new OPA, which gets every unanswered batch again."""
        for connection in (*self._idle, *(flight.connection for flight in self._flights)):
            connection.close()
        self._idle.clear()
        self._ledger.restarts += 1
        self._server.restart()
        warn(f"OPA ended and was started again; batches sent again: {len(self._flights)}")
        for flight in self._flights:
            flight.deaths += 1
            self._send(flight)

    def _take_apart(self, candidates: Sequence[Candidate]) -> list[Match]:
        """Judge a batch that failed as a whole; what fails alone is blamed."""
        single = [
            candidate._replace(keys=(key,)) for candidate in candidates for key in candidate.keys
        ]
        # A signature at fault makes neighbours fail: they are found in few halvings.
        return self._halve(sorted(single, key=lambda candidate: candidate.keys))

    def _halve(self, candidates: list[Candidate]) -> list[Match]:
        candidates = self._blame.without_suspended(candidates)
        if not candidates:
            return []
        try:
            return self._ask_alone(candidates)
        except (Gone, Refused, TimedOut) as error:
            if len(candidates) == 1:
                self._blame.failed(candidates[0], error)
                return []
        middle = len(candidates) // 2
        return self._halve(candidates[:middle]) + self._halve(candidates[middle:])

    def _ask_alone(self, candidates: list[Candidate], attempts: int = _DEATHS) -> list[Match]:
        """Over a connection of its own. OPA may have died of something else: asked again."""
        with closing(self._connect()) as connection:
            try:
                connection.ask(harness.MATCHES, self._body(candidates))
                return self._read(candidates, connection.answer())
            except Gone:
                self._revive()
                if attempts == 1:
                    raise
        return self._ask_alone(candidates, attempts - 1)


def _has_come(fd: int) -> bool:
    """Whether there is an answer, or will never be one: a closed connection has no descriptor."""
    if fd < 0:
        return True
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))
