# SPDX-License-Identifier: Apache-2.0
"""The catalogue, row by row, against the system's own headers and what is made from it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from collector.loading.calls import COMPAT_CALLS
from schemas.event_type import EventType, fields
from schemas.events import BY_ID, BY_NAME, CATALOGUE, UNASKED_SETS, sets
from schemas.flags import PARSERS, parsers
from schemas.json import event_schema
from schemas.kinds import JSON_SCHEMA_OF_KIND, KIND_OF_TYPE, WIRE_TYPE, Kind, kind_of_type
from schemas.rendering.event import event_dict, rule_input
from schemas.stream.parser import Batch, Parser
from schemas.stream.values import CONVERTERS
from tests.headers import call_numbers
from tests.recordings import record, recording

ROOT = Path(__file__).parent.parent.parent
CALLS = [event for event in CATALOGUE if event.numbers is not None]

HEADERS = {
    "x86_64": "asm/unistd_64.h",
    "i386": "asm/unistd_32.h",
    "arm64": "asm-generic/unistd.h",
}
#: numbers in a header that are no calls: ranges for other architectures
NO_CALLS: dict[str, list[int]] = {"x86_64": [], "i386": [], "arm64": [244]}
#: younger than the headers of some systems that we test on
_YOUNG_CALLS = """
    cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue statmount
    listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat
    getxattrat listxattrat removexattrat open_tree_attr file_getattr file_setattr listns
    rseq_slice_yield fchroot uprobe uretprobe
