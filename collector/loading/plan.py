# SPDX-License-Identifier: Apache-2.0
"""Decide, without acting: policies × catalogue × what this kernel offers → a plan."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.choosing.policy import Policy, Rule
from collector.loading.calls import ENTER, Call, Place, Taken, places, taken
from collector.loading.filters import Filters
from collector.loading.remainder import Remainder, remainder
from collector.loading.scopes import Scopes, scopes
from schemas.event_type import FOLLOWERS, LEADERS, EventType, Probe
from schemas.events import CATALOGUE

#: programs that are always there: they feed context
CONTEXT_PROGRAMS = frozenset(("on_fork", "on_exec", "on_exit", "on_task"))
#: the same, but what they feed (containers) can be done without
OPTIONAL_PROGRAMS = frozenset(("on_cgroup_mkdir", "on_cgroup_rmdir"))


def _places(prefix: str) -> dict[str, int]:
    """The same in every plan, as one follows another. From 1 on: place 0 is nobody's."""
    programs = {name for event in CATALOGUE for probe in event.probes for name in probe.programs}
    names = sorted(name for name in programs if name.startswith(prefix))
    return {name: at for at, name in enumerate(names, 1)}


_PLACES = {prefix: _places(prefix) for prefix in (LEADERS, FOLLOWERS)}


@dataclass(slots=True)
class Plan:
    """What is to be loaded, attached and written into the kernel's tables."""

    policies: tuple[Policy, ...]
    refused: Mapping[str, str] = field(default_factory=dict)  # program → the kernel's words
    probes: dict[EventType, Probe] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)  # event name → why
    asked: dict[EventType, int] = field(default_factory=dict)  # event → bitmap of policies
    scopes: Scopes = field(default_factory=Scopes)
    filters: Filters = field(default_factory=Filters)
    #: event name → (bit, what is left to user space) of policies
    remainders: dict[str, list[tuple[int, Remainder]]] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, int]:
        """Event name → the policies that want to see it."""
        return self._asked(lambda rule: not rule.signatures)

    @property
    def for_signatures(self) -> dict[str, int]:
        """Event name → the policies of which signatures judge it."""
        return self._asked(lambda rule: bool(rule.signatures))

    def _asked(self, meant: Callable[[Rule], bool]) -> dict[str, int]:
        found = dict.fromkeys((event.name for event in self.asked), 0)
        for bit, policy in enumerate(self.policies):
            for rule in filter(meant, policy.rules):
                if rule.event in self.asked:
                    found[rule.event.name] |= 1 << bit
        return found

    def left(self, event: EventType) -> int:
        """The policies of which user space decides whether an event is theirs."""
        remainders = self.remainders.get(event.name, ())
        return sum(1 << bit for bit, one in remainders if one.always)

    @property
    def programs(self) -> set[str]:
        chosen = {program for probe in self.probes.values() for program in probe.programs}
        return chosen | CONTEXT_PROGRAMS | (OPTIONAL_PROGRAMS - self.refused.keys())

    @property
    def followers(self) -> dict[str, int]:
        """Programs that a call goes on with → their places in the kernel's `followers`."""
        return self._numbered(FOLLOWERS)

    @property
    def leaders(self) -> dict[str, int]:
        """The same for `leaders`."""
        return self._numbered(LEADERS)

    def _numbered(self, prefix: str) -> dict[str, int]:
        return {name: at for name, at in _PLACES[prefix].items() if name in self.programs}

    def calls(self, catalogue: Sequence[EventType], machine: str) -> dict[Place, Call]:
        """The table of system calls. Each call is there, as hooks ask in which one they are."""
        before = _chains((probe.leaders, probe.calls, self.leaders, self.asked[event])
                         for event, probe in self.probes.items())  # fmt: skip
        after = _chains((probe.followers, probe.calls, self.followers, self.asked[event])
                        for event, probe in self.probes.items())  # fmt: skip
        kept = any(ENTER in probe.programs and not probe.leaders for probe in self.probes.values())
        rows: dict[Place, Call] = {}
        for event in catalogue:
            if event.numbers is None:
                continue
            leading, following = (found.get(event.name, _NOBODY) for found in (before, after))
            call = Call(
                event,
                self.asked.get(event, 0),
                leading.policies,
                following.policies,
                leading.places,
                following.places,
                kept=kept and taken(event) is Taken.FROM_ENTRY,
            )
            rows |= dict.fromkeys(places(event, machine), call)
        return rows


@dataclass(frozen=True, slots=True)
class _Chain:
    """Programs that a call goes on with, by their places, and the policies that ask for them."""

    policies: int
    places: bytes


_NOBODY = _Chain(0, b"")


def _chains(
    asked: Iterable[tuple[tuple[str, ...], tuple[str, ...], Mapping[str, int], int]],
) -> dict[str, _Chain]:
    """Call → its chain, of what events ask for: (programs, calls, places of programs, policies)."""
    found: dict[str, _Chain] = {}
    for programs, calls, numbered, policies in asked:
        wanted = {numbered[name] for name in programs}
        for call in calls if wanted else ():
            chain = found.get(call, _NOBODY)
            places = bytes(sorted(wanted | set(chain.places)))
            found[call] = _Chain(chain.policies | policies, places)
    return found


def decide(
    policies: Sequence[Policy],
    why_not: Callable[[Probe], str],
    refused: Mapping[str, str] = MappingProxyType({}),
    *,
    filtering: bool = True,
) -> Plan:
    """For each event the first of its probes that this kernel offers.

    `why_not` says why a probe cannot be had, "" where it can. `refused`: what the kernel said of
    programs that it did not take. `filtering`: whether programs can be asked to filter.
    """

    def reason(probe: Probe) -> str:
        words = (f"{name}: {refused[name]}" for name in probe.programs if name in refused)
        return why_not(probe) or "; ".join(words)

    made = scopes([policy.scope for policy in policies])
    plan = Plan(tuple(policies), dict(refused), scopes=made)
    for bit, policy in enumerate(policies):
        for event in policy.events:
            reasons = {probe.place: reason(probe) for probe in event.probes}
            probe = next((one for one in event.probes if not reasons[one.place]), None)
            if probe is None:
                plan.unavailable[event.name] = "; ".join(dict.fromkeys(reasons.values()))
                continue
            plan.probes[event] = probe
            plan.asked[event] = plan.asked.get(event, 0) | 1 << bit
    for event, bits in plan.asked.items():
        asking = [(bit, policy) for bit, policy in enumerate(policies) if bits >> bit & 1]
        if filtering:
            plan.filters.add(event, asking)
        exact = plan.filters.decided
        plan.remainders[event.name] = [
            (bit, remainder(policy, event, made.undecided[bit], (event, bit) in exact))
            for bit, policy in asking
        ]
    if plan.filters.containers:
        made.ask_containers()
    return plan
