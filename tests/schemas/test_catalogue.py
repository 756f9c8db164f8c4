# SPDX-License-Identifier: Apache-2.0
"""The catalogue, row by row, against the system's own headers and what is made from it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.event_type import EventType, fields
from schemas.events import BY_ID, BY_NAME, CATALOGUE, UNASKED_SETS, sets
from schemas.flags import PARSERS, parsers, tables
from schemas.json import event_schema
from schemas.kinds import JSON_SCHEMA_OF_KIND, KIND_OF_TYPE, WIRE_TYPE, Kind
from schemas.rendering.event import event_dict, rule_input
from schemas.stream.parser import Batch, Parser
from schemas.stream.values import CONVERTERS
from tests.headers import call_numbers, constants
from tests.recordings import record, recording

ROOT = Path(__file__).parent.parent.parent
CALLS = [event for event in CATALOGUE if event.numbers is not None]

#: younger than the headers of some systems that we test on
YOUNG = {
    "AT_EXECVE_CHECK",
    "FASYNC",
    "MFD_EXEC",
    "MFD_NOEXEC_SEAL",
    "MS_NOSYMFOLLOW",
    "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG",
    "PTRACE_SET_SYSCALL_INFO",
    "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG",
}


def test_ids_and_names_are_unique() -> None:
    assert len(BY_ID) == len(BY_NAME) == len(CATALOGUE)
    assert all(0 < event.id < 1 << 16 for event in CATALOGUE)


def test_ids_are_ours_and_no_system_call_numbers() -> None:
    for event in CALLS:
        assert event.numbers
        assert event.id not in (event.numbers.x86_64, event.numbers.i386, event.numbers.arm64)
        assert event.id > max(call_numbers("asm/unistd_64.h").values())


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "asm/unistd_64.h"),
        ("i386", "asm/unistd_32.h"),
        ("arm64", "asm-generic/unistd.h"),
    ],
)
def test_system_call_numbers_are_the_headers(machine: str, header: str) -> None:
    known = call_numbers(header)
    assert len(known) > 250
    ours = {event.name: getattr(event.numbers, machine) for event in CALLS}
    assert ours == {name: known.get(name) for name in ours}


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
    assert set(JSON_SCHEMA_OF_KIND) == set(WIRE_TYPE) == set(Kind)
    assert set(CONVERTERS) == {Kind.STRING, Kind.STRINGS, Kind.SOCKADDR}


def test_every_parser_is_used_and_the_machines_have_the_same() -> None:
    used = {field.parser for event in CATALOGUE for field in event.fields} - {None}
    assert used == set(PARSERS) == set(parsers("aarch64"))


def test_a_field_table_that_is_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="not a field of the form"):
        fields("int fd no two blanks")
    with pytest.raises(KeyError):
        fields("struct nothing* x  doc")


def test_sets_name_events_and_the_unasked_ones_are_there() -> None:
    assert sets()["all"] == list(CATALOGUE)
    assert all(sets()[name] for name in UNASKED_SETS)
    assert not set(sets()) & set(BY_NAME)


BITS = {
    "open": tables.OPEN,
    "mmap": tables.MMAP_PROT,
    "memfd": tables.MEMFD,
    "mount": tables.MOUNT,
    "execveat": tables.EXECVEAT,
    "finit_module": tables.FINIT_MODULE,
    "file type": tables.FILE_TYPE,
    "permission": tables.PERMISSION,
    "ptrace": tables.PTRACE_REQUEST,
    "access": tables.ACCESS,
}
HEADERS = {
    "mount": ["linux/mount.h", "linux/fs.h"],
    "memfd": ["linux/memfd.h"],
    "mmap": ["asm/mman.h", "linux/mman.h"],
    "finit_module": ["linux/module.h"],
    "ptrace": ["linux/ptrace.h", "asm/ptrace-abi.h"],
    "file type": ["sys/stat.h"],
    "permission": ["sys/stat.h"],
}


@pytest.mark.parametrize("table", BITS)
def test_flag_tables_are_the_headers(table: str, tmp_path: Path) -> None:
    ours = {name: value for value, name in BITS[table].items()}
    found = constants(HEADERS.get(table, ["asm/fcntl.h", "linux/fcntl.h"]), ours, tmp_path)
    missing = {name for name, value in found.items() if value is None}
    assert missing <= YOUNG
    assert {name: found[name] for name in ours if name not in missing} == {
        name: value for name, value in ours.items() if name not in missing
    }


def test_arm64_differs_in_four_open_flags_as_its_own_header_has_them() -> None:
    # arch/arm64/include/uapi/asm/fcntl.h
    theirs = {
        "O_DIRECTORY": 0o40000,
        "O_NOFOLLOW": 0o100000,
        "O_DIRECT": 0o200000,
        "O_LARGEFILE": 0o400000,
    }
    generic = {name: value for value, name in tables.OPEN.items()}
    arm64 = {name: value for value, name in tables.OPEN_ARM64.items()}
    assert arm64.keys() == generic.keys()
    tmpfile = {"O_TMPFILE": 0o20000000 | theirs["O_DIRECTORY"]}
    assert arm64 == {**generic, **theirs, **tmpfile}


@pytest.mark.parametrize(
    ("parser", "value", "name"),
    [
        ("open_flags", 0, "O_RDONLY"),
        ("open_flags", 0o2000102, "O_RDWR|O_CREAT|O_CLOEXEC"),
        ("open_flags", 0o4010000, "O_RDONLY|O_SYNC"),
        ("open_flags", 0o20200001, "O_WRONLY|O_TMPFILE"),
        ("open_flags", 1 << 40, "O_RDONLY|0x10000000000"),
        ("ptrace_request", 0, "PTRACE_TRACEME"),
        ("ptrace_request", 99999, "99999"),
        ("ptrace_request", -1, "-1"),
        ("mmap_prot", 0, "PROT_NONE"),
        ("mmap_prot", 5, "PROT_READ|PROT_EXEC"),
        ("dirfd", -100, "AT_FDCWD"),
        ("dirfd", 7, "7"),
        ("file_mode", 0o100640, "S_IFREG|S_IRUSR|S_IWUSR|S_IRGRP"),
        ("file_mode", 0, "0"),
        ("mount_flags", 0, "0"),
        ("memfd_flags", 1, "MFD_CLOEXEC"),
    ],
)
def test_names_of_numbers(parser: str, value: int, name: str) -> None:
    assert PARSERS[parser](value) == name


def test_open_flags_are_read_by_the_machine_that_recorded_them() -> None:
    assert parsers("x86_64")["open_flags"](0o200000) == "O_RDONLY|O_DIRECTORY"
    assert parsers("aarch64")["open_flags"](0o200000) == "O_RDONLY|O_DIRECT"


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
        [sys.executable, ROOT / "scripts/generate", "--check"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
