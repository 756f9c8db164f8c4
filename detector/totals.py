# SPDX-License-Identifier: Apache-2.0
"""What a run counts."""

from dataclasses import dataclass


@dataclass(slots=True)
class Totals:
    """Of the whole run. lost: the kernel could not deliver; dropped: the collector had no room.

    selected: events that a signature selects; candidates: those of them that one may match.
    """

    events: int = 0
    selected: int = 0
    candidates: int = 0
    findings: int = 0
    lost: int = 0
    dropped: int = 0

    def line(self, errors: int) -> str:
        dropped = f", dropped {self.dropped}" if self.dropped else ""
        return (
            f"events {self.events}, selected {self.selected}, findings {self.findings}, "
            f"lost {self.lost}{dropped}, errors {errors}"
        )
