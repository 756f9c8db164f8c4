# SPDX-License-Identifier: Apache-2.0
"""The shipped signatures in Python, and the example: their own stories, and what spoils others'."""

from pathlib import Path
from typing import Any

import pytest

from detector.example import example
from detector.python.load import LoadedClass, load
from detector.python.signature import Example
from detector.rules import shipped_directories
from schemas.event import Event
from schemas.task import Task
from tests.python_signatures.running import Running

ROOT = Path(__file__).parents[2]
SHIPPED = shipped_directories()[-1]
DIRECTORIES = [SHIPPED, ROOT / "examples" / "signatures"]
ADDRESS = {"sa_family": "AF_INET", "sin_addr": "203.0.113.7", "sin_port": "4444"}
ADDRESS_6 = {"sa_family": "AF_INET6", "sin6_addr": "::ffff:203.0.113.7", "sin6_port": "4444"}
LOCAL = {"sa_family": "AF_UNIX", "sun_path": "/run/x"}
TASK = Task(host_pid=7, process_start_time=1)


def loaded() -> dict[str, LoadedClass]:
    classes, problems = load(DIRECTORIES)
    assert not problems
    return {one.signature.metadata.id: one for one in classes}


STORIES = [(name, one) for name, made in loaded().items() for one in made.made_by.examples()]


@pytest.mark.parametrize(("name", "story"), STORIES, ids=lambda one: getattr(one, "name", one))
def test_its_own_stories(name: str, story: Example) -> None:
    directory = loaded()[name].signature.path.parent
    told = Running(directory).all(story.events)
    assert [data for _, who, data in told if who == name] == list(story.found)


def test_every_one_fires_on_a_story_and_is_quiet_on_another() -> None:
    assert loaded().keys() == {"TRC-1", "TRC-13", "CUSTOM-001"}
    loud = {name for name, story in STORIES if story.found}
    quiet = {name for name, story in STORIES if not story.found}
    assert loud == quiet == loaded().keys()


def trc1(*events: Event) -> list[dict[str, Any] | None]:
    made = Running(SHIPPED)
    told = made.all(events)
    assert made.errors.count == 0
    return [data for _, who, data in told if who == "TRC-1"]


def event(name: str, args: dict[str, Any], returned: int = 0, **task: Any) -> Event:
    return example(name, args, returned=returned, task=TASK._replace(**task))


CONNECT = event("connect", {"sockfd": 3, "addr": ADDRESS})
HOOK = event("security_socket_connect", {"sockfd": 3, "remote_addr": ADDRESS})
TO_STDIN = event("dup2", {"oldfd": 3, "newfd": 0})
FOUND = {"ip": "203.0.113.7", "port": "4444", "fd": 0}


@pytest.mark.parametrize(
    "events",
    [
        (HOOK, TO_STDIN),
        (HOOK, CONNECT, TO_STDIN),  # one connection, seen twice
        (event("connect", {"sockfd": 3, "addr": ADDRESS}, -115), TO_STDIN),
        (event("connect", {"sockfd": 3, "addr": ADDRESS_6}), TO_STDIN),
        (CONNECT, event("dup3", {"oldfd": 3, "newfd": 0, "flags": 0})),
        (CONNECT, event("dup", {"oldfd": 3})),
        (CONNECT, event("dup", {"oldfd": 3}, 5), event("dup2", {"oldfd": 5, "newfd": 0})),
        (CONNECT, TO_STDIN, TO_STDIN),
        (event("connect", {"sockfd": 0, "addr": ADDRESS}),),
        (event("socket_dup", {"oldfd": 3, "newfd": 0, "remote_addr": ADDRESS}),),
        (CONNECT, event("socket_dup", {"oldfd": 3, "newfd": 0, "remote_addr": ADDRESS}), TO_STDIN),
        (CONNECT, event("sched_process_exit", {"process_group_exit": False}), TO_STDIN),
        (CONNECT, TO_STDIN, event("sched_process_exec", {}), TO_STDIN),
    ],
)
def test_a_socket_becomes_stdin(events: tuple[Event, ...]) -> None:
    assert trc1(*events) == [FOUND]


