# SPDX-License-Identifier: Apache-2.0
"""The context that is kept is bounded, and what is needed is kept."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.stream import joiner as joiner_module
from schemas.stream.joiner import Joiner
from schemas.stream.messages import Container, Exit, Process


def test_a_process_is_known_until_well_after_its_exit() -> None:
    joiner = Joiner()
    for pid in range(10_000):
        joiner.learn(Process(pid, 1, 0, 0, b"/x"))
        joiner.learn(Exit(pid, 1))
    assert (9_999, 1) in joiner.processes
    assert (0, 1) not in joiner.processes
    assert len(joiner.processes) < 10_000


def test_one_pid_used_twice_is_two_processes() -> None:
    joiner = Joiner()
    joiner.learn(Process(5, 1, 0, 0, b"/first"))
    joiner.learn(Process(5, 2, 0, 0, b"/second"))
    assert [p.executable for p in joiner.processes.values()] == [b"/first", b"/second"]


def test_what_was_before_an_exec_is_of_the_program_before() -> None:
    joiner = Joiner()
    shell, other, last = (
        Process(5, 1, 0, 0, program, since=since)
        for program, since in ((b"/sh", 0), (b"/env", 10), (b"/ls", 20))
    )
    for one in (shell, other, last):
        joiner.learn(one)
    times = {3: shell, 10: other, 19: other, 20: last, 99: last}
    assert {time: joiner.process((5, 1), time) for time in times} == times
    before = {19: shell, 20: other, 99: other}
    assert {time: joiner.process((5, 1), time, before_exec=True) for time in before} == before
    assert joiner.process((5, 2), 99) is None


def test_a_process_that_execs_without_end_does_not_fill_the_memory() -> None:
    joiner = Joiner()
    for time in range(1, 1000):
        joiner.learn(Process(5, 1, 0, 0, b"/x%d" % time, since=time))
    assert joiner.process((5, 1), 998) == Process(5, 1, 0, 0, b"/x998", since=998)
    assert len(joiner._earlier[5, 1]) < 10
    for pid in range(10_000):
        joiner.learn(Exit(pid, 1))
    assert not joiner._earlier


def test_a_stream_that_never_tells_of_an_exit_does_not_fill_the_memory() -> None:
    joiner = Joiner()
    limit = 1 << 18
    for number in range(limit + 100):
        joiner.learn(Process(number, 1, 0, 0))
        joiner.learn(Container(number, "x"))
    assert len(joiner.processes) == len(joiner.containers) == limit
    assert (0, 1) not in joiner.processes
    assert limit + 99 in joiner.containers


def chain(*names: tuple[int, int]) -> list[Process]:
    """Each the child of the one before it; the first one's parent is unknown."""
    parents = [(0, 0), *names]
    return [Process(*name, *parent) for name, parent in zip(names, parents, strict=False)]


def test_ancestors_are_told_from_the_first_and_found_by_their_start_too() -> None:
    joiner, (first, shell, child) = Joiner(), chain((1, 10), (7, 20), (9, 30))
    stranger = Process(7, 25, 0, 0)  # the shell's pid, used again
    for process in (first, shell, child, stranger):
        joiner.learn(process)
    assert joiner.ancestors(child) == [first, shell]
    assert joiner.ancestors(stranger) == []
    assert joiner.ancestors(None) == []


def test_an_ancestor_is_known_as_long_as_a_descendant_is() -> None:
    joiner, (first, shell, child) = Joiner(), chain((1, 10), (7, 20), (9, 30))
    for process in (first, shell, child):
        joiner.learn(process)
    joiner.learn(Exit(7, 20))
    for pid in range(100, 10_000):
        joiner.learn(Process(pid, 40, 0, 0))
        joiner.learn(Exit(pid, 40))
    assert joiner.ancestors(child) == [first, shell]
    joiner.learn(Exit(9, 30))
    for pid in range(100, 10_000):
        joiner.learn(Process(pid, 50, 0, 0))
        joiner.learn(Exit(pid, 50))
    assert (7, 20) not in joiner.processes
    assert (1, 10) in joiner.processes


def test_a_process_that_is_its_own_ancestor_ends_the_line() -> None:
    joiner, one, other = Joiner(), Process(1, 1, 2, 2), Process(2, 2, 1, 1)
    joiner.learn(one)
    joiner.learn(other)
    assert joiner.ancestors(one) == [one, other]


_NAMES = st.tuples(st.integers(1, 6), st.integers(1, 2))


@given(st.lists(st.tuples(st.booleans(), _NAMES, _NAMES), max_size=60))
def test_when_all_have_ended_nothing_is_kept(
    told: list[tuple[bool, tuple[int, int], tuple[int, int]]],
) -> None:
    joiner = Joiner()
    for begins, *names in told:
        parent, name = sorted(names)  # nobody is his own ancestor
        joiner.learn(Process(*name, *parent) if begins and parent < name else Exit(*name))
    known = len(joiner.processes)
    assert sum(joiner._children.values()) == known
    for name in list(joiner.processes):
        joiner.learn(Exit(*name))
    for at in range(joiner_module._EXITED):
        joiner.learn(Exit(99, at))
    assert joiner.processes == {}
    assert joiner._children == {}
    assert joiner._ended == set()
