# SPDX-License-Identifier: Apache-2.0
"""`--filter` and `--trace`: what each text means, and what is said of one that is wrong."""

import pytest

from collector.choosing.condition import Bits, Form, Pattern
from schemas.events import sets
from schemas.flags.forms import ALL
from tests.choosing.writing import filters_of, policy, wrong


def one(event: str, *texts: str) -> list[tuple[str, str, tuple[object, ...]]]:
    found = filters_of(policy([event], filters=texts))[event]
    return [(each.key, each.operator, each.values) for each in found]


def test_a_field_by_its_name() -> None:
    assert one("openat", "data.pathname=/etc/*,*.conf") == [
        ("data.pathname", "=", (Pattern("/etc/*"), Pattern("*.conf")))
    ]
    assert one("openat", "args.dirfd!=AT_FDCWD,3") == [("data.dirfd", "!=", (-100, 3))]


def test_flags_by_name_are_bits_and_a_number_is_all_of_it() -> None:
    assert one("openat", "data.flags=O_WRONLY,O_CREAT,0x241") == [
        ("data.flags", "=", (Bits(3, 1), Bits(0o100, 0o100), Bits(ALL, 0x241)))
    ]


def test_a_name_of_one_value_is_its_number() -> None:
    assert one("ptrace", "data.request=PTRACE_TRACEME,16") == [("data.request", "=", (0, 16))]


def test_a_number_without_a_sign_is_the_field_s() -> None:
    assert one("close", "data.fd=0xffffffff") == [("data.fd", "=", (-1,))]


def test_a_list_contains_it() -> None:
    found = filters_of(policy(["execve"], filters=["data.argv=socket,-*"]))["execve"]
    assert found[0].form == Form.ANY_TEXT
    assert found[0].values == (Pattern("*socket*"), Pattern("-*"))


def test_what_a_call_returned() -> None:
    assert one("openat", "retval<0") == [("retval", "<", (0,))]
    assert one("openat", "retval=ENOENT,-EACCES,3") == [("retval", "=", (-2, -13, 3))]


def test_sides_and_members_of_an_address() -> None:
    found = filters_of(
        policy(["connect"], filters=["data.remote_addr=10.*", "data.remote_port=443"])
    )["connect"]
    assert [(each.key, each.field, each.member, each.values) for each in found] == [
        ("data.remote_addr", "addr", "address", (Pattern("10.*"),)),
        ("data.remote_port", "addr", "port", (443,)),
    ]
    assert one("bind", "data.local_port=80") == [("data.local_port", "=", (80,))]
    assert one("connect", "data.addr.sa_family=AF_INET")[0][2] == (Pattern("AF_INET"),)
    assert wrong(["bind"], filters=["data.remote_port=80"]) != []


def test_a_resolved_path_may_be_in_usr() -> None:
    assert one("security_bprm_check", "data.pathname=/bin/sh") == [
        ("data.pathname", "=", (Pattern("/bin/sh"), Pattern("/usr/bin/sh")))
    ]
    assert one("execve", "data.pathname=/bin/sh")[0][2] == (Pattern("/bin/sh"),)


def test_a_scope_s_kind_for_events() -> None:
    assert [key for key, _, _ in one("openat", "comm=bash", "scope.uid=0", "container")] == [
        "comm", "uid", "container",
    ]  # fmt: skip


def test_without_an_event_a_filter_is_for_those_that_have_the_field() -> None:
    made = filters_of(policy(["openat,close,open"], filters=["data.pathname=/a"]))
    assert [name for name, found in made.items() if found] == ["open", "openat"]


def test_without_an_event_a_filter_is_for_those_whose_field_can_be_such() -> None:
    found = filters_of(policy(["open", "mmap"], filters=["data.flags=O_CREAT"]))
    assert {event: len(conditions) for event, conditions in found.items()} == {"open": 1, "mmap": 0}


def test_without_an_event_a_return_value_is_that_of_calls() -> None:
    made = filters_of(policy(["openat,sched_process_exec"], filters=["retval<0"]))
    assert {name: len(found) for name, found in made.items()} == {
        "openat": 1, "sched_process_exec": 0,
    }  # fmt: skip


