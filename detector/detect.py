# SPDX-License-Identifier: Apache-2.0
"""The loop: read → look up → candidates → engine → findings → outputs.

Findings of a live stream come in the order of (event time, position, signature id) within each
batch that is judged together; those of a recording within each message of the stream, so that they
are always the same in the same order.
"""

import time
from collections.abc import Callable, Iterable, Mapping

from detector.candidates import Candidates
from detector.engine import Match
from detector.inputs.line_candidates import LineCandidates
from detector.inputs.lines import LineBatch
from detector.ledger import Ledger
from detector.listing import told_missing
from detector.notices import Errors, warn
from detector.order import Order
from detector.ruleset import Ruleset
from detector.selection import Candidate, origin_of
from detector.sources import IDLE, Source, messages
from detector.stop import Stop
from detector.telling import Teller
from detector.totals import Totals
from detector.windows import EVENTS
from schemas.finding import Finding, FindingEvent
from schemas.stream.messages import Hello, Lost
from schemas.stream.parser import Batch, StreamError

_BATCH = 128  # candidates for OPA; from 64 to 256 it is fastest
_PENDING = 2048  # candidates in all


class Detection:
    """One run over one or more streams."""

    def __init__(
        self,
        ruleset: Ruleset,
        teller: Teller,
        errors: Errors,
        stop: Stop,
        reload: Callable[[], Ruleset | None] = lambda: None,
    ) -> None:
        """`reload` gives new signatures when asked for; None: the old ones stay."""
        self.totals = Totals()
        self._teller = teller
        self._errors = errors
        self._stop = stop
        self._new_ruleset = reload
        self._hello: Hello | None = None
        self._use(ruleset)
        self._held: Order | None = None  # None: the stream is live, and findings do not wait
        self._pending: list[Candidate] = []
        self._for_opa = 0  # of the pending ones
        self._since = 0.0  # when the oldest pending candidate came
        self._told_missing = ""
        self._elsewhere: frozenset[str] = frozenset()  # keys that another process judges by

    def run(self, source: Source) -> bool:
        """Read a stream to its end. False if it was damaged or cut; what was whole is used.

        Raises OperatorError, SinkClosed, SinkFailed, ServerFailed.
        """
        self._held = None if source.live else Order()
        try:
            whole = self._judge_all(source)
        finally:  # also where OPA is gone for good: what was found before is told
            self._write_held()
        return whole

    def close(self) -> None:
        """End the engines and their OPA."""
        self._ruleset.close()

    @property
    def ledger(self) -> Ledger:
        return self._ruleset.ledger

    @property
    def pending(self) -> int:
        """Candidates of the next batch."""
        return len(self._pending)

    @property
    def in_flight(self) -> int:
        """Batches that are being judged."""
        return self._engines.in_flight

    @property
    def suspended(self) -> list[str]:
        """Ids of signatures that are set aside."""
        return self._ruleset.suspension.names()

    def problem(self) -> str:
        """What `/healthz` is to say is wrong, "" where nothing is."""
        return "" if self._ruleset.server.alive else "OPA does not run"

    def table(self, errors: Mapping[str, int]) -> str:
        """For `--stats`; `errors` by id."""
        return self.ledger.table(self.signature_ids(), errors, self.suspended)

    def signature_ids(self) -> dict[str, str]:
        """Id by key."""
        return self._ruleset.selection.ids()

    def _use(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._engines = ruleset.engines
        self._selection, self._silent = ruleset.selection, ruleset.silent
        self._candidates: Candidates | None = None  # of the Hello in force
        self._lines = LineCandidates(
            ruleset.selection, ruleset.prefilter, self._errors, self.totals
        )

    def _reload(self) -> None:
        """The new signatures judge from the next event on; the old ones end with the last.

        They are loaded while the old ones still run: if they fail nothing changes. Events wait in
        the pipe meanwhile, and before it in the kernel's ring.
        """
        fresh = self._new_ruleset()
        if fresh is None:
            return
        self._settle()
        fresh.take_over(self._ruleset)
        self._ruleset.close()
        self._use(fresh)
        if self._hello is not None:
            self._greet(self._hello)

    def _judge_all(self, source: Source) -> bool:
        whole = True
        try:
            self._read(source)
        except StreamError as error:
            warn(f"{source.name}: {error}")
            whole = False
        self._settle()
        self._tell(self._engines.end(source.name))
        self._settle()  # what those findings are events for
        return whole

    def _read(self, source: Source) -> None:
        for message in messages(source, self._stop, self._busy):
            match message:
                case Batch():
                    self._teller.show(message)
                    self._look_up(message)
                case LineBatch():
                    self._look_up_lines(message, source.name)
                case Hello():
                    self._greet(message)
                case Lost():
                    self.totals.miss(message)
                case None:
                    self._settle()
                    self._teller.idle()
            if self._stop.take_reload():
                self._reload()
            if self._held is None:
                self._keep_up()
            elif self.totals.events - self._held.first >= EVENTS:
                self._settle()
                self._write_held()

    def _busy(self) -> bool:
        return bool(self._pending) or self._engines.busy or self._teller.waits

    def _greet(self, hello: Hello) -> None:
        if self._hello is not None:
            self._settle()  # by what was chosen then
        self._hello = hello
        self._teller.begin()
        if hello.signatures is not None:
            self._selection, self._silent = self._ruleset.only(hello.signatures)
        missing = self._selection.missing(layout.name for layout in hello.layouts)
        told = told_missing(missing, hello.unavailable)
        if told and told != self._told_missing:
            warn(f"not in this stream, so these signatures wait:{told}")
        self._told_missing = told

    def _look_up(self, batch: Batch) -> None:
        if self._held is not None:
            self._held.begin(self.totals.events)
        if self._candidates is None or self._candidates.decoder is not batch.decoder:
            self._candidates = Candidates(
                batch.decoder,
                self._selection,
                self._ruleset.prefilter,
                self._errors,
                self.totals,
                self._elsewhere,
            )
        for candidate in self._candidates.of(batch, self.totals.events):
            self._judge(candidate)
        self.totals.events += len(batch.records)

    def _look_up_lines(self, batch: LineBatch, source: str) -> None:
        if self._held is not None:
            self._held.begin(self.totals.events)
        for candidate in self._lines.of(batch, self.totals.events, source):
            self._judge(candidate)
        self.totals.events += len(batch.events)

    def _judge(self, candidate: Candidate) -> None:
        if not self._pending:
            self._since = time.monotonic()
        self._pending.append(candidate)
        self._for_opa += self._engines.is_for_opa(candidate)
        if self._for_opa >= _BATCH or len(self._pending) >= _PENDING:
            self._submit()

    def _submit(self) -> None:
        pending, self._pending, self._for_opa = self._pending, [], 0
        self._tell(self._engines.submit(pending))

    def _keep_up(self) -> None:
        """Of a live stream: let nothing wait until a batch is full."""
        if self._pending and time.monotonic() - self._since >= IDLE:
            self._submit()
        self._tell(self._engines.collect())

    def _settle(self) -> None:
        """Judge what is pending, and what comes of it, and wait for all answers."""
        while True:
            if self._pending:
                self._submit()
            self._tell(self._engines.settle())
            if not self._pending:
                return

    def _tell(self, matches: Iterable[Match]) -> None:
        signatures = self._ruleset.selection.signatures
        findings = [
            (Finding(signatures[key].metadata, candidate.event, data, candidate.position), key)
            for candidate, key, data in matches
        ]
        for finding, key in sorted(findings, key=lambda found: found[0].order):
            if key not in self._silent:
                self._count(finding, key)
            self._offer(finding, key)

    def _count(self, finding: Finding, key: str) -> None:
        self.totals.findings += 1
        self.ledger.findings[key] += 1
        if self._held is None:
            self._write(finding)
        else:
            self._held.hold(finding)

    def _write(self, finding: Finding) -> None:
        self._teller.tell(finding)

    def _write_held(self) -> None:
        if self._held is not None:
            for finding in self._held.release(self.totals.events):
                self._write(finding)

    def _offer(self, finding: Finding, key: str) -> None:
        """A finding is an event for the signatures that select it by its name."""
        origins = self._selection.by_name(finding.name)
        if not origins:
            return
        descent = getattr(finding.event, "descent", frozenset()) | {key}
        event = FindingEvent(finding, descent)
        keys = tuple(one for one in origins.get(origin_of(event), ()) if one not in descent)
        if keys:
            self._pending.append(Candidate(finding.position, event, keys))
