# SPDX-License-Identifier: Apache-2.0
"""Decide, without acting: policies × catalogue × what this kernel offers → a plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.choosing.scope import Filter, Tables, tables
from collector.loading.calls import ENTER, Call, Place, Taken, places, taken
from schemas.event_type import FOLLOWERS, EventType, Probe

#: programs that are always there: they feed context
CONTEXT_PROGRAMS = frozenset(("on_fork", "on_exec", "on_exit", "on_task"))
#: the same, but what they feed (containers) can be done without
OPTIONAL_PROGRAMS = frozenset(("on_cgroup_mkdir", "on_cgroup_rmdir"))


@dataclass(frozen=True, slots=True)
class Policy:
    """A name, the events that it asks for, and whose."""

    name: str
    events: tuple[EventType, ...]
    scope: tuple[Filter, ...] = ()


@dataclass(slots=True)
class Plan:
    """What is to be loaded, attached and written into the kernel's tables."""

    policies: tuple[Policy, ...]
    refused: Mapping[str, str] = field(default_factory=dict)  # program → the kernel's words
    probes: dict[EventType, Probe] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)  # event name → why
    asked: dict[EventType, int] = field(default_factory=dict)  # event → bitmap of policies
    scopes: Tables = field(default_factory=Tables)

    @property
    def programs(self) -> set[str]:
        chosen = {program for probe in self.probes.values() for program in probe.programs}
        return chosen | CONTEXT_PROGRAMS | (OPTIONAL_PROGRAMS - self.refused.keys())

    @property
    def followers(self) -> list[str]:
        """Programs that a call goes on with, each at its place in the kernel's `followers`."""
        return sorted(name for name in self.programs if name.startswith(FOLLOWERS))

    def calls(self, catalogue: Sequence[EventType], machine: str) -> dict[Place, Call]:
        """The table of system calls. Each call is there, as hooks ask in which one they are."""
        after, kept = self._told_after(), ENTER in self.programs
        rows: dict[Place, Call] = {}
        for event in catalogue:
            if event.numbers is None:
                continue
            policies, follower = after.get(event.name, (0, 0))
            call = Call(
                event,
                self.asked.get(event, 0),
                policies,
                follower,
                kept=kept and taken(event) is Taken.FROM_ENTRY,
            )
            rows |= dict.fromkeys(places(event, machine), call)
        return rows

    def _told_after(self) -> dict[str, tuple[int, int]]:
        """Call → (policies that ask for events that its follower tells, the follower's place)."""
        found: dict[str, tuple[int, int]] = {}
        for event, probe in self.probes.items():
            if probe.follower is None:
                continue
            place = self.followers.index(probe.follower)
            for call in probe.calls:
                policies, _ = found.get(call, (0, place))
                found[call] = (policies | self.asked[event], place)
        return found


def decide(
    policies: Sequence[Policy],
    why_not: Callable[[Probe], str],
    refused: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """For each event the first of its probes that this kernel offers.

    `why_not` says why a probe cannot be had, "" where it can. `refused`: what the kernel said of
    programs that it did not take.
    """

    def reason(probe: Probe) -> str:
        words = (f"{name}: {refused[name]}" for name in probe.programs if name in refused)
        return why_not(probe) or "; ".join(words)

    scopes = tables([policy.scope for policy in policies])
    plan = Plan(tuple(policies), dict(refused), scopes=scopes)
    for bit, policy in enumerate(policies):
        for event in policy.events:
            reasons = {probe.place: reason(probe) for probe in event.probes}
            probe = next((one for one in event.probes if not reasons[one.place]), None)
            if probe is None:
                plan.unavailable[event.name] = "; ".join(reasons.values())
                continue
            plan.probes[event] = probe
            plan.asked[event] = plan.asked.get(event, 0) | 1 << bit
    return plan
