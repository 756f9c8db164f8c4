# SPDX-License-Identifier: Apache-2.0
"""For `pytracee`: events and findings through the same outputs, where a finding is an event."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from detector.notices import Errors
from detector.suppression import Suppression, identity, label
from detector.telling import Teller
from pytracee.service.errors import OperatorError
from pytracee.sinks.sink import Sink, SinkFailed
from pytracee.views.opening import open_view
from pytracee.views.view import View
from pytracee.views.wanted import NONE, Shown
from schemas.finding import Finding, FindingEvent
from schemas.stream.parser import Batch


class Showing(Teller):
    """Shows what the stream's policies asked for: events unless only findings are wanted."""

    def __init__(
        self, views: Sequence[View], suppression: Suppression | None, *, events: bool
    ) -> None:
        super().__init__((), suppression)
        self._views = views
        self._events = events

    def begin(self) -> None:
        for view in self._views:
            view.begin()

    def tell(self, finding: Finding) -> None:
        """Raises SinkClosed, SinkFailed."""
        event = FindingEvent(finding, frozenset())
        event.policies &= (event.hello.signatures or {}).get(event.name, 0)
        if event.policies and self._admitted(finding):
            for view in self._views:
                view.finding(event)

    def show(self, batch: Batch) -> None:
        """Raises SinkClosed, SinkFailed."""
        if self._events:
            for view in self._views:
                view.show(batch)

    def idle(self) -> None:
        for view in self._views:
            view.idle()

    @property
    def waits(self) -> bool:
        return any(view.holds for view in self._views)

    @property
    def sinks(self) -> list[Sink]:
        return [view.sink for view in self._views]

    @property
    def dropped(self) -> int:
        return sum(view.sink.dropped for view in self._views)

    def reopen(self) -> None:
        for view in self._views:
            view.sink.reopen()

    def close(self) -> None:
        super().close()
        for view in self._views:
            view.close()

    def _admitted(self, finding: Finding) -> bool:
        if self._suppression is None:
            return True
        return self._suppression.admits(identity(finding), label(finding), finding.event.timestamp)


def open_showing(path: Path, suppression: Suppression | None, errors: Errors) -> Showing:
    """As that file says. Raises OperatorError."""
    wanted = msgspec.json.decode(path.read_bytes(), type=Shown)
    opened = partial(open_view, options=wanted.options, program="detector", errors=errors)
    try:
        views = [opened(one) for one in wanted.outputs if one.form != NONE]
    except SinkFailed as error:
        raise OperatorError(f"--output: {error}") from None
    return Showing(views, suppression, events=not wanted.options.detect_only)
