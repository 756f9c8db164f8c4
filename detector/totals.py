# SPDX-License-Identifier: Apache-2.0
"""What a run counts."""

from dataclasses import dataclass

from schemas.stream.messages import Lost


@dataclass(slots=True)
class Totals:
    """Of the whole run. lost: the kernel could not deliver; dropped: the collector had no room.

    context_lost: the kernel could not tell of a process or container, so that events lack their
    executable or seem to be the host's.
    selected: events that a signature selects; candidates: those of them that one may match.
    """

    events: int = 0
    selected: int = 0
    candidates: int = 0
    findings: int = 0
    lost: int = 0
    dropped: int = 0
    context_lost: int = 0

    def miss(self, lost: Lost) -> None:
        """What the stream says did not come through."""
        count = sum(lost.events.values())
        match lost.where:
            case "output":
                self.dropped += count
            case "context":
                self.context_lost += count
            case _:
                self.lost += count

    def line(self, errors: int) -> str:
        dropped = f", dropped {self.dropped}" if self.dropped else ""
        context = f", context lost {self.context_lost}" if self.context_lost else ""
        return (
            f"events {self.events}, selected {self.selected}, findings {self.findings}, "
            f"lost {self.lost}{dropped}{context}, errors {errors}"
        )
