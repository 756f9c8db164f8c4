# SPDX-License-Identifier: Apache-2.0
"""`collector --events list`: every event, its sets, and whether this kernel offers it."""

import json
from collections.abc import Callable, Sequence

from collector.loading.features import Features
from collector.notices import say
from pytracee.service.errors import OperatorError
from pytracee.sinks.file import FileSink
from schemas.event_type import EventType, Probe
from schemas.events import CATALOGUE


def print_events(outputs: Sequence[str]) -> int:
    """One line per event, plain, or with `--output json` a JSON array.

    Exit status. Raises SinkClosed, SinkFailed.
    """
    reason = _availability()
    rows = [_row(event, reason) for event in CATALOGUE]
    if "json" in outputs:
        text = json.dumps(rows, indent=1)
    else:
        text = "\n".join(map(_line, CATALOGUE, rows))
    sink = FileSink("", say)
    sink.write(text + "\n")
    return int(sink.dropped > 0)


def _line(event: EventType, row: dict[str, object]) -> str:
    width = max(len(event.name) for event in CATALOGUE)
    how = row["probe"] or f"not here: {row['unavailable']}"
    return f"{event.name:<{width}}  {','.join(event.sets):<48}  {how}"


def _availability() -> Callable[[Probe], str]:
    try:
        return Features().why_not
    except OperatorError:
        return lambda _probe: "this kernel has no BTF"


def _row(event: EventType, reason: Callable[[Probe], str]) -> dict[str, object]:
    reasons = [(probe.place, reason(probe)) for probe in event.probes]
    taken = next((place for place, why in reasons if not why), "")
    return {
        "name": event.name,
        "id": event.id,
        "doc": event.doc,
        "sets": event.sets,
        "fields": [{"name": f.name, "type": f.type, "doc": f.doc} for f in event.fields],
        "probe": taken,
        "unavailable": "" if taken else "; ".join(why for _, why in reasons),
    }
