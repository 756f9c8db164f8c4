# SPDX-License-Identifier: Apache-2.0
"""Lines → candidates, as `detector.candidates` has it of records.

A line that nobody selects is not looked into but for its event's name; one that is selected, and
that no signature can match, does not become an event.
"""

from collections.abc import Iterator

from detector.inputs.line_reading import line_reading
from detector.inputs.lines import LineBatch
from detector.notices import Errors
from detector.prefilter.predicate import MayMatch
from detector.prefilter.prefilter import Prefilter
from detector.selection import ByOrigin, Candidate, Selection, origin
from detector.totals import Totals
from schemas.event import CONTAINER_STARTED, Shape
from schemas.line import Line
from schemas.line_event import LineEvent

_KNOWN = 1 << 14  # names, shapes: they are the file's, and there may be any number


class LineCandidates:
    """Of one run."""

    def __init__(
        self, selection: Selection, prefilter: Prefilter, errors: Errors, totals: Totals
    ) -> None:
        self._selection = selection
        self._prefilter = prefilter
        self._errors = errors
        self._totals = totals
        self._preferred = selection.preferred
        self._there: set[str] = set()  # of the preferred ones
        self._by_name: dict[str, ByOrigin] = {}
        self._judges: dict[tuple[Shape, tuple[str, ...]], MayMatch] = {}

    def of(self, batch: LineBatch, first: int, source: str) -> Iterator[Candidate]:
        """In the order of the lines; `first` is the position of the first event.

        Lines that are no events are told as `source`'s.
        """
        for fault in batch.faults:
            self._skip(source, fault)
        for position, (number, name, line) in enumerate(batch.events, first):
            origins = self._origins(name)
            if not origins:
                continue
            try:
                candidate = self._candidate(position, Line(line), origins)
            except (ValueError, RecursionError) as error:
                self._skip(source, f"line {number}: skipped: {error}")
            else:
                if candidate:
                    yield candidate

    def _skip(self, source: str, fault: str) -> None:
        self._errors.add("lines that are no events", f"{source}: {fault}")

    def _candidate(self, position: int, line: Line, origins: ByOrigin) -> Candidate | None:
        started = bool(line.flags & CONTAINER_STARTED)
        keys = origins.get(origin(started=started, contained=line.names_container))
        if keys is None:
            return None
        self._totals.selected += 1
        if not line.has_own_data:
            keys = self._judge(line.shape, keys)((line.fields, line.args))
        if not keys:
            return None
        self._totals.candidates += 1
        return Candidate(position, LineEvent(line), keys)

    def _judge(self, shape: Shape, keys: tuple[str, ...]) -> MayMatch:
        judge = self._judges.get((shape, keys))
        if judge is None:
            if len(self._judges) > _KNOWN:
                self._judges.clear()
            judge = self._prefilter.may_match(keys, line_reading(shape))
            self._judges[shape, keys] = judge
        return judge

    def _origins(self, name: str) -> ByOrigin:
        if name in self._preferred and name not in self._there:
            self._there.add(name)  # no Hello has said that it will come
            self._by_name.clear()
        if name not in self._by_name:
            if len(self._by_name) > _KNOWN:
                self._by_name.clear()
            self._by_name[name] = self._selection.of_event(name, self._there)
        return self._by_name[name]
