# SPDX-License-Identifier: Apache-2.0
"""All outputs of a collector: what is written goes to each, and one that takes no more is left."""

from collections.abc import Callable, Sequence
from functools import partial

from collector.notices import warn
from collector.outputs.listener import Listener
from collector.outputs.output import Chunk, Failed, Gone, Output
from collector.outputs.printing import Printer
from schemas.stream.messages import Bye, encode


class Outputs:
    """`greeting` gives Hello and all context, for a reader that begins now.

    Where a method raises Gone, that was the last output.
    """

    def __init__(self, outputs: Sequence[Output], greeting: Callable[[], bytes]) -> None:
        self.dropped = 0  # events, of outputs that are closed and files that were left
        self.failed = False  # whether one took no more, other than that its reader went
        self._all = list(outputs)
        self._greeting = greeting

    @property
    def ready(self) -> list[Output]:
        """Those that have a reader."""
        return [output for output in self._all if output.ready()]

    def dropped_so_far(self) -> int:
        """Also of those that are still there."""
        return self.dropped + sum(output.dropped for output in self._all)

    def begin(self) -> set[int]:
        """The kernel is loaded: start what shows events. The pids of that."""
        for output in self._all:
            output.begin()
        return {one.child.pid for one in self._all if isinstance(one, Printer)}

    def welcome(self) -> list[int]:
        """Pids of readers that have come just now. Each is to be left out, and then greeted."""
        listening = (one for one in self._all if isinstance(one, Listener))
        return [pid for one in listening if (pid := one.accept()) is not None]

    def greet(self) -> None:
        """Tell those that do not know it yet what they must know. Raises Gone."""
        for output in self.ready:
            if output.behind:
                self._or_leave(output, partial(output.write, [self._greeting()]))

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        """Raises Gone."""
        for output in list(self._all):
            # In one with its events: a full disk takes both or none.
            whole = [self._greeting(), *parts] if output.behind and output.ready() else parts
            self._or_leave(output, partial(output.write, whole, events))

    def flush(self) -> None:
        """Hand over what waits for printers. Raises Gone."""
        for output in list(self._all):
            if isinstance(output, Printer):
                self._or_leave(output, output.flush)

    def reopen(self, lost: int) -> None:
        """Go on in new files where the old ones were moved away. Raises Gone."""
        for output in list(self._all):
            if output.moved():
                dropped = output.dropped
                try:
                    output.reopen(partial(self._end, output, lost))
                except Failed as failed:
                    warn(f"{failed}: it goes on in the old file")
                else:
                    self.dropped += dropped - output.dropped

    def finish(self, lost: int) -> None:
        """The stream's end, with its totals. Raises Gone."""
        for output in list(self._all):
            self._or_leave(output, partial(self._end, output, lost))

    @staticmethod
    def _end(output: Output, lost: int) -> None:
        output.write([encode(Bye(output.events, lost, output.dropped))])

    def close(self) -> None:
        for output in self._all:
            self._close(output)

    def _or_leave(self, output: Output, act: Callable[[], None]) -> None:
        """Do it; an output that takes no more is left, and with the last one the work is over."""
        try:
            act()
        except Gone as gone:
            if isinstance(gone, Failed):
                warn(f"{gone}: nothing more is written there")
            self._all.remove(output)
            self._close(output)
            if not self._all:
                raise

    def _close(self, output: Output) -> None:
        output.close()
        self.dropped += output.dropped
        self.failed |= output.failed
