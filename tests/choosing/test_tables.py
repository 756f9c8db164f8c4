# SPDX-License-Identifier: Apache-2.0
"""The kernel's tables mean what the scopes say."""

from hypothesis import given
from hypothesis import strategies as some

from collector.choosing.condition import Condition, groups
from collector.choosing.evaluator import in_scope
from collector.choosing.policy import Scope
from collector.choosing.subject import Subject
from collector.choosing.tables import KINDS, Tables, decidable, tables
from tests.choosing.writing import scoped

_VALUES = {"pid": ["1", "2", "3"], "uid": ["0", "1000"], "comm": ["sh", "bash", "a"]}


@some.composite
def _conditions(draw: some.DrawFn) -> str:
    kind = draw(some.sampled_from(KINDS))
    values = draw(some.lists(some.sampled_from(_VALUES[kind]), min_size=1, max_size=2))
    return f"{kind}{draw(some.sampled_from(['=', '!=']))}{','.join(values)}"


_SCOPES = some.lists(some.lists(_conditions(), max_size=4), min_size=1, max_size=4)
_TASKS = some.builds(
    Subject,
    pid=some.sampled_from([1, 2, 9]),
    uid=some.sampled_from([0, 7]),
    comm=some.sampled_from(["sh", "bash", "other"]),
)


def key(task: Subject, kind: str) -> bytes:
    """As bpf/scope.h looks it up."""
    if kind == "comm":
        return task.comm.encode().ljust(16, b"\0")
    return int(getattr(task, kind)).to_bytes(4, "little")


def looked_up(made: Tables, task: Subject) -> int:
    """What the kernel does with the tables (in_scope of bpf/scope.h)."""
    policies = (1 << 64) - 1
    for kind, otherwise in made.otherwise.items():
        policies &= made.listed[kind].get(key(task, kind), otherwise)
    return policies


@given(_SCOPES, _TASKS)
def test_the_tables_mean_what_the_scopes_say(texts: list[list[str]], task: Subject) -> None:
    scopes = [scoped(*one) for one in texts]
    bits = looked_up(tables(scopes), task)
    assert [bool(bits >> at & 1) for at in range(len(scopes))] == [
        in_scope(scope)(task) for scope in scopes
    ]


def test_no_scope_is_everyone_and_costs_nothing() -> None:
    assert tables([Scope()]) == Tables()


def test_what_is_not_a_list_of_values_is_not_for_the_tables() -> None:
    def group(*texts: str) -> list[Condition]:
        return next(iter(groups(scoped(*texts).conditions).values()))

    assert decidable(group("pid=1,2", "pid!=3"))
    assert not decidable(group("pid=1,2", "pid>3"))
    assert not decidable(group("comm=a*"))
    assert not decidable(group("uts=a"))