"""
YOUNG_CALLS = set(_YOUNG_CALLS.split())

#: events whose i386 call has the arguments of the 64-bit one, and a name that ends so
_WIDE_IN_I386 = {
    "32": """
    chown fchown getegid geteuid getgid getgroups getresgid getresuid getuid lchown setfsgid
    setfsuid setgid setgroups setregid setresgid setresuid setreuid setuid
    """,
    "64": """
    clock_gettime clock_settime sendfile timer_gettime timer_settime timerfd_gettime
    timerfd_settime
    """,
    "_time64": """
    clock_getres clock_nanosleep futex io_pgetevents mq_timedreceive mq_timedsend ppoll
    pselect6 recvmmsg rt_sigtimedwait sched_rr_get_interval semtimedop utimensat
    """,
}
#: events of i386 calls with narrow numbers, whose names end so for us and not for the header
_NARROW_IN_I386 = {
    "16": """
    chown fchown getegid geteuid getgid getgroups getresgid getresuid getuid lchown setfsgid
    setfsuid setgid setgroups setregid setresgid setresuid setreuid setuid
    """,
    "32": """
    clock_gettime clock_settime sendfile timer_gettime timer_settime timerfd_gettime
    timerfd_settime
    """,
    "_time32": """
    clock_getres clock_nanosleep futex io_getevents io_pgetevents mq_timedreceive
    mq_timedsend nanosleep ppoll pselect6 recvmmsg rt_sigtimedwait sched_rr_get_interval
    utimensat
    """,
}
I386_NAMES = {
    "afs": "",
    "getrlimit": "ugetrlimit",
    "io_getevents": "",
    "llseek": "_llseek",
    "mmap": "",
    "nanosleep": "",
    "old_getrlimit": "getrlimit",
    "old_mmap": "mmap",
    "old_select": "select",
    "select": "_newselect",
    **{call: call + end for end, calls in _WIDE_IN_I386.items() for call in calls.split()},
    **{call + end: call for end, calls in _NARROW_IN_I386.items() for call in calls.split()},
}

NAMES = {"i386": I386_NAMES, "x86_64": {"afs": "afs_syscall", "afs_syscall": ""}}


def header_name(event: str, machine: str) -> str:
    """What the header calls it; "" where a call of that name is another event."""
    return NAMES.get(machine, {}).get(event, "_sysctl" if event == "sysctl" else event)


def test_ids_and_names_are_unique() -> None:
    assert len(BY_ID) == len(BY_NAME) == len(CATALOGUE)
    assert all(0 < event.id < 1 << 16 for event in CATALOGUE)


def test_ids_are_ours_and_no_system_call_numbers() -> None:
    for event in CALLS:
        assert event.numbers
        assert event.id not in (event.numbers.x86_64, event.numbers.i386, event.numbers.arm64)
        assert event.id > max(call_numbers("asm/unistd_64.h").values())


@pytest.mark.parametrize("machine", HEADERS)
def test_system_call_numbers_are_the_headers(machine: str) -> None:
    known = call_numbers(HEADERS[machine])
    assert len(known) > 250
    named = {event.name: header_name(event.name, machine) for event in CALLS}
    ours = {event.name: getattr(event.numbers, machine) for event in CALLS}
    theirs = {name: known.get(theirs) for name, theirs in named.items()}
    young = {name for name, number in theirs.items() if number is None and name in YOUNG_CALLS}
    assert {name: ours[name] for name in ours if name not in young} == {
        name: theirs[name] for name in ours if name not in young
    }


@pytest.mark.parametrize("machine", HEADERS)
def test_every_number_of_the_headers_is_an_events(machine: str) -> None:
    ours = {getattr(event.numbers, machine) for event in CALLS}
    assert set(call_numbers(HEADERS[machine]).values()) - ours == set(NO_CALLS[machine])


def test_calls_have_room_in_the_kernels_table() -> None:
    for machine in HEADERS:
        numbers = [n for e in CALLS if (n := getattr(e.numbers, machine)) is not None]
        assert len(numbers) == len(set(numbers))
        assert max(numbers) < COMPAT_CALLS
    assert all(len(event.fields) <= 6 for event in CALLS)


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda event: event.name)
def test_a_row_is_whole(event: EventType) -> None:
    assert event.doc.endswith(".")
    assert event.probes
    assert event.sets
    names = [field.name for field in event.fields]
    assert len(set(names)) == len(names)
    assert len(names) <= 48  # bits of the flags that say which was cut short
    for field in event.fields:
        assert field.doc
        assert field.parser is None or field.parser in PARSERS


def test_every_kind_can_be_decoded_and_described() -> None:
    assert set(KIND_OF_TYPE.values()) == set(Kind)
    assert kind_of_type("const struct unread*") is Kind.POINTER
    assert set(JSON_SCHEMA_OF_KIND) == set(WIRE_TYPE) == set(Kind)
    bins = {kind for kind, wire in WIRE_TYPE.items() if wire == bytes | None}
    assert set(CONVERTERS) == bins


def test_every_parser_is_used_and_the_machines_have_the_same() -> None:
    used = {field.parser for event in CATALOGUE for field in event.fields} - {None}
    assert used == set(PARSERS) == set(parsers("aarch64"))


def test_a_field_table_that_is_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="not a field of the form"):
        fields("int fd no two blanks")
    with pytest.raises(KeyError):
        fields("struct nothing x  doc")


def test_sets_name_events_and_the_unasked_ones_are_there() -> None:
    assert sets()["all"] == list(CATALOGUE)
    assert all(sets()[name] for name in UNASKED_SETS)
    assert all(BY_NAME[name] in sets()[name] for name in set(sets()) & set(BY_NAME))


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda event: event.name)
def test_the_schema_has_the_keys_that_a_rule_is_given(event: EventType) -> None:
    stream = Parser().feed(recording([record(event.name)]))
    [seen] = [item.decoder.event(item.records[0]) for item in stream if isinstance(item, Batch)]
    given: dict[str, Any] = rule_input(seen)
    schema: Any = event_schema(event)
    properties = schema["properties"]
    assert given.keys() == properties.keys()
    assert given["data"].keys() == properties["data"]["properties"].keys()
    assert given["contextFlags"].keys() == properties["contextFlags"]["properties"].keys()
    python_type = {"integer": int, "string": str, "array": list, "object": dict}
    for name, value in event_dict(seen, seen.args).items():
        expected = properties[name]["type"]
        if isinstance(expected, str):
            assert type(value) is python_type[expected], name


def test_what_is_made_from_the_catalogue_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "generate", "--check"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
