# SPDX-License-Identifier: Apache-2.0
"""What the kernel left out: a program at a function is not run where it is at work already on that
processor, as when a task is preempted in the middle of it, or interrupted. That may have been a
record for each of its events, and so it counts as lost.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from schemas.event_type import EventType, Probe

_EVERY = 1.0  # seconds between two looks: each is a system call per program
_KINDS = ("_fentry", "_fexit", "_kprobe", "_kretprobe")  # how names of such programs end


def events_of(probes: Mapping[EventType, Probe]) -> dict[str, list[int]]:
    """Programs at functions → ids of the events that they tell."""
    found: dict[str, list[int]] = {}
    for event, probe in probes.items():
        for name in probe.programs:
            if name.endswith(_KINDS):
                found.setdefault(name, []).append(event.id)
    return found


class Skipped:
    """Programs, and how often each was left out so far."""

    def __init__(
        self, programs: Iterable[tuple[int, list[int]]], misses: Callable[[int], int]
    ) -> None:
        """`programs`: descriptors, and ids of events; `misses`: libbpf's, of a descriptor."""
        self._programs = dict(programs)
        self._misses = misses
        self._before = dict.fromkeys(self._programs, 0)
        self._next = 0.0

    def watch(self, programs: Iterable[tuple[int, list[int]]]) -> None:
        """Another plan's; what was left out before is none of its events."""
        self._programs = dict(programs)
        for program in self._programs.keys() - self._before.keys():
            self._before[program] = self._misses(program)

    def look(self, *, last: bool) -> Counter[int]:
        """Event id → records since the last look that counted; `last`: look in any case."""
        found = Counter[int]()
        if not last and time.monotonic() < self._next:
            return found
        self._next = time.monotonic() + _EVERY
        for program, events in self._programs.items():
            misses = self._misses(program)
            for event in events:
                found[event] += misses - self._before[program]
            self._before[program] = misses
        return +found
