# SPDX-License-Identifier: Apache-2.0
"""From the filters of policies' rules to the tests that the kernel makes before it sends a record
(bpf/filter.h). What it cannot decide, or not exactly, it lets pass.
"""

import enum
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from collector.choosing.condition import Bits, Condition, Form, Pattern, groups
from collector.choosing.policy import Policy, Rule
from collector.loading.scopes import ALL
from collector.loading.values import Named, between, limits, number, text
from collector.made import hashing
from schemas.event_type import EventType
from schemas.kinds import Kind
from schemas.task import CONTEXT

EVENT_TESTS = 16  # as in bpf/filter.h
TEST = struct.Struct("<6QIHBBBBB5x")  # struct test
_FIRST_LIST = 16  # beyond those of bpf/maps.h
_TEXT_SIZE = 248
_AT_OFFSET = 32
_RETURNED_AT, _CONTEXT_AT = 15, 47  # in a record
_U32, _U64 = (1 << 32) - 1, ALL


class TestForm(enum.IntEnum):
    """enum form."""

    NUMBER = 0
    BITS = 1
    BEGINNING = 2
    END = 3
    CONTAINER = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a record a value is, and how it is written. `flip`: see struct test."""

    where: int
    offset: int = 0
    tag: int = 0
    size: int = 0
    flip: int = 0
    text: bool = False
    container: bool = False


_ARGUMENTS: dict[Kind, tuple[int, int, int]] = {  # tag, size, flip
    Kind.I32: (0xD2, 4, 1 << 31),
    Kind.U32: (0xCE, 4, 0),
    Kind.I64: (0xD3, 8, 1 << 63),
    Kind.U64: (0xCF, 8, 0),
    Kind.POINTER: (0xCF, 8, 0),
}
_RETURNED = Source(_AT_OFFSET, _RETURNED_AT, 0xD3, 8, 1 << 63)
_INSIDE = Source(_AT_OFFSET, container=True)


def _context() -> dict[str, Source]:
    names = {"host_pid": "pid", "host_tid": "tid", "uid": "uid", "mnt_ns": "mntns",
             "pid_ns": "pidns", "comm": "comm", "uts_name": "uts"}  # fmt: skip
    found, at = {}, _CONTEXT_AT
    for name, code in CONTEXT:
        size = struct.calcsize(f"<{code}")
        if name in names:
            found[names[name]] = Source(_AT_OFFSET, at, size=size, text=code.endswith("s"))
        at += size
    return found


_OF_TASKS = {**_context(), "container": _INSIDE, "retval": _RETURNED}


def source(event: EventType, condition: Condition) -> Source | None:
    """What a condition is about; None: it is not the kernel's to decide."""
    if not condition.field:
        return _OF_TASKS.get(condition.key)
    if condition.member or (event.name, condition.field) == (hashing.EVENT, hashing.FIELD):
        return None
    at, found = next(
        (at, one) for at, one in enumerate(event.fields) if one.name == condition.field
    )
    if found.kind is Kind.STRING:
        return Source(at, tag=0xC5, text=True)
    if found.kind not in _ARGUMENTS:
        return None
    return Source(at, 0, *_ARGUMENTS[found.kind])


@dataclass(slots=True)
class _Value:
    """The tests of one value: its lists, and the policies that each names."""

    first_list: int
    unnamed: int = ALL
    looked_up: bool = False
    ends: int = 0  # bytes of the longest
    bits: dict[Bits, list[int]] = field(default_factory=dict)

    def rows(self, one: Source) -> list[bytes]:
        made: list[tuple[TestForm, Bits, Sequence[int], int, int]] = []
        form = TestForm.CONTAINER if one.container else TestForm.BITS
        made += [
            (form, bits, named, self.first_list, one.size) for bits, named in self.bits.items()
        ]
        if self.looked_up:
            form = TestForm.BEGINNING if one.text else TestForm.NUMBER
            made.append((form, Bits(0, 0), (0, 0), self.first_list, one.size))
        if self.ends:
            size = one.size or self.ends
            made.append((TestForm.END, Bits(0, 0), (0, 0), self.first_list + 1, size))
        return [
            TEST.pack(one.flip, *bits, *named, self.unnamed, where, one.offset, one.where, form,
                      one.tag, size, at == len(made) - 1)
            for at, (form, bits, named, where, size) in enumerate(made)
        ]  # fmt: skip


