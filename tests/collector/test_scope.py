# SPDX-License-Identifier: Apache-2.0
"""`--scope`: expressions, and that the kernel's tables mean what the expressions say."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.choosing.scope import KINDS, Filter, Tables, parse, tables
from pytracee.service.errors import OperatorError

Task = dict[str, str]  # kind → value

_VALUES = {"pid": ["1", "2", "3"], "uid": ["0", "1000"], "comm": ["sh", "bash", "a"]}
_FILTERS = st.sampled_from(KINDS).flatmap(
    lambda kind: st.builds(
        Filter,
        kind=st.just(kind),
        values=st.lists(st.sampled_from(_VALUES[kind]), min_size=1, max_size=2).map(tuple),
        excluded=st.booleans(),
    )
)
_POLICIES = st.lists(st.lists(_FILTERS, max_size=4), min_size=1, max_size=4)
_TASKS = st.fixed_dictionaries(
    {"pid": st.sampled_from(["1", "2", "9"]), "uid": st.sampled_from(["0", "7"]),
     "comm": st.sampled_from(["sh", "bash", "other"])}
)  # fmt: skip


def matches(filters: Sequence[Filter], task: Task) -> bool:
    """What the expressions say: AND between kinds, OR within one, and no exclusion applies."""
    for kind in KINDS:
        own = [one for one in filters if one.kind == kind]
        if any(task[kind] in one.values for one in own if one.excluded):
            return False
        wanted = [one for one in own if not one.excluded]
        if wanted and not any(task[kind] in one.values for one in wanted):
            return False
    return True


def looked_up(made: Tables, task: Task) -> int:
    """What the kernel does with the tables (in_scope of bpf/scope.h)."""
    policies = (1 << 64) - 1
    for kind, otherwise in made.otherwise.items():
        key = Filter(kind, (), False).key(task[kind])
        policies &= made.listed[kind].get(key, otherwise)
    return policies


@given(_POLICIES, _TASKS)
def test_the_tables_mean_what_the_expressions_say(policies: list[list[Filter]], task: Task) -> None:
    bits = looked_up(tables(policies), task)
    assert [bool(bits >> at & 1) for at in range(len(policies))] == [
        matches(filters, task) for filters in policies
    ]


def test_no_scope_is_everyone_and_costs_nothing() -> None:
    assert tables([[]]) == Tables()
    assert parse(["global"]) == []


def test_keys_are_the_kernels() -> None:
    assert Filter("pid", (), False).key("258") == b"\2\1\0\0"
    assert Filter("comm", (), False).key("sh") == b"sh" + bytes(14)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pid=1,2", Filter("pid", ("1", "2"), False)),
        (" uid!=0 ", Filter("uid", ("0",), True)),
        ("comm=a b", Filter("comm", ("a b",), False)),
        ("comm=x=y", Filter("comm", ("x=y",), False)),
    ],
)
def test_expressions(text: str, found: Filter) -> None:
    assert parse([text]) == [found]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("pid", "a scope is `global` or KIND=VALUE"),
        ("", "a scope is `global` or KIND=VALUE"),
        ("pdi=1", "did you mean pid?"),
        ("quite=1", "no scope is named 'quite'; there are global, pid, uid, comm"),
        ("pid=", "a value is missing"),
        ("pid=1,,2", "a value is missing"),
        ("pid=-1", "'-1' is not a number of 32 bits"),
        ("pid=4294967296", "is not a number of 32 bits"),
        ("uid=root", "'root' is not a number of 32 bits"),
        ("comm=a-name-of-16-chars", "the kernel keeps 15 bytes of a comm"),
    ],
)
def test_what_is_wrong_with_an_expression(text: str, part: str) -> None:
    with pytest.raises(OperatorError) as raised:
        parse([text])
    assert part in str(raised.value)
    assert str(raised.value).startswith(f"--scope {text}")


def test_all_wrong_expressions_are_told() -> None:
    with pytest.raises(OperatorError) as raised:
        parse(["pid=x", "uid=0", "comm="])
    assert len(raised.value.complaints) == 2
