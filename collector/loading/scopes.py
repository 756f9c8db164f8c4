# SPDX-License-Identifier: Apache-2.0
"""From policies' scopes to what the kernel programs look into: bpf/judge.h reads it.

What the kernel cannot decide of a scope it lets pass, and the rest is left to user space.
"""

import enum
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from collector.choosing.condition import Condition, Pattern, groups
from collector.choosing.evaluator import in_scope, passing
from collector.choosing.kinds import OF_RUNTIMES
from collector.choosing.policy import Scope
from collector.choosing.subject import Subject
from collector.loading.values import Named, between, limits, number, text

ALL = (1 << 64) - 1
_U32 = (1 << 32) - 1


class List(enum.IntEnum):
    """enum list in bpf/maps.h: what a list of values is about."""

    PID = 0
    TID = 1
    UID = 2
    MNT_NS = 3
    PID_NS = 4
    COMM = 5
    COMM_END = 6
    UTS = 7
    EXECUTABLE = 8
    EXECUTABLE_END = 9
    TREE = 10


class Kind(enum.IntEnum):
    """enum kind_of_scope there: what else a scope can ask about."""

    CONTAINER = 11
    AGE = 12
    FOLLOW = 13


_NUMBERS = {"pid": List.PID, "tid": List.TID, "uid": List.UID, "mntns": List.MNT_NS,
            "pidns": List.PID_NS, "tree": List.TREE}  # fmt: skip
#: (list, list of ends, bytes of a key)
_TEXTS: dict[str, tuple[List, List | None, int]] = {
    "comm": (List.COMM, List.COMM_END, 16),
    "uts": (List.UTS, None, 64),
    "executable": (List.EXECUTABLE, List.EXECUTABLE_END, 248),
}
#: kinds that are the same for all tasks of a control group: the collector decides them for each
OF_CONTAINERS = OF_RUNTIMES | {"container", "container=new", "container=ID"}
FOLLOWED = "kernel: descents"
#: key of a condition → the map that the kernel looks into
_MAPS = {
    **dict.fromkeys((*_NUMBERS, "comm", "uts"), "kernel: scope_values"),
    **dict.fromkeys(("tree", "executable"), "kernel: descents"),
    **dict.fromkeys(OF_CONTAINERS, "kernel: containers"),
    "pid=new": "kernel: config",
}
PLAN = struct.Struct(f"<{len(List)}Q4QII")  # struct plan


@dataclass(slots=True)
class Scopes:
    """Tables for the policies' scopes, a bit for each policy."""

    scopes: tuple[Scope, ...] = ()
    values: Named = field(default_factory=Named)
    unnamed: list[int] = field(default_factory=lambda: [ALL] * len(List))
    kinds: int = 0
    young: int = ALL
    old: int = ALL
    follows: int = 0
    undecided: list[list[Condition]] = field(default_factory=list)  # left to user space

    def place(self, bit: int, condition: Condition) -> str:
        """Who decides a condition of the `bit`th scope, and by which map."""
        if condition in self.undecided[bit]:
            return f"{_MAPS[condition.key]}, then user space"
        return _MAPS[condition.key]

    def packed(self, generation: int) -> bytes:
        """struct plan."""
        outside = self.of_container(Subject())
        return PLAN.pack(
            *self.unnamed, outside, self.young, self.old, self.follows, self.kinds, generation
        )

    def of_container(self, subject: Subject) -> int:
        """The policies in whose scope a container is; a subject outside of any is the host."""
        return _bitmap(self.scopes, lambda one: one.key in OF_CONTAINERS, subject)

    def of_executable(self, subject: Subject) -> int:
        return _bitmap(self.scopes, lambda one: one.key == "executable", subject)

    def of_tree(self, ancestors: Iterable[int]) -> tuple[int, int]:
        """The policies that want, and that bar, descendants of any of these."""
        there = frozenset(ancestors)
        wanted = barred = 0
        for at, scope in enumerate(self.scopes):
            for one in scope.conditions:
                if one.key == "tree" and not there.isdisjoint(one.values):
                    wanted |= (one.operator == "=") << at
                    barred |= (one.operator == "!=") << at
        return wanted, barred

    def ask_containers(self) -> None:
        """Have the kernel find out whether a task is in one, though no scope may ask."""
        self.kinds |= 1 << Kind.CONTAINER

    def depends_on_names(self) -> bool:
        """Whether it takes more of a container than its id."""
        return any(one.key in OF_RUNTIMES for scope in self.scopes for one in scope.conditions)


def _bitmap(scopes: Sequence[Scope], asked: Callable[[Condition], bool], subject: Subject) -> int:
    """Policies of whose conditions those that are `asked` hold; policies that there are not too."""
    bits = ALL
    for at, scope in enumerate(scopes):
        part = Scope(tuple(one for one in scope.conditions if asked(one)))
        if not in_scope(part)(subject):
            bits &= ~(1 << at)
    return bits


def scopes(given: Sequence[Scope]) -> Scopes:
    """The tables for these scopes, of which the first is bit 0."""
    made = Scopes(tuple(given))
    for at, scope in enumerate(given):
        made.undecided.append([])
        for key, group in groups(scope.conditions).items():
            if not _add(made, key, group, 1 << at):
                made.undecided[at] += group
        if scope.follows:
            made.follows |= 1 << at
            made.kinds |= 1 << Kind.FOLLOW
    return made


def _add(made: Scopes, key: str, group: Sequence[Condition], policy: int) -> bool:
    """Whether the kernel decides it exactly."""
    if key in OF_CONTAINERS:
        made.ask_containers()
        return True
    if key == "pid=new":
        made.kinds |= 1 << Kind.AGE
        passes = passing(group)
        made.young &= ~(0 if passes(True) else policy)
        made.old &= ~(0 if passes(False) else policy)
        return True
    if key in _NUMBERS:
        return _add_numbers(made, _NUMBERS[key], group, policy)
    return _add_texts(made, key, group, policy)


def _add_numbers(made: Scopes, where: List, group: Sequence[Condition], policy: int) -> bool:
    _note(made, where, group, policy)
    for one in group:
        if one.operator in ("=", "!="):
            act = made.values.want if one.operator == "=" else made.values.bar
            for value in one.values:
                assert isinstance(value, int)
                act(where, number(value), policy)
    if (bounds := limits(group, 0, _U32)) is not None:
        for beginning in between(*bounds):
            made.values.want(where, beginning, policy)
    return True


def _add_texts(made: Scopes, key: str, group: Sequence[Condition], policy: int) -> bool:
    where, ends, size = _TEXTS[key]
    _note(made, where, group, policy)
    decided = True
    for one in group:
        for pattern in one.values:
            assert isinstance(pattern, Pattern)
            found = text(pattern, size, ends=ends is not None)
            place = ends if found.from_end and ends is not None else where
            made.kinds |= 1 << place
            decided &= found.exact
            if one.operator == "=":
                made.values.want(place, found.beginning, policy)
            elif found.exact:
                made.values.bar(place, found.beginning, policy)
    return decided


def _note(made: Scopes, where: List, group: Sequence[Condition], policy: int) -> None:
    made.kinds |= 1 << where
    if any(one.operator != "!=" for one in group):
        made.unnamed[where] &= ~policy