@dataclass(slots=True)
class Filters:
    """All events' tests, and the values that they look up."""

    numbers: Named = field(default_factory=Named)  # of scope_values
    texts: Named = field(default_factory=Named)  # of text_values
    rows: dict[EventType, list[bytes]] = field(default_factory=dict)
    decided: set[tuple[EventType, int]] = field(default_factory=set)  # exactly, of a policy (bit)
    containers: bool = False  # whether any asks for a task's container
    _lists: int = _FIRST_LIST

    def add(self, event: EventType, policies: Iterable[tuple[int, Policy]]) -> None:
        """The tests of an event, for those policies (bit, policy) that ask for it."""
        values: dict[Source, _Value] = {}
        for bit, policy in policies:
            rules = [rule for rule in policy.rules if rule.event == event]
            found, exact = _common(rules)
            for conditions in found:
                exact &= self._add(event, values, conditions, 1 << bit)
            if exact:
                self.decided.add((event, bit))
        rows = [row for one, value in values.items() for row in value.rows(one)]
        if rows:
            self.rows[event] = rows

    def _add(
        self,
        event: EventType,
        values: dict[Source, _Value],
        group: Sequence[Condition],
        policy: int,
    ) -> bool:
        """Whether the kernel decides the group exactly."""
        about = source(event, group[0])
        act = None if about is None else _ACTS.get((group[0].form, about.text))
        if about is None or act is None or _tests(values, about, group) > EVENT_TESTS:
            return False
        if about not in values:
            values[about] = _Value(self._lists)
            self._lists += 2
        value = values[about]
        if any(one.operator != "!=" for one in group):
            value.unnamed &= ~policy
        return act(self, value, about, group, policy)

    def _numbers(
        self, value: _Value, about: Source, group: Sequence[Condition], policy: int
    ) -> bool:
        if about.container:
            self.containers = True
            for one in group:
                for wanted in one.values:
                    assert isinstance(wanted, int)
                    _name(value, Bits(1, wanted), one, policy)
            return True
        value.looked_up = True
        whole = _U64 if about.size == 8 else _U32
        for one in group:
            if one.operator in ("=", "!="):
                act = self.numbers.want if one.operator == "=" else self.numbers.bar
                for wanted in one.values:
                    assert isinstance(wanted, int)
                    act(value.first_list, number((wanted + about.flip) & whole), policy)
        if (bounds := limits(group, -about.flip, whole - about.flip)) is not None:
            for beginning in between(bounds[0] + about.flip, bounds[1] + about.flip):
                self.numbers.want(value.first_list, beginning, policy)
        return True

    def _bits(self, value: _Value, about: Source, group: Sequence[Condition], policy: int) -> bool:
        whole = _U64 if about.size == 8 else _U32
        for one in group:
            for bits in one.values:
                assert isinstance(bits, Bits)
                _name(value, Bits(bits.mask & whole, bits.want & whole), one, policy)
        return True

    def _texts(self, value: _Value, about: Source, group: Sequence[Condition], policy: int) -> bool:
        exact = True
        for one in group:
            for pattern in one.values:
                assert isinstance(pattern, Pattern)
                found = text(pattern, _TEXT_SIZE, ends=bool(about.tag))
                exact &= found.exact
                where = value.first_list + found.from_end
                if found.from_end:
                    value.ends = max(value.ends, found.beginning.bits // 8)
                if one.operator == "=":
                    self.texts.want(where, found.beginning, policy)
                elif found.exact:
                    self.texts.bar(where, found.beginning, policy)
                value.looked_up |= not found.from_end
        if not (value.looked_up or value.ends):
            value.looked_up = True
        return exact


def _name(value: _Value, bits: Bits, one: Condition, policy: int) -> None:
    named = value.bits.setdefault(bits, [0, 0])
    named[one.operator == "!="] |= policy


def _tests(values: dict[Source, _Value], about: Source, group: Sequence[Condition]) -> int:
    """How many tests there are at most with the group's."""
    made = sum(len(value.bits) + 2 for value in values.values())
    more = sum(len(one.values) for one in group if one.form is Form.BITS or about.container)
    return made + more + 2


_Act = Callable[[Filters, _Value, Source, Sequence[Condition], int], bool]
_ACTS: dict[tuple[Form, bool], _Act] = {
    (Form.NUMBER, False): Filters._numbers,
    (Form.BITS, False): Filters._bits,
    (Form.TEXT, True): Filters._texts,
}


def _common(rules: Sequence[Rule]) -> tuple[list[list[Condition]], bool]:
    """Groups that hold if any of the rules does, and whether the other way too.

    Of several rules those keys count that each has: with the values of any of them.
    """
    grouped = [groups(rule.filters) for rule in rules]
    if len(grouped) == 1:
        return list(grouped[0].values()), True
    shared = [key for key in grouped[0] if all(key in of for of in grouped)]
    kinds = {key: {tuple(of[key]) for of in grouped} for key in shared}
    joined = {key: [one for group in found for one in group] for key, found in kinds.items()}
    usable = [key for key in shared if len(kinds[key]) == 1 or _unites(joined[key])]
    differing = sum(len(kinds[key]) > 1 for key in usable)
    whole = all(len(usable) == len(of) for of in grouped) and differing <= 1
    return [joined[key] for key in usable], whole


def _unites(conditions: Iterable[Condition]) -> bool:
    """Whether conditions of several groups mean together what any of the groups means."""
    return all(one.operator == "=" for one in conditions)
