# SPDX-License-Identifier: Apache-2.0
"""The order of a recording's findings, which does not show what was judged together with what.

Message by message of the stream, and within each by the time of the event, its position and the
signature. A live stream's findings do not wait for others.
"""

from bisect import bisect_right

from schemas.finding import Finding


class Order:
    """Findings that are held back until everything up to the last message is judged."""

    def __init__(self) -> None:
        self.first = 0  # position of the first event that is held for
        self._messages: list[int] = []  # positions of their first events
        self._held: list[Finding] = []

    def begin(self, position: int) -> None:
        """A message begins with the event at this position."""
        self._messages.append(position)

    def hold(self, finding: Finding) -> None:
        self._held.append(finding)

    def release(self, position: int) -> list[Finding]:
        """All that is held, in order; what comes next is at `position`."""
        held = sorted(self._held, key=lambda one: (self._message(one.position), one.order))
        self.first, self._messages, self._held = position, [], []
        return held

    def _message(self, position: int) -> int:
        """Number of the message, from 1; 0 for what was left over from earlier ones."""
        return bisect_right(self._messages, position)
