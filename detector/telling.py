# SPDX-License-Identifier: Apache-2.0
"""The last stage: findings → texts → outputs.

A finding is rendered where it was made, which may be a process of `--jobs`, and written here.
"""

from collections.abc import Sequence

import msgspec

from detector.outputs import Output, Unrenderable
from detector.suppression import Suppression, identity, label
from pytracee.sinks.sink import Sink
from schemas.finding import Finding
from schemas.stream.parser import Batch


class Told(msgspec.Struct, array_like=True):
    """A finding as it is written: a text for each output, None where its template failed.

    `message` is the position of the first event of the finding's message of the stream: with
    `order`, the place of the finding among all others.
    """

    message: int
    order: tuple[int, int, str]
    identity: bytes
    label: str
    texts: list[str | None]


def rendered(finding: Finding, outputs: Sequence[Output], message: int = 0) -> Told:
    """What does not fit a template is counted by its output."""
    texts = [_text(finding, output) for output in outputs]
    return Told(message, finding.order, identity(finding), label(finding), texts)


def _text(finding: Finding, output: Output) -> str | None:
    try:
        return output.render(finding)
    except Unrenderable as error:
        output.failed(finding, error)
        return None


class Teller:
    """Writes findings, but for those that `suppression` leaves out."""

    def __init__(self, outputs: Sequence[Output], suppression: Suppression | None = None) -> None:
        self.outputs = outputs
        self._suppression = suppression

    def tell(self, finding: Finding) -> None:
        """Raises SinkClosed, SinkFailed."""
        self.write(rendered(finding, self.outputs))

    def write(self, told: Told) -> None:
        """Raises SinkClosed, SinkFailed."""
        if self._admits(told):
            for text, output in zip(told.texts, self.outputs, strict=True):
                if text is not None:
                    output.put(text)

    def begin(self) -> None:
        """A stream has begun."""

    def show(self, batch: Batch) -> None:
        """Events are none of our business here."""

    def idle(self) -> None:
        """Nothing has come for a moment."""

    @property
    def waits(self) -> bool:
        """Whether something is held back until nothing comes."""
        return False

    @property
    def sinks(self) -> list[Sink]:
        """Where it all goes."""
        return [output.sink for output in self.outputs]

    @property
    def dropped(self) -> int:
        """Texts that some output had no room for."""
        return sum(output.sink.dropped for output in self.outputs)

    def reopen(self) -> None:
        """New files where the old ones were moved away. Raises SinkFailed."""
        for output in self.outputs:
            output.sink.reopen()

    def close(self) -> None:
        """Tell what was suppressed, and hand on what outputs still hold."""
        if self._suppression is not None:
            self._suppression.close()
        for output in self.outputs:
            output.close()

    def _admits(self, one: Told) -> bool:
        if self._suppression is None:
            return True
        return self._suppression.admits(one.identity, one.label, one.order[0])
