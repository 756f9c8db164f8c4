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
from tests.python_signatures.running import Running

ROOT = Path(__file__).parents[2]
SHIPPED = shipped_directories()[-1]
DIRECTORIES = [SHIPPED, ROOT / "examples" / "signatures"]
ADDRESS = {"sa_family": "AF_INET", "sin_addr": "203.0.113.7", "sin_port": "4444"}
ADDRESS_6 = {"sa_family": "AF_INET6", "sin6_addr": "::ffff:203.0.113.7", "sin6_port": "4444"}
LOCAL = {"sa_family": "AF_UNIX", "sun_path": "/run/x"}


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


FOUND = {"ip": "203.0.113.7", "port": "4444", "fd": 0}


def connect(fd: int = 0, address: Any = ADDRESS, returned: int = 0) -> Event:
    return example("connect", {"sockfd": fd, "addr": address}, returned=returned)


def hook(fd: int = 0, address: Any = ADDRESS) -> Event:
    return example("security_socket_connect", {"sockfd": fd, "remote_addr": address})


def moved(new: int | None = 0, address: Any = ADDRESS, old: int = 3) -> Event:
    return example("socket_dup", {"oldfd": old, "newfd": new, "remote_addr": address})


@pytest.mark.parametrize(
    "one", [connect(), connect(returned=-115), hook(), moved(), moved(address=ADDRESS_6)]
)
def test_a_socket_becomes_stdin(one: Event) -> None:
    assert trc1(one) == [FOUND]


def test_each_descriptor_is_told() -> None:
    assert trc1(*map(moved, range(5))) == [{**FOUND, "fd": fd} for fd in (0, 1, 2)]


@pytest.mark.parametrize(
    "one",
    [
        connect(returned=-111),
        connect(fd=3),
        connect(fd=-1),
        connect(address=LOCAL),
        connect(address=None),
        hook(fd=3),
        hook(address=LOCAL),
        moved(new=3),
        moved(new=None),
        moved(address=LOCAL),
        moved(address=None),
        moved(old=0),  # dup2(0, 0) moves nothing
    ],
)
def test_no_socket_becomes_stdin(one: Event) -> None:
    assert trc1(one) == []


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


V6 = {"sa_family": "AF_INET6", "sin6_addr": "fd00::1", "sin6_port": "443"}


@pytest.mark.parametrize(
    "events",
    [
        (starts(), connects()),
        (starts("execve"), connects()),
        (starts(), connects(ret=-115)),
        (starts(), connects("security_socket_connect")),
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
