# SPDX-License-Identifier: Apache-2.0
"""Decide, without acting: policies × catalogue × what this kernel offers → a plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from collector.choosing.scope import Filter, Tables, tables
from collector.loading.calls import ENTER, OPENS, Call, Place, Taken, places, taken
from schemas.event_type import EventType, Probe

#: programs that are always there: they feed context
CONTEXT_PROGRAMS = frozenset(
    ("process/on_fork", "process/on_exec", "process/on_exit", "tasks/on_task")
)
#: the same, but what they feed (containers) can be done without
OPTIONAL_PROGRAMS = frozenset(("cgroup/on_cgroup_mkdir", "cgroup/on_cgroup_rmdir"))


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
    probes: dict[EventType, Probe] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)  # event name → why
    asked: dict[EventType, int] = field(default_factory=dict)  # event → bitmap of policies
    scopes: Tables = field(default_factory=Tables)

    @property
    def programs(self) -> set[str]:
        chosen = {program for probe in self.probes.values() for program in probe.programs}
        return chosen | CONTEXT_PROGRAMS | OPTIONAL_PROGRAMS

    def calls(self, catalogue: Sequence[EventType], machine: str) -> dict[Place, Call]:
        """Rows of the table of system calls."""
        opened = next((b for e, b in self.asked.items() if e.name == "security_file_open"), 0)
        kept = ENTER in self.programs  # also for the check of a program, which needs them
        rows: dict[Place, Call] = {}
        for event in catalogue:
            if event.numbers is None:
                continue
            call = Call(event, self.asked.get(event, 0), opened if event.name in OPENS else 0)
            wanted = call.policies or call.opened or (kept and taken(event) is Taken.FROM_ENTRY)
            if wanted:
                rows |= dict.fromkeys(places(event, machine), call)
        return rows


def decide(policies: Sequence[Policy], why_not: Callable[[Probe], str]) -> Plan:
    """For each event the first of its probes that this kernel offers.

    `why_not` says why a probe cannot be had, "" where it can.
    """
    plan = Plan(tuple(policies), scopes=tables([policy.scope for policy in policies]))
    for bit, policy in enumerate(policies):
        for event in policy.events:
            reasons = {probe.place: why_not(probe) for probe in event.probes}
            probe = next((one for one in event.probes if not reasons[one.place]), None)
            if probe is None:
                plan.unavailable[event.name] = "; ".join(reasons.values())
                continue
            plan.probes[event] = probe
            plan.asked[event] = plan.asked.get(event, 0) | 1 << bit
    return plan


def without(plan: Plan, refused: dict[str, str], why_not: Callable[[Probe], str]) -> Plan:
    """The plan again, for a kernel that refused these programs ("OBJECT/PROGRAM" → its words)."""

    def reason(probe: Probe) -> str:
        words = (f"{name}: {refused[name]}" for name in probe.programs if name in refused)
        return why_not(probe) or "; ".join(words)

    return decide(plan.policies, reason)
