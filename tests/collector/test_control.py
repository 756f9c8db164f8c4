# SPDX-License-Identifier: Apache-2.0
"""From records of the control ring to context."""

import struct

from collector.context.control import ContextState, Kind, snapshot
from schemas.stream.messages import Container, Exit, Process

ID = "a" * 64


def control(
    kind: Kind, pid: int = 0, start: int = 0, parent: int = 0, before: int = 0, cgroup: int = 0,
    text: bytes = b"", since: int = 0, maker: tuple[int, int] | None = None,
) -> bytes:  # fmt: skip
    by, made = maker or (parent, before)
    head = (kind, pid, start, parent, len(text), before, cgroup, 0, since, made, by, 0)
    return struct.pack("<IIQIIQQQQQII", *head) + text


def test_a_program_that_runs() -> None:
    state = ContextState()
    message = state.learn(control(Kind.EXEC, 5, 50, 4, 40, 7, b"/bin/\xff"))
    assert message == Process(5, 50, 4, 40, b"/bin/\xff", 7)
    assert list(state.all()) == [message]


def test_a_child_runs_its_parents_program_until_it_runs_another() -> None:
    state = ContextState()
    state.learn(control(Kind.EXEC, 5, 50, 4, 40, 7, b"/bin/sh"))
    assert state.learn(control(Kind.FORK, 6, 60, 5, 50, 7)) == Process(6, 60, 5, 50, b"/bin/sh", 7)
    assert state.learn(control(Kind.EXEC, 6, 60, 5, 50, 7, b"/bin/ls")) == Process(
        6, 60, 5, 50, b"/bin/ls", 7
    )


def test_a_child_of_another_process_with_the_same_number_is_not_taken_for_one() -> None:
    state = ContextState()
    state.learn(control(Kind.EXEC, 5, 50, 4, 40, 7, b"/bin/sh"))
    assert state.learn(control(Kind.FORK, 6, 60, 5, 55, 7)) == Process(6, 60, 5, 55, b"", 7)


def test_an_end() -> None:
    assert ContextState().learn(control(Kind.EXIT, 5, 50)) == Exit(5, 50)


def test_groups_of_containers_are_told_and_others_are_not() -> None:
    state = ContextState()
    path = f"/docker/{ID}".encode()
    made = state.learn(control(Kind.CGROUP_MADE, cgroup=9, text=path))
    assert made == Container(9, ID, "docker", removed=False)
    gone = state.learn(control(Kind.CGROUP_REMOVED, cgroup=9, text=path))
    assert gone == Container(9, ID, "docker", removed=True)
    assert state.learn(control(Kind.CGROUP_MADE, cgroup=10, text=b"/user.slice")) is None


def test_a_snapshot_is_records_one_after_the_other() -> None:
    records = [
        control(Kind.EXEC, 1, text=b"/sbin/init"),
        control(Kind.EXEC, 2),
        control(Kind.EXEC, 3),
    ]
    assert list(snapshot(b"".join(records))) == records
    assert list(snapshot(b"")) == []
