# SPDX-License-Identifier: Apache-2.0
"""Reads, writes, mappings, credentials, and what changes of files and tasks."""

import base64
import os
import struct
from collections.abc import Callable
from typing import Any

from schemas.event import Event
from tests.kernel.file_causes import (
    EXEC,
    NR,
    PAGE,
    READ,
    WRITE,
    mapped,
    opened,
    protected,
    vector,
)
from tests.lab.case import FOLDER, GETPPID, OTHER, PROGRAM, Case, Outcome, Pairs

_FILE = f"{FOLDER}/pt-changes"
_ACCOUNTS = f"{FOLDER}/pt-accounts"
_MAKE = f"echo 12345 >{_FILE}"
_MADE = opened(_FILE, os.O_RDWR)
_W_X, _R_X = READ | WRITE | EXEC, READ | EXEC
_TIMES = (1_000_000_001, 234_567_891, 1_100_000_002, 345_678_912)  # seconds, ns, twice
_MOMENT = f"{NR['nanosleep']} x{struct.pack('<qq', 0, 50_000_000).hex()} i0"
_ACTION = struct.pack("<4Q", 0x123456, 0x14000000, 0x77, 1 << 5).hex()


def _last(event: str, wanted: dict[str, Any], returned: int = 0) -> Callable[[Outcome], Pairs]:
    """Its last event says so, among other things."""

    def check(seen: Outcome) -> Pairs:
        yield from _says(seen.last(event), wanted, returned)

    return check


def _says(found: Event, wanted: dict[str, Any], returned: int) -> Pairs:
    data = found.data()
    for name, value in wanted.items():
        yield name, value, data[name]
    yield "return value", returned, found.return_value


def _of_file(event: str, wanted: dict[str, Any], returned: int = 0) -> Callable[[Outcome], Pairs]:
    """The last of the file that stat(1) was asked for says so, and its device and inode."""

    def check(seen: Outcome) -> Pairs:
        place = {"pathname": _FILE, "dev": seen.files[_FILE].dev, "inode": seen.files[_FILE].inode}
        found = [one for one in seen.events(event) if one.data()["pathname"] == _FILE]
        yield "told of the file", True, bool(found)
        for one in found[-1:]:
            yield from _says(one, {**place, **wanted}, returned)

    return check


def _file(
    event: str, steps: tuple[str, ...], wanted: dict[str, Any], returned: int = 0, **more: Any
) -> Case:
    check = _of_file(event, wanted, returned)
    return Case(event, (_MADE, *steps), check, before=_MAKE, files=(_FILE,), **more)


def _alert(before: int, now: int, alert: int) -> Case:
    wanted = {"alert": alert, "addr": PAGE, "len": 4096, "prot": now, "prev_prot": before}
    steps = (mapped(before), protected(now))
    return Case("mem_prot_alert", steps, _last("mem_prot_alert", wanted))


def _became(seen: Outcome) -> Pairs:
    data = seen.last("commit_creds").data()
    names = ("uid", "euid", "suid", "fsuid", "gid")
    yield "old", (0, 0, 0, 0, 0), tuple(data["old_cred"][name] for name in names)
    yield "new", (65534, 65533, 65532, 65533, 0), tuple(data["new_cred"][name] for name in names)
    yield "capabilities", data["old_cred"]["cap_permitted"], data["old_cred"]["cap_bounding"]
    yield "lost", 0, data["new_cred"]["cap_effective"]
    yield "user namespace", 4026531837, data["new_cred"]["user_namespace"]


def _entered(seen: Outcome) -> Pairs:
    data = seen.last("switch_task_ns").data()
    others = ("new_mnt", "new_pid", "new_ipc", "new_net", "new_cgroup")
    yield "pid", seen.pid, data["pid"]
    yield "those that stay", [None] * 5, [data[name] for name in others]
    yield "new_uts", True, (data["new_uts"] or 0) > 4026531840


