# SPDX-License-Identifier: Apache-2.0
"""`collector --events list`: every event, its sets, and whether this kernel offers it."""

import json
from collections.abc import Sequence

from collector.notices import say
from collector.reports.availability import Availability, availability, row
from pytracee.sinks.file import FileSink


def print_events(outputs: Sequence[str]) -> int:
    """One line per event, plain, or with `--output json` a JSON array.

    Exit status. Raises SinkClosed, SinkFailed.
    """
    found = availability()
    if "json" in outputs:
        return print_text(json.dumps([row(one) for one in found], indent=1))
    return print_text("\n".join(lines(found)))


def print_text(text: str) -> int:
    """Exit status. Raises SinkClosed, SinkFailed."""
    sink = FileSink("", say)
    sink.write(text + "\n")
    return int(sink.dropped > 0)


def lines(found: Sequence[Availability]) -> list[str]:
    """Name, sets, and the probe or why there is none, in columns."""
    name_width = max(len(one.event.name) for one in found)
    sets_width = max(len(",".join(one.event.sets)) for one in found)
    return [
        f"{one.event.name:<{name_width}}  {','.join(one.event.sets):<{sets_width}}  {_how(one)}"
        for one in found
    ]


def _how(found: Availability) -> str:
    return found.probe.place if found.probe else f"not here: {found.why_not}"
