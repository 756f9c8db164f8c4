# SPDX-License-Identifier: Apache-2.0
"""The ways in which an event can be seen: each is tried in a round that does without the better."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemas.event_type import EventType, Probe
from schemas.events import BY_NAME
from tests.lab.case import Case

#: round → kinds of probes that it does without
WITHOUT: dict[str, tuple[str, ...]] = {
    "all": (),
    "fentry": ("lsm",),
    "kprobe": ("lsm", "fentry", "fexit"),
    "calls": ("lsm", "fentry", "fexit", "kprobe", "kretprobe"),
}


def best(event: EventType, way: str) -> Probe | None:
    """The probe that the event has in this round, where the kernel has all kinds."""
    left_out = WITHOUT[way]
    return next((one for one in event.probes if one.place.split("/")[0] not in left_out), None)


def by_each_way(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases, and again for each round in which their event is seen in another way."""
    for case in cases:
        yield case
        tried = {best(BY_NAME[case.event], "all")}
        for way in WITHOUT:
            probe = best(BY_NAME[case.event], way)
            if case.round == "all" and probe is not None and probe not in tried:
                tried.add(probe)
                yield replace(case, round=way)