def _failed(seen: Outcome) -> Pairs:
    event = seen.last("process_execute_failed")
    data = event.data()
    yield "return value", -8, event.return_value
    yield "lists", (["zero"], ["A=1"]), (data["argv"], data["envp"])
    yield "pathname", _FILE, data["pathname"]
    yield "stdin", "/dev/null", data["stdin_path"]
    known = not seen.place.startswith("tp_btf")
    yield "file", _FILE if known else None, data["binary.path"]
    yield "inode", seen.files[_FILE].inode if known else None, data["binary.inode_number"]
    yield "interpreter", _FILE if known else None, data["interpreter_path"]


def _modified(seen: Outcome) -> Pairs:
    events = [e for e in seen.events("file_modification") if e.data()["file_path"] == _FILE]
    data = events[-1].data()
    yield "inode", seen.files[_FILE].inode, data["inode"]
    yield "new_ctime", seen.files[_FILE].ctime, data["new_ctime"]
    yield "earlier", True, data["old_ctime"] < data["new_ctime"]


def _capability(seen: Outcome) -> Pairs:
    asked = {event.data()["cap"] for event in seen.events("cap_capable")}
    yield "CAP_SYS_CHROOT", True, 18 in asked


def _elf(seen: Outcome) -> Pairs:
    names = [event.data()["pathname"] for event in seen.events("load_elf_phdrs")]
    yield "program and loader", (True, True), (OTHER in names, any("/ld-" in n for n in names))


def _header(seen: Outcome) -> Pairs:
    yield from _of_file("magic_write", {}, 7)(seen)
    data = seen.last("magic_write").data()
    yield "bytes", b"\x7fELF\0\xff!", base64.b64decode(data["bytes"])


def _mapped_at(seen: Outcome) -> Pairs:
    events = [e.data() for e in seen.events("do_mmap") if e.data()["pathname"] == PROGRAM]
    yield "addr", seen.calls[-1].returned, events[-1]["addr"]
    numbers = tuple(events[-1][name] for name in ("pgoff", "len", "prot", "mmap_flags"))
    yield "numbers", (1, 5000, 1, 2), numbers


def _accounted(seen: Outcome) -> Pairs:
    """Process accounting is written by the kernel as a process ends, by a mount of its own, of
    which the file is the root.
    """
    file = seen.files[_ACCOUNTS]
    found = [e.data() for e in seen.recording.events if e.name == "__kernel_write"]
    mine = [data for data in found if (data["dev"], data["inode"]) == (file.dev, file.inode)]
    yield "written", True, bool(mine)
    yield "count", {64}, {data["count"] for data in mine}  # struct acct


def _any_call(event: str) -> Callable[[Outcome], Pairs]:
    def check(seen: Outcome) -> Pairs:
        numbers = {found.data()["syscall"] for found in seen.events(event)}
        yield "getppid", True, int(GETPPID) in numbers

    return check


_SIGNAL = {"sig": 10, "is_sa_initialized": True, "sa_flags": 0x14000000, "sa_mask": 1 << 5,
           "sa_handle_method": 2, "sa_handler": 0x123456}  # fmt: skip
_TEXT = f"{NR['write']} i3 sabcdefg i7"
_MAGIC = f"{NR['write']} i3 x7f454c4600ff21 i7"
_MEMFD = NR["memfd_create"]

