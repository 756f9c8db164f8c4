# SPDX-License-Identifier: Apache-2.0
"""Decide, without acting: policies × catalogue × what this kernel offers → a plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from collector.scope import Filter, Tables, tables
from schemas.event_type import EventType, Probe

COMPAT_CALLS = 512  # as in bpf/maps.h
OPENS = {"open": 0, "openat": 1, "openat2": 1}  # call → which argument is the path

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


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the kernel's table of system calls (`struct call` in bpf/maps.h)."""

    policies: int
    opened: int
    event: EventType
    from_entry: bool


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

    def calls(self, catalogue: Sequence[EventType], machine: str) -> dict[int, Call]:
        """Rows of the table of system calls, by their place in it."""
        opened = next((b for e, b in self.asked.items() if e.name == "security_file_open"), 0)
        rows = {}
        for event in catalogue:
            if event.numbers is None:
                continue
            from_entry = any("syscalls/on_sys_enter" in p.programs for p in event.probes)
            asked = self.asked.get(event, 0)
            call = Call(asked, opened if event.name in OPENS else 0, event, from_entry)
            if asked or call.opened or (from_entry and "syscalls/on_sys_enter" in self.programs):
                for place in _places(event, machine):
                    rows[place] = call
        return rows


def _places(event: EventType, machine: str) -> list[int]:
    numbers = event.numbers
    assert numbers is not None
    if machine == "x86_64":
        native, compat = numbers.x86_64, numbers.i386
    else:
        native, compat = numbers.arm64, None
    found = [] if native is None else [native]
    return found if compat is None else [*found, compat + COMPAT_CALLS]


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
