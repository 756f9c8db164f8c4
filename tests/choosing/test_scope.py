# SPDX-License-Identifier: Apache-2.0
"""`--scope`: what each text means, and what is said of one that is wrong."""

import pytest

from collector.choosing.condition import Condition, Form, Pattern
from collector.choosing.evaluator import in_scope
from collector.choosing.kinds import KINDS
from collector.choosing.policy import Scope
from collector.choosing.subject import Subject
from tests.choosing.writing import scoped, wrong_scope

TASK = Subject(
    pid=7, tid=8, uid=1000, mntns=40, pidns=41, comm="nginx", uts="box", executable="/usr/bin/curl",
    ancestors=frozenset((7, 5, 1)), container_id="abc123def456", container_image="nginx:latest",
    container_name="web", pod_name="nginx-7f", pod_namespace="production", pod_uid="u-1",
)  # fmt: skip
HOST = Subject(pid=7, comm="nginx")


@pytest.mark.parametrize(
    "text",
    [
        "global", "pid=7", "p=7", " pid = 7 , 9 ", "pid=0x7", "pid=07", "pid>6", "pid<8", "pid>=7",
        "pid<=7", "pid!=8", "tid=8", "uid=0,1000", "u!=0", "mntns=40", "pidns!=40", "comm=nginx",
        "comm=ng*", "comm=*n*x", "comm=docker,nginx", "uts=box", "executable=/usr/bin/curl",
        "exec=/usr/*", "bin=*/curl", "executable=/bin/curl", "tree=5", "tree!=6", "pid!=new",
        "container", "c", "container=abc123def456", "container=abc", "container=*def*",
        "container!=def", "container!=new", "containerImage=nginx:*", "containerName=web",
        "podName=nginx-*", "podNamespace=production", "podUid=u-1",
    ],
)  # fmt: skip
def test_a_task_that_is_in_the_scope(text: str) -> None:
    assert in_scope(scoped(text))(TASK)


@pytest.mark.parametrize(
    "text",
    [
        "pid=8", "pid>7", "pid<7", "pid!=7", "pid=new", "uid=0", "comm=ngin", "comm!=ng*",
        "uts=boxer", "executable=/curl", "tree=6", "tree!=1", "not-container", "!container", "!c",
        "container=new", "container=bc", "container!=abc", "containerImage=nginx",
    ],
)  # fmt: skip
def test_a_task_that_is_not(text: str) -> None:
    assert not in_scope(scoped(text))(TASK)


def test_the_host_is_no_container() -> None:
    assert in_scope(scoped("not-container"))(HOST)
    assert not in_scope(scoped("container"))(HOST)
    assert not in_scope(scoped("container=abc"))(HOST)


def test_what_begins_now() -> None:
    new = Subject(pid_new=True, container_id="a", container_new=True)
    assert in_scope(scoped("pid=new"))(new)
    assert in_scope(scoped("container=new"))(new)
    assert not in_scope(scoped("pid!=new"))(new)


def test_kinds_are_all_to_hold_and_of_one_kind_any() -> None:
    assert in_scope(scoped("pid=7", "pid=9", "comm=nginx"))(TASK)
    assert not in_scope(scoped("pid=7", "comm=bash"))(TASK)
    assert in_scope(scoped("pid>5", "pid<9"))(TASK)
    assert not in_scope(scoped("pid>5", "pid<9", "pid!=7"))(TASK)


def test_follow_is_of_the_scope_as_a_whole() -> None:
    assert scoped("comm=bash", "follow") == Scope(
        (Condition("comm", "=", (Pattern("bash"),), Form.TEXT),), follows=True
    )


def test_a_condition_remembers_where_it_was_written() -> None:
    assert scoped("pid = 1").conditions[0].place == "--scope pid = 1"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("pid", "a value is missing: pid=VALUE"),
        ("", "it is not of the form KEY=VALUE"),
        ("=1", "it is not of the form KEY=VALUE"),
        ("pdi=1", "no scope is named 'pdi' (did you mean pid?)"),
        ("contianer", "(did you mean container?)"),
        ("quite=1", "there are global, follow, not-container, pid, tid, uid, mntns"),
        ("not-pid", "no scope is named 'not-pid'"),
        ("pid=", "a value is missing after ="),
        ("pid=1,,2", "an empty value"),
        ("pid>1,2", "> takes one value, not a list"),
        ("pid=-1", "-1 is negative"),
        ("pid=4294967296", "is not a number of 32 bits"),
        ("pid=1_0", "'1_0' is not a number"),
        ("pid=\u0661", "is not a number"),
        ("uid=root", "'root' is not a number"),
        ("comm>a", "> compares numbers, and comm is none: use = or !="),
        ("tree>1", "use = or !="),
        ("comm=a-name-of-16-chars", "the kernel keeps 15 bytes of a comm"),
        ("pid=new,1", "new stands alone"),
        ("follow=1", "follow stands alone"),
        ("container>new", "new stands alone"),
    ],
)
def test_what_is_wrong_with_an_expression(text: str, part: str) -> None:
    (said,) = wrong_scope(text)
    assert said.startswith(f"--scope {text}: ")
    assert part in said


def test_all_wrong_expressions_are_told() -> None:
    assert len(wrong_scope("pid=x", "uid=0", "comm=")) == 2


def test_bounds_that_leave_nothing_are_a_mistake() -> None:
    assert wrong_scope("pid>5", "pid<6") == ["--scope pid<6: no number fits all of pid>5, pid<6"]
    assert wrong_scope("pid>5", "pid<7") == []
    assert wrong_scope("pid>=5", "pid<=5") == []


def test_terminals_obey_nothing_that_is_shown() -> None:
    (said,) = wrong_scope("p\x1b[31m=1")
    assert "\x1b" not in said


def test_every_kind_has_its_value_in_a_subject() -> None:
    assert {kind.attribute for kind in KINDS} <= {name for name in dir(Subject()) if name[0] != "_"}
