# SPDX-License-Identifier: Apache-2.0
"""What became of the events of a run."""

from dataclasses import dataclass


@dataclass(slots=True)
class Totals:
    """Events written; records lost in the kernel; events dropped by an output with no room."""

    events: int = 0
    lost: int = 0
    dropped: int = 0
    filtered: int = 0  # that no policy wanted after all
    in_kernel: int = 0  # of them, those that never left it
    context_lost: int = 0  # records of the control ring: processes and containers we do not know
    failed: bool = False  # whether an output took no more, other than that its reader went

    def __str__(self) -> str:
        context = f", context lost {self.context_lost}" if self.context_lost else ""
        where = f" ({self.in_kernel} in the kernel)" if self.in_kernel else ""
        filtered = f", filtered {self.filtered}{where}" if self.filtered else ""
        return f"events {self.events}, lost {self.lost}, dropped {self.dropped}{filtered}{context}"