@pytest.mark.parametrize(
    "events",
    [
        (TO_STDIN,),
        (event("connect", {"sockfd": 3, "addr": ADDRESS}, -111), TO_STDIN),
        (event("connect", {"sockfd": 3, "addr": LOCAL}), TO_STDIN),
        (event("connect", {"sockfd": 3}), TO_STDIN),
        (event("connect", {"addr": ADDRESS}), TO_STDIN),
        (CONNECT, event("dup2", {"oldfd": 3, "newfd": 0}, -9)),
        (CONNECT, event("dup2", {"oldfd": 4, "newfd": 0})),
        (CONNECT, event("dup2", {}, 0)),
        (CONNECT, event("dup2", {"oldfd": 3, "newfd": 7}, 7)),
        (CONNECT, event("dup2", {"oldfd": 9, "newfd": 3}, 3), TO_STDIN),
        (CONNECT, event("connect", {"sockfd": 3, "addr": LOCAL}), TO_STDIN),
        (CONNECT, event("sched_process_exec", {}), TO_STDIN),
        (CONNECT, event("sched_process_exit", {"process_group_exit": True}), TO_STDIN),
        (CONNECT, event("dup2", {"oldfd": 3, "newfd": 0}, process_start_time=2)),
        (event("socket_dup", {"oldfd": 3, "newfd": 0, "remote_addr": None}),),
    ],
)
def test_no_socket_becomes_stdin(events: tuple[Event, ...]) -> None:
    assert trc1(*events) == []


def test_a_descriptor_that_was_closed_between_is_told_again() -> None:
    assert trc1(CONNECT, TO_STDIN, event("close", {"fd": 0}), TO_STDIN) == [FOUND, FOUND]


def test_the_next_stream_has_other_processes() -> None:
    made = Running(SHIPPED)
    assert made.all([CONNECT]) == []
    assert made.all([TO_STDIN]) == []


def test_what_is_remembered_is_bounded_and_ends_with_the_processes() -> None:
    made_by = loaded()["TRC-1"].made_by
    one = made_by()
    for number in range(3, 10_000):
        one.on_event(event("connect", {"sockfd": number, "addr": ADDRESS}, host_pid=1))
        one.on_event(event("connect", {"sockfd": 3, "addr": ADDRESS}, host_pid=number))
    kept = vars(one)["_processes"]
    assert len(kept) == 4096
    for number in range(10_000):
        one.on_event(event("sched_process_exit", {"process_group_exit": True}, host_pid=number))
    assert not kept


API = {"sa_family": "AF_INET", "sin_addr": "10.96.0.1", "sin_port": "443"}


def trc13(*events: Event) -> list[dict[str, Any] | None]:
    made = Running(SHIPPED)
    told = made.all(events)
    assert made.errors.count == 0
    return [data for _, who, data in told if who == "TRC-13"]


def starts(name: str = "sched_process_exec", host: str = "10.96.0.1", pod: str = "pod") -> Event:
    field = "env" if name == "sched_process_exec" else "envp"
    return example(name, {field: ["A=", f"KUBERNETES_SERVICE_HOST={host}"]}, container=pod)


def connects(name: str = "connect", address: Any = API, pod: str = "pod", ret: int = 0) -> Event:
    field = "addr" if name == "connect" else "remote_addr"
    return example(name, {"sockfd": 3, field: address}, container=pod, returned=ret)


HOOKED = connects("security_socket_connect")
V6 = {"sa_family": "AF_INET6", "sin6_addr": "fd00::1", "sin6_port": "443"}


@pytest.mark.parametrize(
    "events",
    [
        (starts(), connects()),
        (starts("execve"), connects()),
        (starts(), connects(ret=-115)),
        (starts(), HOOKED, connects()),
        (starts(host="fd00:0:0::1"), connects(address=V6)),
        (starts(host="10.0.0.9"), starts(), connects()),
    ],
)
def test_a_container_connects_to_its_api_server(events: tuple[Event, ...]) -> None:
    assert len(trc13(*events)) == 1


@pytest.mark.parametrize(
    "events",
    [
        (connects(),),
        (starts(), connects(ret=-111)),
        (starts(), connects(pod="other")),
        (starts(), connects(address=LOCAL)),
        (starts(), connects(address=None)),
        (starts(host="kubernetes.default"), connects()),
        (starts(host=""), connects()),
        (example("sched_process_exec", {}, container="pod"), connects()),
        (starts(pod=""), connects(pod="")),
    ],
)
def test_a_container_does_not_connect_to_its_api_server(events: tuple[Event, ...]) -> None:
    assert trc13(*events) == []
