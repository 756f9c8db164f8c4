# SPDX-License-Identifier: Apache-2.0
"""What Tracee (v0.8.1 and of 2026) calls its events, their fields and its sets is there by these
names, so that its rules, policies and habits work here. tracee_events.txt: name, sets, fields with
what their values are, if no numbers; without events of the network and signatures, which have tests
of their own.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from collector.choosing.awaited import AWAITED
from collector.choosing.signatures import ALL
from schemas.events import BY_NAME, sets
from schemas.kinds import Kind

#: field → why it is not there
NOT_THERE = {
    "fchmodat.flags": "the call has none",
    "faccessat.flags": "the call has none",
    "process_madvise.addr": "the call has a list of areas here",
    "process_madvise.length": "the call has the size of the list here",
    **{f"old_select.{name}": "the call has one argument, where these lie"
       for name in ("nfds", "readfds", "writefds", "exceptfds", "timeout")},
    **{f"{event}.syscall": "the task of every event says in which call it is"
       for event in ("security_file_open", "security_mmap_file", "commit_creds", "cap_capable",
                     "task_rename")},
    **{f"do_init_module.{name}": "a trace of Tracee's own search for hidden modules"
       for name in ("prev", "next", "prev_next", "next_prev")},
    "print_syscall_table.caller_context_id": "a mark of Tracee's own",
    "print_net_seq_ops.caller_context_id": "a mark of Tracee's own",
    "print_net_seq_ops.trigger.ContextArgName": "a mark of Tracee's own",
}  # fmt: skip
#: sets that are named where people look, besides the rows' own
SETS = "all default detection detectors signatures lifecycle lsm network network_events syscalls"
_NUMBERS = {Kind.I32, Kind.U32, Kind.I64, Kind.U64, Kind.POINTER}
_KINDS = {
    "number": _NUMBERS | {Kind.TIMESPEC, Kind.TIMESPEC32},
    "text": {Kind.STRING},
    "texts": {Kind.STRINGS},
    "address": {Kind.SOCKADDR},
    "bool": {Kind.BOOL},
    "bytes": {Kind.BYTES, Kind.STRING},
    "numbers": {Kind.NUMBERS},
    "pair": {Kind.PAIR},
    "objects": {Kind.HOOKS},
    "object": {Kind.NAMED_HOOKS, Kind.CREDENTIALS},
}
_FILE = Path(__file__).with_name("tracee_events.txt")


class Row(NamedTuple):
    name: str
    sets: tuple[str, ...]
    fields: dict[str, str]


def _row(line: str) -> Row:
    name, in_sets, *fields = line.split(" ")
    parts = [field.partition(":") for field in fields]
    return Row(name, tuple(in_sets.strip("-").split(",")) if in_sets != "-" else (),
               {field: kind or "number" for field, _, kind in parts})  # fmt: skip


ROWS = [_row(line) for line in _FILE.read_text().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_event_is_there_with_its_fields_and_sets(row: Row) -> None:
    event = BY_NAME[row.name]
    kinds = {field.name: field.kind for field in event.fields}
    missing = {name for name in row.fields if name not in kinds}
    assert {f"{row.name}.{name}" for name in missing} == {
        name for name in NOT_THERE if name.partition(".")[0] == row.name
    }
    for name in row.fields.keys() - missing:
        assert kinds[name] in _KINDS[row.fields[name]], name
    assert set(row.sets) <= set(event.sets)


def test_every_set_is_there_or_waited_for() -> None:
    named = {name for row in ROWS for name in row.sets} | set(SETS.split())
    assert named <= {*sets(), *AWAITED, *ALL}
