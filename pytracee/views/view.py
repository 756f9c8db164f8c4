# SPDX-License-Identifier: Apache-2.0
"""A stream's events in one form to one place."""

from collections.abc import Iterator

from pytracee.service.notices import Errors
from pytracee.sinks.sink import Sink
from pytracee.views.forms import Form, Line
from pytracee.views.sorting import Sorter
from schemas.finding import FindingEvent
from schemas.stream.decoder import POLICIES, Decoder
from schemas.stream.parser import Batch

Text = tuple[int, bytes]  # when it happened, and how it is shown


class View:
    """Shows what the policies that asked for it want to be shown."""

    def __init__(self, form: Form, sink: Sink, errors: Errors, *, sort: bool = False) -> None:
        self.sink = sink
        self._form = form
        self._errors = errors
        self._sorter = Sorter() if sort else None
        self._begun = self._headed = False
        self._decoder: Decoder | None = None
        self._line: Line = lambda _values: b""
        self._shown: dict[int, int] = {}  # event id → bitmap of the policies that show it

    def begin(self) -> None:
        """The stream has begun: from now on there may be a head, and not before, as it may yet be
        refused.
        """
        self._begun = True

    def show(self, batch: Batch) -> None:
        """Raises SinkClosed, SinkFailed."""
        self._head(batch.decoder)
        if batch.decoder is not self._decoder:
            self._greet(batch.decoder)
        self._put(list(self._texts(batch)))

    def finding(self, event: FindingEvent) -> None:
        """Raises SinkClosed, SinkFailed."""
        self._head(self._decoder)
        try:
            self._put([(event.timestamp, self._form.finding(event))])
        except ValueError as error:
            self._errors.add("findings that are not shown", f"{event.name} is not shown: {error}")

    @property
    def holds(self) -> bool:
        """Whether something is to be shown when nothing has come for a moment."""
        return (self._begun and not self._headed) or bool(self._sorter)

    def idle(self) -> None:
        """Nothing has come for a moment: show what was held back."""
        self._head(self._decoder)
        if self._sorter is not None:
            self._write(self._sorter.rest())

    def close(self) -> None:
        """Raises SinkClosed, SinkFailed."""
        self._head(self._decoder)
        if self._sorter is not None:
            self._write(self._sorter.rest())
        self.sink.close()

    def _greet(self, decoder: Decoder) -> None:
        hello = decoder.hello
        self._decoder = decoder
        self._line = self._form.lines(decoder)
        self._shown = {layout.id: hello.shown.get(layout.name, 0) for layout in hello.layouts}

    def _head(self, decoder: Decoder | None) -> None:
        if not self._begun:
            return
        self._headed = True
        if head := self._form.head(decoder):
            self.sink.write(head, 0)

    def _texts(self, batch: Batch) -> Iterator[Text]:
        decoder, line, shown = batch.decoder, self._line, self._shown
        for record in batch.records:
            try:
                values = decoder.values(record)
                if values[POLICIES] & shown[values[0]]:
                    yield decoder.time_of(values), line(values)
            except Exception as error:  # a damaged record can break its reading in any way
                self._errors.add("events that are not shown", f"an event is not shown: {error}")

    def _put(self, texts: list[Text]) -> None:
        if self._sorter is not None:
            texts = self._sorter.through(texts)
        self._write(texts)

    def _write(self, texts: list[Text]) -> None:
        if self._form.joined:
            if texts:
                self.sink.write(b"".join([text for _, text in texts]), len(texts))
            return
        for _, text in texts:
            self.sink.write(text)
