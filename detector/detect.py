# SPDX-License-Identifier: Apache-2.0
"""The loop: read → look up → candidates → engine → findings → outputs.

Findings come in the order of (event time, position, signature id) within each batch, batches in
the order of the stream. Recordings are cut into batches by count alone, so that they always give
the same findings in the same order.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detector.engine import Match
from detector.engines import Engines
from detector.notices import Errors, say
from detector.outputs import Output
from detector.selection import ByOrigin, Candidate, Selection, origin_of
from detector.signature import Signature
from detector.sources import IDLE, Source, messages
from detector.stop import Stop
from schemas.event import Event
from schemas.finding import Finding, FindingEvent
from schemas.stream.messages import Hello, Lost
from schemas.stream.parser import Batch, StreamError

_BATCH = 128  # candidates; from 64 to 256 OPA is fastest


@dataclass(slots=True)
class Totals:
    """Of the whole run. lost: the kernel could not deliver; dropped: the collector had no room."""

    events: int = 0
    selected: int = 0
    findings: int = 0
    lost: int = 0
    dropped: int = 0

    def line(self, errors: int) -> str:
        dropped = f", dropped {self.dropped}" if self.dropped else ""
        return (
            f"events {self.events}, selected {self.selected}, findings {self.findings}, "
            f"lost {self.lost}{dropped}, errors {errors}"
        )


class Detection:
    """One run over one or more streams."""

    def __init__(
        self,
        selection: Selection,
        engines: Engines,
        outputs: Sequence[Output],
        errors: Errors,
        stop: Stop,
    ) -> None:
        self.totals = Totals()
        self._selection = selection
        self._engines = engines
        self._outputs = outputs
        self._errors = errors
        self._stop = stop
        self._by_id: dict[int, ByOrigin] = {}
        self._pending: list[Candidate] = []
        self._since = 0.0  # when the oldest pending candidate came
        self._told_missing = ""

    def run(self, source: Source) -> bool:
        """Read a stream to its end. False if it was damaged or cut; what was whole is used.

        Raises OperatorError, SinkClosed, SinkFailed, ServerFailed.
        """
        whole = True
        try:
            self._read(source)
        except StreamError as error:
            say(f"{source.name}: {error}")
            whole = False
        self._settle()
        self._tell(self._engines.end(source.name))
        self._settle()  # what those findings are events for
        return whole

    def _read(self, source: Source) -> None:
        for message in messages(source, self._stop, self._busy):
            match message:
                case Batch():
                    self._look_up(message)
                case Hello():
                    self._greet(message)
                case Lost(where="output"):
                    self.totals.dropped += sum(message.events.values())
                case Lost():
                    self.totals.lost += sum(message.events.values())
                case None:
                    self._settle()
            if source.live:
                self._keep_up()

    def _busy(self) -> bool:
        return bool(self._pending) or self._engines.busy

    def _greet(self, hello: Hello) -> None:
        layouts = {layout.id: layout for layout in hello.layouts}
        self._by_id = self._selection.by_id(layouts)
        missing = self._selection.missing(layout.name for layout in hello.layouts)
        parts = [_missing(name, hello, found) for name, found in sorted(missing.items())]
        told = "; ".join(parts)
        if told and told != self._told_missing:
            say(f"not in this stream, so these signatures wait: {told}")
        self._told_missing = told

    def _look_up(self, batch: Batch) -> None:
        """The hot path: an event that no signature selects costs one look at its id."""
        decoder, by_id = batch.decoder, self._by_id
        for position, record in enumerate(batch.records, self.totals.events):
            try:
                origins = by_id.get(decoder.event_id(record))
                if origins is None:
                    continue
                candidate = self._candidate(position, decoder.event(record), origins)
            except Exception as error:  # a damaged record can break its reading in any way
                self._errors.add("unreadable events", f"event at position {position}: {error!r}")
            else:
                self._judge(candidate)
        self.totals.events += len(batch.records)

    def _candidate(self, position: int, event: Event, origins: ByOrigin) -> Candidate | None:
        keys = origins.get(origin_of(event))
        return Candidate(position, event, self._engines.input(event), keys) if keys else None

    def _judge(self, candidate: Candidate | None) -> None:
        if candidate is None:
            return
        if not self._pending:
            self._since = time.monotonic()
        self._pending.append(candidate)
        self.totals.selected += 1
        if len(self._pending) >= _BATCH:
            self._submit()

    def _submit(self) -> None:
        pending, self._pending = self._pending, []
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
        signatures = self._selection.signatures
        findings = [
            (Finding(signatures[key].metadata, candidate.event, data, candidate.position), key)
            for candidate, key, data in matches
        ]
        for finding, key in sorted(findings, key=lambda found: found[0].order):
            self.totals.findings += 1
            for output in self._outputs:
                output.write(finding)
            self._offer(finding, key)

    def _offer(self, finding: Finding, key: str) -> None:
        """A finding is an event for the signatures that select it by its name."""
        origins = self._selection.by_name(finding.name)
        if not origins:
            return
        descent = getattr(finding.event, "descent", frozenset()) | {key}
        event = FindingEvent(finding, descent)
        keys = tuple(one for one in origins.get(origin_of(event), ()) if one not in descent)
        if keys:
            seen = self._engines.input(event)
            self._pending.append(Candidate(finding.position, event, seen, keys))


def _missing(name: str, hello: Hello, signatures: Iterable[Signature]) -> str:
    ids = ", ".join(signature.metadata.id for signature in signatures)
    reason = hello.unavailable.get(name)
    return f"{name}{f' [{reason}]' if reason else ''} ({ids})"
