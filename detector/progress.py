# SPDX-License-Identifier: Apache-2.0
"""How far a run over recordings is: a line on a terminal, with events a second and findings.

Costs nothing per event: it looks at the totals when bytes were read, a few times a second. No
thread draws it, because processes are still to be forked.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from detector.sources import Source
from detector.totals import Totals

_INTERVAL = 0.2  # seconds between two drawings
_CLEAR_LINE = "\r\x1b[2K"


class _Rates(ProgressColumn):
    """Events a second, and findings."""

    def __init__(self, totals: Totals) -> None:
        super().__init__()
        self._totals = totals

    def render(self, task: Task) -> Text:
        elapsed = task.elapsed or 0.0
        rate = self._totals.events / elapsed if elapsed else 0.0
        return Text(f"{rate:,.0f} events/s, findings {self._totals.findings}")


class Bar:
    """The line, from `watch` of the first source until `close`."""

    def __init__(self, size: int, totals: Totals) -> None:
        """`size`: bytes of all recordings."""
        columns = (TextColumn("{task.description}"), BarColumn(), _Rates(totals))
        self._progress = Progress(
            *columns,
            TimeRemainingColumn(),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=size)
        self._drawn = 0.0
        self._progress.start()

    def watch(self, source: Source) -> None:
        """From now on `source` is read."""
        self._progress.update(self._task, description=Path(source.name).name)
        source.on_read = self._advance

    def clear(self) -> None:
        """Make room for other lines on the terminal; the next drawing begins below them."""
        sys.stderr.write(_CLEAR_LINE)
        sys.stderr.flush()

    def close(self) -> None:
        self._progress.stop()

    def _advance(self, size: int) -> None:
        self._progress.advance(self._task, size)
        now = time.monotonic()
        if now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._progress.refresh()


def bar(names: Sequence[str], totals: Totals) -> Bar | None:
    """A bar for these inputs where there is somebody to see it and their size is known."""
    paths = [Path(name) for name in names]
    if not sys.stderr.isatty() or not all(path.is_file() for path in paths):
        return None
    return Bar(sum(path.stat().st_size for path in paths), totals)


def clearing(shown: Bar | None) -> Callable[[], None] | None:
    """What to call before writing to standard output: it may be the same terminal."""
    return shown.clear if shown is not None and os.isatty(1) else None
