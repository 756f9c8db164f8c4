# SPDX-License-Identifier: Apache-2.0
"""The context that is kept is bounded, and what is needed is kept."""

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


def test_a_stream_that_never_tells_of_an_exit_does_not_fill_the_memory() -> None:
    joiner = Joiner()
    limit = 1 << 18
    for number in range(limit + 100):
        joiner.learn(Process(number, 1, 0, 0))
        joiner.learn(Container(number, "x"))
    assert len(joiner.processes) == len(joiner.containers) == limit
    assert (0, 1) not in joiner.processes
    assert limit + 99 in joiner.containers