CHANGES = (
    _file("vfs_write", (_TEXT,), {"count": 7, "pos": 0}, 7),
    _file("vfs_writev", (f"{NR['writev']} i3 {vector('abc', 'de')} i2",), {"vlen": 2, "pos": 0}, 5),
    _file("vfs_read", (f"{NR['lseek']} i3 i2 i0", f"{NR['read']} i3 a9 i9"),
          {"count": 9, "pos": 2}, 4),
    _file("vfs_readv", (f"{NR['preadv']} i3 {vector('xx')} i1 i3 i0",), {"vlen": 1, "pos": 3}, 2),
    Case("magic_write", (_MADE, _MAGIC), _header, before=_MAKE, files=(_FILE,)),
    Case("__kernel_write", (f"{NR['acct']} s{_ACCOUNTS}", "fork", GETPPID), _accounted,
         before=f"echo >{_ACCOUNTS}", files=(_ACCOUNTS,)),
    _alert(READ | WRITE, _R_X, 2),
    _alert(_R_X, _W_X, 3),
    _alert(_W_X, _R_X, 4),
    Case("mem_prot_alert", (mapped(_W_X),), _last("mem_prot_alert", {"alert": 1, "addr": PAGE})),
    Case("shared_object_loaded", (opened(PROGRAM, os.O_RDONLY), mapped(_R_X, fd=3)),
         _last("shared_object_loaded", {"pathname": PROGRAM})),
    Case("do_mmap", (opened(PROGRAM, os.O_RDONLY), f"{NR['mmap']} i0 i5000 i1 i2 i3 i4096"),
         _mapped_at),
    Case("commit_creds", (f"{NR['setresuid']} i65534 i65533 i65532",), _became),
    Case("switch_task_ns", (f"{NR['unshare']} i0x4000000",), _entered),
    Case("process_execute_failed", (f"{NR['execve']} s{_FILE} [ szero ] [ sA=1 ]",), _failed,
         before=f"{_MAKE}; chmod 755 {_FILE}", files=(_FILE,)),
    Case("set_fs_pwd", (f"{NR['chdir']} s/proc/self/..",),
         _last("set_fs_pwd", {"unresolved_path": "/proc/self/..", "resolved_path": "/proc"})),
    Case("chmod_common", (f"{NR['chmod']} s{_FILE} i{0o640}",),
         _last("chmod_common", {"pathname": _FILE, "mode": 0o640}), before=_MAKE),
    _file("vfs_utimes", (f"{NR['utimensat']} i3 i0 x{struct.pack('<4q', *_TIMES).hex()} i0",),
          {"atime": _TIMES[0] * 10**9 + _TIMES[1], "mtime": _TIMES[2] * 10**9 + _TIMES[3]}),
    _file("do_truncate", (f"{NR['ftruncate']} i3 i3",), {"length": 3}),
    Case("file_modification", (_MADE, _MOMENT, _TEXT), _modified, before=_MAKE, files=(_FILE,)),
    Case("inotify_watch",
         (f"{NR['inotify_init1']} i0", f"{NR['inotify_add_watch']} i3 s{_FILE} i2"),
         _last("inotify_watch", {"pathname": _FILE}), before=_MAKE),
    Case("task_rename", (f"{NR['prctl']} i15 spt-other",),
         _last("task_rename", {"old_name": "pt-call", "new_name": "pt-other"})),
    Case("sched_switch", (_MOMENT,), _last("sched_switch", {"prev_comm": "pt-call"})),
    Case("do_exit", (f"{NR['exit_group']} i7",), _last("do_exit", {"code": 7 << 8})),
    Case("cap_capable", (f"{NR['chroot']} s/",), _capability),
    Case("load_elf_phdrs", (f"{NR['execve']} s{OTHER} [ spt-call ] [ ]",), _elf),
    Case("do_sigaction", (f"{NR['rt_sigaction']} i10 x{_ACTION} i0 i8",),
         _last("do_sigaction", _SIGNAL)),
    Case("suspicious_syscall_source", (f"unfiled {_MEMFD} sx i0",),
         _last("suspicious_syscall_source", {"syscall": _MEMFD, "vma_type": "anonymous"})),
    Case("stack_pivot", (f"pivoted {_MEMFD} sx i0",),
         _last("stack_pivot", {"syscall": _MEMFD, "vma_type": "heap"})),
    Case("sys_enter", (GETPPID,), _any_call("sys_enter")),
    Case("sys_exit", (GETPPID,), _any_call("sys_exit")),
)  # fmt: skip
