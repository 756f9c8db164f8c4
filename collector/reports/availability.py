# SPDX-License-Identifier: Apache-2.0
"""Which probe each event has on this kernel, or why it has none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from collector.loading.features import Features
from pytracee.service.errors import OperatorError
from schemas.event_type import EventType, Probe
from schemas.events import CATALOGUE


@dataclass(frozen=True, slots=True)
class Availability:
    """An event, the first of its probes that this kernel offers, and what speaks against the others
    (probe's place → why; those behind the first are not asked for).
    """

    event: EventType
    probe: Probe | None
    reasons: Mapping[str, str]

    @property
    def why_not(self) -> str:
        """ "" where it is available."""
        return "" if self.probe else "; ".join(dict.fromkeys(self.reasons.values()))


def availability(refused: Mapping[str, str] = MappingProxyType({})) -> list[Availability]:
    """Of every event. `refused`: what the kernel said of programs that it did not take."""
    why_not = _asking()
    return [_of(event, why_not, refused) for event in CATALOGUE]


def _asking() -> Callable[[Probe], str]:
    try:
        return Features().why_not
    except OperatorError as error:
        words = str(error)
        return lambda _probe: words


def _of(
    event: EventType, why_not: Callable[[Probe], str], refused: Mapping[str, str]
) -> Availability:
    reasons: dict[str, str] = {}
    for probe in event.probes:
        words = [f"{name}: {refused[name]}" for name in probe.programs if name in refused]
        reason = why_not(probe) or "; ".join(words)
        if not reason:
            return Availability(event, probe, reasons)
        reasons[probe.place] = reason
    return Availability(event, None, reasons)


def row(found: Availability) -> dict[str, object]:
    """As JSON shows it."""
    event = found.event
    return {
        "name": event.name,
        "id": event.id,
        "doc": event.doc,
        "sets": event.sets,
        "fields": [{"name": f.name, "type": f.type, "doc": f.doc} for f in event.fields],
        "probe": found.probe.place if found.probe else "",
        "note": found.probe.note if found.probe else "",
        "unavailable": found.why_not,
        "passed_over": dict(found.reasons) if found.probe else {},
    }
