# SPDX-License-Identifier: Apache-2.0
"""A few cases that stand for all of them, where there is not the time for all."""

from collections.abc import Iterable
from types import ModuleType

from schemas import events
from schemas.events import BY_NAME
from tests.lab.case import Case
from tests.lab.ways import WITHOUT, best

_FAMILIES = {
    event.name: family
    for family, module in vars(events).items()
    if isinstance(module, ModuleType)
    for event in getattr(module, "EVENTS", ())
}


def few(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The first of each family of events by each way and kind of programs, and of each claim."""
    found: dict[tuple[object, ...], Case] = {}
    for case in cases:
        found.setdefault((*_stands_for(case), case.claim), case)
    return tuple(found.values())


def _stands_for(case: Case) -> tuple[object, ...]:
    event = BY_NAME[case.event]
    probe = best(event, case.round if case.round in WITHOUT else "all")
    assert probe is not None
    kind = probe.place.split("/")[0]
    return case.round, _FAMILIES[event.name], kind, bool(probe.leaders), bool(probe.followers)
