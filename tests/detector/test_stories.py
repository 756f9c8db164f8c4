# SPDX-License-Identifier: Apache-2.0
"""The shipped signatures on events as the kernel gives them: raw numbers, nothing yet named.

Their own tests give them what a rule sees; these show that the catalogue's fields and the names of
flags are what they expect.
"""

import json
import socket
import struct
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schemas.event import CONTAINER_STARTED
from schemas.events import BY_NAME
from schemas.stream.messages import Bye, Container, encode
from tests.detector.conftest import DETECTOR
from tests.recordings import TASK, batch, hello, record, recording

_READ, _WRITE, _BOTH, _CREATE = 0, 1, 2, 0o101
_IOCTL = 16
_UNIX = socket.AF_UNIX.to_bytes(2, "little")


@dataclass(frozen=True)
class Story:
    """`event` with `loud` arguments is found by `signature`, with `still` ones by nobody.

    None: every such event is found.
    """

    signature: str
    event: str
    loud: dict[str, Any]
    still: dict[str, Any] | None
    comm: bytes = b"sh"
    container: bool = False
    also: tuple[str, ...] = ()  # ids of the umbrellas over it
    returned: int = 0  # by the loud one
    syscall: int = TASK.syscall

    def record(self, args: dict[str, Any], returned: int = 0) -> bytes:
        task = TASK._replace(comm=self.comm, syscall=self.syscall)
        flags = CONTAINER_STARTED if self.container else 0
        return record(self.event, args, task=task, flags=flags, returned=returned)


def opened(
    signature: str,
    path: str,
    flags: int = _CREATE,
    *,
    container: bool = False,
    also: tuple[str, ...] = (),
) -> Story:
    """A file is opened with these flags, and in the other way."""
    other = _READ if flags != _READ else _WRITE
    loud, still = ({"pathname": path, "flags": way} for way in (flags, other))
    return Story(signature, "security_file_open", loud, still, container=container, also=also)


def moved(
    signature: str, path: str, *, container: bool = False, also: tuple[str, ...] = ()
) -> Story:
    """A file is moved onto this path, and away from it."""
    loud = {"old_path": "/tmp/x", "new_path": path}
    still = {"old_path": path, "new_path": "/tmp/x"}
    event = "security_inode_rename"
    return Story(signature, event, loud, still, container=container, also=also)


HOOK = {"SymbolName": "evil", "ModuleOwner": "rootkit"}


def creds(user: int) -> bytes:
    """Of a task whose user ids, each before its group id, are all this one."""
    return struct.pack("<10I5Q", *(user, 100) * 4, 0, 0, *(0,) * 5)


STORIES = (
    Story("TRC-2", "ptrace", {"request": 0}, {"request": 16}),
    Story("TRC-103", "ptrace", {"request": 4}, {"request": 1}, also=("TRC-3",)),
    Story("TRC-103", "ptrace", {"request": 5}, {"request": 2}, also=("TRC-3",)),
    Story("TRC-1025", "process_vm_writev", {"pid": 7}, {"pid": TASK.pid}, also=("TRC-3",)),
    Story("TRC-4", "mem_prot_alert", {"alert": 4}, {"alert": 3}),
    Story(
        "TRC-5", "sched_process_exec", {"pathname": "memfd:x"}, {"pathname": "/memfd:runc_cloned"}
    ),
    Story("TRC-5", "sched_process_exec", {"pathname": "/dev/shm/x"}, {"pathname": "/bin/ls"}),
    Story("TRC-6", "init_module", {}, {}, returned=-1),
    Story("TRC-6", "finit_module", {}, {}, returned=-8),
    Story("TRC-7", "sched_process_exec", {"env": ["A=1", "LD_PRELOAD=x"]}, {"env": ["A=1"]}),
    Story(
        "TRC-12",
        "security_bprm_check",
        {"pathname": "/usr/bin/dash"},
        {"pathname": "/bin/true"},
        b"nginx",
    ),
    Story("TRC-1026", "sched_process_exec", {"cmdpath": "/usr/sbin/update-rc.d"}, {}),
    Story("TRC-1027", "sched_process_exec", {"pathname": "/usr/bin/crontab"}, {}),
    Story(
        "TRC-9",
        "magic_write",
        {"pathname": "/tmp/x", "bytes": b"\x7fELF\x02"},
        {"pathname": "/tmp/x", "bytes": b"#!/bin/sh"},
        container=True,
    ),
    Story(
        "TRC-1015",
        "magic_write",
        {"pathname": "/tmp/.x", "bytes": b"\x7fELF\x02"},
        {"pathname": "/tmp/x", "bytes": b"\x7fELF\x02"},
    ),
    Story(
        "TRC-11",
        "security_sb_mount",
        {"dev_name": "/dev/sda1"},
        {"dev_name": "tmpfs"},
        container=True,
        also=("PYT-4",),
    ),
    Story(
        "TRC-1019",
        "security_socket_connect",
        {"remote_addr": _UNIX + b"/run/docker.sock\0"},
        {"remote_addr": _UNIX + b"/run/x.sock\0"},
        container=True,
        also=("PYT-4",),
    ),
    Story(
        "PYT-2",
        "switch_task_ns",
        {"new_mnt": 4026531840},
        {"new_mnt": 4026532500},
        container=True,
        also=("PYT-4",),
    ),
    Story(
        "PYT-3",
        "commit_creds",
        {"old_cred": creds(1000), "new_cred": creds(0)},
        {"old_cred": creds(1000), "new_cred": creds(1001)},
        also=("PYT-5",),
        syscall=_IOCTL,
    ),
    Story("TRC-6", "module_load", {"name": "x"}, None),
    Story("TRC-6", "security_kernel_read_file", {"type": 2}, {"type": 1}, syscall=-1),
    Story("TRC-15", "hooked_syscall", {"syscall": "read", "owner": "hidden"}, {"syscall": ""}),
    Story("TRC-15", "hooked_syscalls", {"hooked_syscalls": [HOOK]}, {"hooked_syscalls": []}),
    Story("DRV-003", "hooked_seq_ops", {"hooked_seq_ops": {"x": HOOK}}, {"hooked_seq_ops": {}}),
    Story(
        "TRC-1020",
        "hooked_proc_fops",
        {"hooked_fops_pointers": [HOOK]},
        {"hooked_fops_pointers": []},
    ),
    Story("PYT-1", "hidden_kernel_module_seeker", {"name": "x"}, None),
    opened("TRC-7", "/etc/ld.so.preload"),
    opened("TRC-8", "/run/secrets/kubernetes.io/serviceaccount/token", _READ, container=True),
    opened("TRC-10", "/etc/kubernetes/pki/ca.key", _READ),
    opened("TRC-14", "/tmp/cgrp/release_agent", container=True, also=("PYT-4",)),
    opened("TRC-106", "/tmp/cgrp/x/notify_on_release", container=True, also=("PYT-4",)),
    opened("TRC-109", "/proc/sys/kernel/randomize_va_space", _READ),
    opened("TRC-1011", "/proc/sys/kernel/core_pattern", container=True, also=("PYT-4",)),
    opened("TRC-1012", "/lib64/ld-linux-x86-64.so.2"),
    opened("TRC-1019", "/run/docker.sock", _BOTH, container=True, also=("PYT-4",)),
    opened("TRC-1021", "/proc/kcore", _READ, container=True, also=("PYT-4",)),
    Story(
        "TRC-1023",
        "security_file_open",
        {"pathname": "/proc/1/mem", "flags": _READ},
        {"pathname": "/proc/1/maps", "flags": _READ},
    ),
    Story(
        "TRC-1024",
        "security_file_open",
        {"pathname": "/proc/1/mem", "flags": _WRITE},
        {"pathname": "/proc/1/oom_adj", "flags": _WRITE},
        also=("TRC-3",),
    ),
    opened("TRC-1026", "/etc/init.d/x"),
    opened("TRC-1027", "/etc/cron.d/x"),
    opened("TRC-1028", "/etc/sudoers", also=("PYT-5",)),
    opened("TRC-1029", "/proc/sched_debug", _READ, container=True),
    opened("TRC-1031", "/proc/sysrq-trigger", container=True, also=("PYT-4",)),
    moved("TRC-7", "/etc/ld.so.preload"),
    moved("TRC-14", "/tmp/cgrp/release_agent", container=True, also=("PYT-4",)),
    moved("TRC-1012", "/lib64/ld-linux-x86-64.so.2"),
    moved("TRC-1026", "/etc/init.d/x"),
    moved("TRC-1027", "/etc/cron.d/x"),
    moved("TRC-1028", "/etc/sudoers", also=("PYT-5",)),
)