def test_with_an_event_it_is_for_that_one() -> None:
    made = filters_of(
        policy(
            ["openat,open,kill"],
            filters=[
                "openat.data.flags=O_RDWR",
                "open*.retval!=0",
                "kill.pid=3",
                "kill.data.pid=4",
            ],
        )
    )
    assert {name: [one.key for one in found] for name, found in made.items()} == {
        "open": ["retval"],
        "openat": ["data.flags", "retval"],
        "kill": ["pid", "data.pid"],
    }


def test_events_that_only_a_filter_names_are_asked_for() -> None:
    assert set(filters_of(policy(filters=["openat.data.pathname=/a"]))) == {"openat"}


def test_trace_is_all_in_one() -> None:
    made = policy(
        traces=["comm=zsh", "event=execve,kill", "e!=kill", "set=containers", "follow",
                "execve.pathname=/usr/*", "execve.retval=0"]
    )  # fmt: skip
    assert [event.name for event in made.events] == [
        *(event.name for event in sets()["containers"]),
        "execve",
    ]
    assert [one.key for one in made.scope.conditions] == ["comm"]
    assert made.scope.follows
    assert [one.key for one in filters_of(made)["execve"]] == ["data.pathname", "retval"]


def test_trace_s_fields_are_arguments() -> None:
    made = filters_of(policy(traces=["event=kill", "kill.pid=3", "kill.context.pid=4"]))
    assert [one.key for one in made["kill"]] == ["data.pid", "pid"]


@pytest.mark.parametrize(
    ("events", "text", "part"),
    [
        ("openat", "data.pathnam=/a", "openat has no field 'pathnam' (did you mean pathname?)"),
        ("openat,close", "data.x=1", "none of the events has a field 'x'"),
        ("openat", "pathname=/a", "no filter is named 'pathname' (did you mean data.pathname?)"),
        ("openat", "opneat.data.flags=1", "no event is named 'opneat' (did you mean openat?)"),
        ("openat", "close.data.fd=1", "close is not among the events: add it to them"),
        ("openat", "data.flags=O_WRONLI", "no value is named 'O_WRONLI' (did you mean O_WRONLY?)"),
        ("openat", "data.flags>1", "> compares numbers"),
        ("openat", "data.pathname<a", "use = or !="),
        ("openat", "data.pathname", "a value is missing: data.pathname=VALUE"),
        ("openat", "data.mode=9999999999", "is not a number of 32 bits"),
        ("mmap,clone", "data.flags=O_CREAT", "clone: no value is named 'O_CREAT'"),
        (
            "mmap,open",
            "data.flags=O_CRET",
            "open: no value is named 'O_CRET' (did you mean O_CREAT?)",
        ),
        ("openat", "retval=ENOENTT", "no error is named 'ENOENTT' (did you mean ENOENT?)"),
        ("openat", "retval>a", "'a' is not a number"),
        ("openat", "follow", "no filter is named 'follow'"),
        ("openat", "data.=1", "no filter is named 'data.'"),
        ("openat", ".=1", "not of the form EVENT.KEY"),
        ("openat", "openat.data.=1", "no filter is named 'data.'"),
        ("sched_process_exec", "data.invoked_from_kernel=maybe", "neither true nor false"),
        ("nanosleep", "data.req=soon", "is not a number of seconds"),
        ("nanosleep", "data.req=nan", "is not a number of seconds"),
    ],
)
def test_what_is_wrong_with_a_filter(events: str, text: str, part: str) -> None:
    said = wrong([events], filters=[text])
    assert [one for one in said if one.startswith(f"--filter {text}: ") and part in one] == said
    assert len(said) == 1


def test_bounds_that_leave_nothing_are_a_mistake() -> None:
    (said,) = wrong(["openat"], filters=["retval<0", "retval>0"])
    assert "no number fits all of" in said


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("event", "event=NAME"),
        ("event>1", "event=NAME"),
        ("event=execv", "did you mean execve?"),
        ("net=lo", "--events net_packet_ipv4"),
        ("open.pathnam=1", "open has no field 'pathnam' (did you mean pathname?)"),
        ("commm=1", "did you mean comm?"),
    ],
)
def test_what_is_wrong_with_a_trace(text: str, part: str) -> None:
    (said,) = wrong(traces=[text])
    assert said.startswith(f"--trace {text}: ")
    assert part in said
