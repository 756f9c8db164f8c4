# SPDX-License-Identifier: Apache-2.0
"""`--explain`: the plan, and nothing loaded: for each event the probe, what the kernel decides, and
what is left to user space.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from collector.choosing.policy import Policy, Rule
from collector.loading.features import Features
from collector.loading.plan import Plan, decide
from collector.loading.scopes import FOLLOWED
from collector.notices import say, warn
from pytracee.service.capabilities import effective
from pytracee.sinks.file import FileSink
from schemas.event_type import EventType

_USER, _FILTERED = "user space", "kernel: tests"
_BPF = 1 << 21 | 1 << 39  # CAP_SYS_ADMIN, CAP_BPF


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the operator wrote, and who decides it."""

    text: str
    decided: str

    def __str__(self) -> str:
        return f"{self.text} [{self.decided}]"


@dataclass(frozen=True, slots=True)
class _Scope:
    """A policy: the bit that it has in every bitmap, and whose activity it is about."""

    bit: int
    name: str
    place: str
    scope: tuple[_Asked, ...]
    waiting: tuple[str, ...]

    def __str__(self) -> str:
        scope = " ".join(map(str, self.scope)) or "global"
        waiting = f"; waits for {', '.join(self.waiting)}" if self.waiting else ""
        return f"policy {self.name} (bit {self.bit}): {scope}{waiting}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """For whom an event is taken, and what must be in it."""

    policy: str
    signatures: tuple[str, ...]
    filters: tuple[_Asked, ...]

    def __str__(self) -> str:
        judged = f", for {', '.join(self.signatures)}" if self.signatures else ""
        return f"    {self.policy}{judged}: {' '.join(map(str, self.filters)) or 'all'}"


@dataclass(frozen=True, slots=True)
class _Event:
    """Where an event is taken, and the bitmap of policies that ask for it."""

    name: str
    probe: str
    programs: tuple[str, ...]
    policies: str
    rules: tuple[_Rule, ...]

    def __str__(self) -> str:
        head = f"{self.name}: {self.probe} ({', '.join(self.programs)}), selected {self.policies}"
        return "\n".join([head, *map(str, self.rules)])


@dataclass(frozen=True, slots=True)
class Explanation:
    """`unavailable`: event → why this kernel cannot give it."""

    policies: tuple[_Scope, ...]
    events: tuple[_Event, ...]
    unavailable: dict[str, str]

    def __str__(self) -> str:
        missing = (f"{name}: not to be had here: {why}" for name, why in self.unavailable.items())
        return "\n".join([*map(str, self.policies), *map(str, self.events), *missing])


def explain(plan: Plan) -> Explanation:
    return Explanation(
        tuple(_scope(plan, bit, policy) for bit, policy in enumerate(plan.policies)),
        tuple(_event(plan, event, bitmap) for event, bitmap in plan.asked.items()),
        plan.unavailable,
    )


def _scope(plan: Plan, bit: int, policy: Policy) -> _Scope:
    asked = [_Asked(one.text, plan.scopes.place(bit, one)) for one in policy.scope.conditions]
    if policy.scope.follows:
        asked.append(_Asked("follow", FOLLOWED))
    waiting = tuple(one.event for one in policy.waiting)
    return _Scope(bit, policy.name, policy.place, tuple(asked), waiting)


def _event(plan: Plan, event: EventType, bitmap: int) -> _Event:
    probe = plan.probes[event]
    rules = tuple(
        _rule(policy, rule, _FILTERED if (event, bit) in plan.filters.decided else _USER)
        for bit, policy in enumerate(plan.policies)
        for rule in policy.rules
        if rule.event == event
    )
    return _Event(event.name, probe.place, probe.programs, f"{bitmap:#x}", rules)


def _rule(policy: Policy, rule: Rule, decided: str) -> _Rule:
    filters = tuple(_Asked(one.text, decided) for one in rule.filters)
    return _Rule(policy.name, rule.signatures, filters)


def print_explanation(policies: Sequence[Policy], as_json: bool) -> int:
    """Text, or JSON of the same. Exit status. Raises SinkClosed, SinkFailed."""
    if not effective() & _BPF:
        warn("without privilege some probes cannot be tried: root's plan may take better ones")
    made = explain(decide(policies, Features().why_not))
    sink = FileSink("", say)
    sink.write((json.dumps(asdict(made), indent=1) if as_json else str(made)) + "\n")
    return int(sink.dropped > 0)