def found(*streams: bytes) -> Counter[str]:
    """Ids of the signatures that find something in the stream."""
    done = subprocess.run(
        [*DETECTOR, "--output", "json"], input=b"".join(streams), capture_output=True, check=True
    )
    assert b"errors 0" in done.stderr
    return Counter(json.loads(line)["SigMetadata"]["ID"] for line in done.stdout.splitlines())


def expected(stories: Iterable[Story]) -> Counter[str]:
    return Counter(name for story in stories for name in (story.signature, *story.also))


def test_each_is_found_on_its_stories_and_no_other_is() -> None:
    records = [story.record(story.loud, story.returned) for story in STORIES]
    assert found(recording(records)) == expected(STORIES)


def test_none_is_found_on_the_other_ones() -> None:
    quiet = [story.record(story.still) for story in STORIES if story.still is not None]
    assert not found(recording(quiet))


def test_outside_a_container_those_of_containers_are_quiet() -> None:
    inside = [story for story in STORIES if story.container]
    assert inside
    assert not found(recording(record(story.event, story.loud) for story in inside))


def test_each_that_selects_an_event_of_the_catalogue_has_a_story() -> None:
    """But the stateful ones, which tests/python_signatures holds to what they remember."""
    command = [*DETECTOR, "--list", "--output", "json", "--signatures", "-TRC-1,-TRC-13"]
    listed = json.loads(subprocess.check_output(command))
    selecting = {
        one["ID"] for one in listed if {event["Name"] for event in one["Events"]} & BY_NAME.keys()
    }
    assert selecting == {story.signature for story in STORIES}


def test_a_program_that_starts_with_a_library_before_all_others_is_found_once() -> None:
    """execve and sched_process_exec both tell of it."""
    environment = ["LD_PRELOAD=x"]
    task = TASK._replace(syscall=59)
    both = [
        record("execve", {"envp": environment}, task=task),
        record("sched_process_exec", {"env": environment}, task=task),
    ]
    failed = record("execve", {"envp": environment}, task=task, returned=-2)
    assert found(recording(both)) == {"TRC-7": 1}
    assert found(recording([failed])) == {"TRC-7": 1}


def test_the_runtime_of_the_host_is_not_excused_in_a_container() -> None:
    runc = record("sched_process_exec", {"pathname": "/memfd:runc_cloned:/proc/self/exe"})
    container = Container(cgroup=TASK.cgroup_id, id="3f4ea2c9d5b1")
    assert not found(recording([runc]))
    inside = (encode(hello()), encode(container), batch([runc]), encode(Bye(events=1, lost=0)))
    assert found(*inside) == {"TRC-5": 1}
