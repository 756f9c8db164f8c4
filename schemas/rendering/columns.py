# SPDX-License-Identifier: Apache-2.0
"""The table's columns: TIME UID COMM PID TID RET EVENT [CONTAINER] ARGS."""

from typing import Any

import msgspec

TASK_CELLS = "{:<6} {:<16} {:<7} {:<7}"
_LEAST = 16  # cells; a terminal that has fewer for ARGS is let wrap them
_NARROW, _WIDE = 120, 170  # cells of a terminal
_CYAN, _RED, _ALERT, _PLAIN = "\x1b[36m", "\x1b[31m", "\x1b[1;31m", "\x1b[0m"


def escaped(value: str) -> str:
    """Text that is safe on a terminal: a name must neither move the cursor nor turn the line
    around. What is not printable stands there as Python would write it.
    """
    if value.isprintable():
        return value
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in value)


class Columns(msgspec.Struct, frozen=True):
    """Which there are, how wide they are, and how wide the whole may be; 0: as it comes.

    All texts that `row` gets are escaped already.
    """

    returned: int = 16
    event: int = 20
    width: int = 0
    time: bool = True
    container: bool = False
    color: bool = False

    def row(
        self, when: str, task: str, returned: Any, name: str, container: str, args: str,
        *, alert: bool = False,
    ) -> str:  # fmt: skip
        """One line, without its end. `alert`: not an event of the kernel, but a finding."""
        time = f"{when:<16} " if self.time else ""
        last = f"{container:<14} {args}" if self.container else args
        if self.width:
            event = max(self.event, len(name))
            last = _cut(last, self.width - len(time) - len(task) - self.returned - event - 3)
        if not self.color:
            row = f"{time}{task} {returned:<{self.returned}} {name:<{self.event}} {last}"
            return row.rstrip()
        failed = _RED if type(returned) is int and returned < 0 else ""
        row = f"{time}{task} {failed}{returned:<{self.returned}}{_PLAIN} "
        return f"{row}{_ALERT if alert else _CYAN}{name:<{self.event}}{_PLAIN} {last}".rstrip()

    def header(self) -> str:
        """The names of the columns."""
        task = TASK_CELLS.format("UID", "COMM", "PID", "TID")
        return self.row("TIME", task, "RET", "EVENT", "CONTAINER", "ARGS")


def _cut(text: str, room: int) -> str:
    """To that many cells of a terminal, on which some characters take two."""
    if room < _LEAST or (len(text) <= room and text.isascii()):
        return text
    from rich.cells import cell_len, set_cell_size  # only who has such a text pays for it

    return text if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"


def fitting(width: int, **more: bool) -> Columns:
    """Columns for a terminal of that many cells."""
    if width < _NARROW:
        return Columns(returned=6, event=16, width=width, **more)
    return Columns(event=28 if width >= _WIDE else 20, width=width, **more)
