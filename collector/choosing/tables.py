# SPDX-License-Identifier: Apache-2.0
"""From scopes to the tables that the kernel programs look into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collector.choosing.condition import Condition, Pattern, Value, groups
from collector.choosing.evaluator import passing
from collector.choosing.policy import Policy, Scope

#: kinds in the order of enum scope_kind in bpf/maps.h
KINDS = ("pid", "uid", "comm")
_COMM_SIZE = 16  # bytes: TASK_COMM_LEN
_ALL = (1 << 64) - 1


@dataclass(slots=True)
class Tables:
    """For each kind: what a task gets whose value is listed, and what any other gets.

    Each is a bitmap of policies; a policy that says nothing of a kind has its bit set everywhere.
    """

    otherwise: dict[str, int] = field(default_factory=dict)
    listed: dict[str, dict[bytes, int]] = field(default_factory=dict)


def decidable(group: Sequence[Condition]) -> bool:
    """Whether the kernel's tables can hold it: a list of values to be equal to, or not."""
    return all(one.key in KINDS and one.operator in ("=", "!=") for one in group) and all(
        not isinstance(value, Pattern) or value.exact for one in group for value in one.values
    )


def undecided(policies: Iterable[Policy]) -> list[str]:
    """A complaint for each condition that nobody decides."""
    found = [
        one
        for policy in policies
        for group in groups(policy.scope.conditions).values()
        if not decidable(group)
        for one in group
    ]
    found += [one for policy in policies for rule in policy.rules for one in rule.filters]
    return [f"{one.place}: not supported yet" for one in dict.fromkeys(found)]


def tables(scopes: Sequence[Scope]) -> Tables:
    """The tables for these policies' scopes, of what is decidable."""
    made = Tables()
    grouped = [groups(scope.conditions) for scope in scopes]
    for kind in KINDS:
        used = [of.get(kind, []) for of in grouped]
        used = [group if decidable(group) else [] for group in used]
        if not any(used):
            continue
        values = {value for group in used for one in group for value in one.values}
        made.otherwise[kind] = _bitmap(used, None)
        made.listed[kind] = {_key(value): _bitmap(used, value) for value in values}
    return made


def _bitmap(used: Sequence[Sequence[Condition]], value: Value | None) -> int:
    """Bit per policy: does a task with this value pass? Policies beyond those given do."""
    bits = _ALL
    known = value.text if isinstance(value, Pattern) else value
    for at, group in enumerate(used):
        if group and not passing(group)(known):
            bits &= ~(1 << at)
    return bits


def _key(value: Value) -> bytes:
    """The value as a key of the kernel's table."""
    if isinstance(value, Pattern):
        return value.text.encode().ljust(_COMM_SIZE, b"\0")
    assert isinstance(value, int)
    return value.to_bytes(4, "little")
