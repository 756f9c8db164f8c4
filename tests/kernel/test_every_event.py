# SPDX-License-Identifier: Apache-2.0
"""Every event of the catalogue has something here that causes it, but system calls, which have a
test of their own. What its fields must say is in the tests of its family.
"""

import errno
import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from collector.context.containers import hierarchy
from schemas.event_type import READ_MEMORY, EventType
from schemas.events import CATALOGUE
from tests.collecting import Collecting, needs_kernel
from tests.conftest import Run
from tests.kernel.file_causes import causes
from tests.kernel.hook_causes import hook_causes
from tests.kernel.nameless import served
from tests.kernel.test_system_calls import NATIVE

pytestmark = needs_kernel

GROUP = f"{hierarchy()}/pt-{os.getpid()}-every"


def triggers(program: Path) -> dict[str, list[str]]:
    """Event → steps of the trigger."""
    run = f"{NATIVE['execve']} s{program} [ spt-call s{NATIVE['getppid']} ] [ ]"
    group = [f"{NATIVE['mkdir']} s{GROUP} i493", f"{NATIVE['rmdir']} s{GROUP}"]
    return {
        "sched_process_fork": ["fork", "39"],
        "sched_process_exec": [run],
        "sched_process_exit": ["39"],
        "security_bprm_check": [run],
        "security_file_open": [f"{NATIVE['openat']} i-100 s/etc/hostname i0 i0"],
        "cgroup_mkdir": group,
        "cgroup_rmdir": group,
        "cgroup_attach_task": [
            group[0],
            f"{NATIVE['openat']} i-100 s{GROUP}/cgroup.procs i1",
            f"{NATIVE['write']} i3 s0 i1",  # 0: itself
            f"{NATIVE['openat']} i-100 s{hierarchy()}/cgroup.procs i1",
            f"{NATIVE['write']} i4 s0 i1",
            group[1],
        ],
        **causes(program),
        **hook_causes(),
    }


#: events that no kernel of today lets happen
NOT_TO_BE_CAUSED = {"dirty_pipe_splice": "the hole that it shows is closed"}
#: events of a file system that tests/kernel/nameless.py serves
NAMELESS = ("zeroed_inodes", "hidden_inodes")
#: what is found by looking and not as it happens is in test_integrity.py, here and of the lab; what
#: the collector tells by itself in test_made.py and test_symbols.py
EVENTS = [
    event
    for event in CATALOGUE
    if event.numbers is None
    and READ_MEMORY not in event.probes[0].programs
    and not event.probes[0].place.startswith("made/")
    and not event.name.startswith("symbols_")
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_an_event_is_caused_and_seen(
    event: EventType, live: Collecting, run: Run, program: Path, tmp_path: Path
) -> None:
    assert live.recording.hello
    if event.name in live.recording.hello.unavailable:
        pytest.skip(live.recording.hello.unavailable[event.name])
    if event.name in NAMELESS and not Path("/dev/fuse").exists():
        pytest.skip("this kernel has no FUSE")
    if event.name in NOT_TO_BE_CAUSED:
        pytest.skip(NOT_TO_BE_CAUSED[event.name])
    if event.name.startswith("cgroup") and hierarchy() is None:
        pytest.skip("there is no version 2 hierarchy of control groups")
    with served(tmp_path / "nameless") if event.name in NAMELESS else nullcontext():
        done = run(*(step.strip() for step in triggers(program)[event.name]), cwd=tmp_path)
    if any(call.returned == -errno.ENOSYS for call in done.calls):
        pytest.skip("this kernel does not have the call that causes it")
    live.of(done.pid)
    seen = live.recording.of(done.pid, event.name)
    assert seen
    assert all(list(one.data()) == [field.name for field in event.fields] for one in seen)
