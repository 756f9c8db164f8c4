# SPDX-License-Identifier: Apache-2.0
"""The meaning of conditions, of scopes and of rules."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as some

from collector.choosing.condition import Bits, Condition, Form, Operator, Pattern, Value
from collector.choosing.evaluator import in_scope, passing
from collector.choosing.policy import Scope
from collector.choosing.subject import Subject


def number(operator: Operator, *values: int, key: str = "pid") -> Condition:
    return Condition(key, operator, values, Form.NUMBER)


def texts(form: Form, *values: str) -> Condition:
    return Condition("comm", "=", tuple(map(Pattern, values)), form)


@pytest.mark.parametrize(
    ("group", "inside", "outside"),
    [
        ([number("=", 1, 2)], {1, 2}, {0, 3}),
        ([number("=", 1), number("=", 2)], {1, 2}, {0, 3}),
        ([number("!=", 1, 2)], {0, 3}, {1, 2}),
        ([number("!=", 1), number("!=", 2)], {0, 3}, {1, 2}),
        ([number(">", 1), number("<", 4)], {2, 3}, {1, 4}),
        ([number(">=", 1), number("<=", 4)], {1, 4}, {0, 5}),
        ([number(">", 5), number("=", 1)], {1, 6}, {2, 5}),
        ([number(">", 5), number("!=", 7)], {6, 8}, {5, 7}),
        ([number("=", 1, 2), number("!=", 2)], {1}, {2, 3}),
    ],
)
def test_conditions_of_one_key(group: list[Condition], inside: set[int], outside: set[int]) -> None:
    holds = passing(group)
    assert {value for value in inside | outside if holds(value)} == inside


def test_what_is_not_known_is_equal_to_nothing() -> None:
    assert passing([number("!=", 1)])(None)
    assert not passing([number("=", 1)])(None)
    assert not passing([number("<", 1)])(None)


def test_bits_are_a_flag_or_a_mode_among_flags() -> None:
    values: tuple[Value, ...] = (Bits(3, 1), Bits(0o1000, 0o1000))
    passes = passing([Condition("data.flags", "=", values, Form.BITS)])
    assert [passes(flags) for flags in (0, 1, 2, 3, 0o1001, 0o1000)] == [
        False, True, False, False, True, True,
    ]  # fmt: skip


def test_of_a_list_any_element_will_do() -> None:
    assert passing([texts(Form.ANY_TEXT, "*socket*")])(["python", "import socket"])
    assert not passing([texts(Form.ANY_TEXT, "socket")])(["python", "import socket"])
    assert not passing([texts(Form.TEXT, "ls")])("lsof")


_pattern = some.text("ab*", max_size=8)


@given(_pattern, some.text("ab", max_size=12))
def test_a_pattern_matches_as_a_glob_of_stars_does(pattern: str, text: str) -> None:
    assert Pattern(pattern).matches(text) == fnmatchcase(text, pattern)


@given(_pattern)
def test_the_forms_of_a_pattern(pattern: str) -> None:
    one = Pattern(pattern)
    stars = pattern.count("*")
    assert one.exact == (stars == 0)
    assert one.is_prefix == (stars == 1 and pattern.endswith("*"))
    assert one.is_suffix == (stars == 1 and pattern.startswith("*"))


def test_kinds_of_a_scope_must_all_hold() -> None:
    asked = in_scope(Scope((number("=", 1), number("=", 0, key="uid"))))
    assert asked(Subject(pid=1, uid=0))
    assert not asked(Subject(pid=1, uid=5))
    assert not asked(Subject(pid=2, uid=0))


def test_who_is_followed_is_in_the_scope_of_that_policy() -> None:
    asked = in_scope(Scope((number("=", 1),), follows=True), bit=3)
    assert asked(Subject(pid=2, followed=1 << 3))
    assert not asked(Subject(pid=2, followed=1 << 2))
    assert asked(Subject(pid=1))
