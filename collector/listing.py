# SPDX-License-Identifier: Apache-2.0
"""`collector --events list`: every event, its sets, and whether this kernel offers it."""

import json
import sys
from collections.abc import Callable, Sequence

from collector.kernel import kernel_types, why_not
from pytracee.service.errors import OperatorError
from schemas.event_type import EventType, Probe
from schemas.events import CATALOGUE


def print_events(outputs: Sequence[str]) -> None:
    """One line per event, plain, or with `--output json` a JSON array."""
    reason = _availability()
    rows = [_row(event, reason) for event in CATALOGUE]
    if "json" in outputs:
        json.dump(rows, sys.stdout, indent=1)
        print()
        return
    width = max(len(event.name) for event in CATALOGUE)
    for event, row in zip(CATALOGUE, rows, strict=True):
        how = row["probe"] or f"not here: {row['unavailable']}"
        print(f"{event.name:<{width}}  {','.join(event.sets):<48}  {how}")


def _availability() -> Callable[[Probe], str]:
    try:
        types = kernel_types()
    except OperatorError:
        return lambda _probe: "this kernel has no BTF"
    return lambda probe: why_not(types, probe)


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
