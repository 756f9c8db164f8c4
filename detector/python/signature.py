# SPDX-License-Identifier: Apache-2.0
"""What a signature in Python derives from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from detector.signature import Selector
from schemas.event import Event
from schemas.finding import SignatureMetadata

Found = Callable[[Event | None, dict[str, Any] | None], None]


class EndOfStream(NamedTuple):
    """A signal: no event comes any more from this source (a file, `stdin`, `unix:PATH`)."""

    source: str


@dataclass(frozen=True, slots=True)
class Example:
    """A story for `detector test`: events, in order, and the data of each finding they lead to."""

    name: str
    events: Sequence[Event]
    found: Sequence[dict[str, Any] | None] = ()


class PythonSignature:
    """One signature, one class, one file. One object of it sees all events of a run.

    Events come in the order of their time, as far as it is known: what is more than a tenth of a
    second late comes late. `event.data()` gives raw values by name, `event.parsed()` those that
    Rego rules see; a value may be None (it could not be read). State is best bound to event time
    and ends with what it is about (`sched_process_exit`, `EndOfStream`); see also `Recent`.
    """

    metadata: ClassVar[SignatureMetadata]
    selectors: ClassVar[Sequence[Selector]]

    _found: Found  # set by the engine

    def on_event(self, event: Event) -> None:
        """An event that `selectors` select. An exception is told with its traceback, once."""
        raise NotImplementedError

    def on_signal(self, signal: EndOfStream) -> None:
        """Processes of another stream are others, also where they have the same ids."""

    def close(self) -> None:
        """The run is over."""

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Stories on which it fires, and on which it stays quiet. Each gets a new object."""
        return ()

    def found(self, data: dict[str, Any] | None = None, event: Event | None = None) -> None:
        """Report a finding, by default on the event in hand. `data` must be JSON's values.

        An earlier event is told with its own time, but at the position of the one in hand.
        """
        self._found(event, data)
