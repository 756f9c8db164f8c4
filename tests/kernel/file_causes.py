# SPDX-License-Identifier: Apache-2.0
"""What causes the events of reading, writing, mapping, credentials and failed programs."""

import os
import struct
from pathlib import Path

from tests.headers import call_numbers

NR = call_numbers("asm/unistd_64.h")
READ, WRITE, EXEC = 1, 2, 4
PRIVATE, ANONYMOUS, FIXED = 0x02, 0x20, 0x10
PAGE = 0x13370000  # an address below 4 GiB that nothing else is at
_LATER = f"x{struct.pack('<qq', 0, 20_000_000).hex()}"  # 20 ms


def opened(path: Path | str, flags: int = os.O_RDWR | os.O_CREAT) -> str:
    return f"{NR['openat']} i-100 s{path} i{flags} i493"


def mapped(protection: int, fd: int = -1, address: int = PAGE) -> str:
    flags = PRIVATE | FIXED | (ANONYMOUS if fd < 0 else 0)
    return f"{NR['mmap']} i{address} i4096 i{protection} i{flags} i{fd} i0"


def protected(protection: int) -> str:
    return f"{NR['mprotect']} i{PAGE} i4096 i{protection}"


def vector(*texts: str) -> str:
    """An iovec list: address and length each."""
    return "[ " + " ".join(f"s{text} i{len(text)}" for text in texts) + " ]"


def causes(program: Path) -> dict[str, list[str]]:
    """Event → steps of the trigger. Files are made below the working directory."""
    write, writev = f"{NR['write']} i3 stext-text i9", f"{NR['writev']} i3 {vector('text')} i1"
    made = opened("made")
    return {
        "vfs_write": [made, write],
        "vfs_writev": [made, writev],
        "vfs_read": [made, f"{NR['read']} i3 a9 i9"],
        "vfs_readv": [made, f"{NR['readv']} i3 {vector('text')} i1"],
        "magic_write": [made, write],
        "mem_prot_alert": [mapped(READ | WRITE | EXEC)],
        "shared_object_loaded": [opened(program, os.O_RDONLY), mapped(READ | EXEC, fd=3)],
        "do_mmap": [mapped(READ)],
        "commit_creds": [f"{NR['setresuid']} i-1 i65534 i-1"],
        "switch_task_ns": [f"{NR['unshare']} i0x4000000"],  # CLONE_NEWUTS
        "set_fs_pwd": [f"{NR['chdir']} s/tmp"],
        "chmod_common": [made, f"{NR['fchmod']} i3 i420"],
        "vfs_utimes": [made, f"{NR['utimensat']} i3 i0 i0 i0"],
        "do_truncate": [made, f"{NR['ftruncate']} i3 i0"],
        "file_modification": [made, *[f"{NR['nanosleep']} {_LATER} i0", write]],
        "inotify_watch": [f"{NR['inotify_init1']} i0", f"{NR['inotify_add_watch']} i3 s. i2"],
        "task_rename": [f"{NR['prctl']} i15 spt-other"],  # PR_SET_NAME
        "sched_switch": [f"{NR['nanosleep']} {_LATER} i0"],
        "do_exit": [str(NR["getppid"])],
        "cap_capable": [f"{NR['chroot']} s/"],
        "sys_enter": [str(NR["getppid"])],
        "sys_exit": [str(NR["getppid"])],
        "load_elf_phdrs": [f"{NR['execve']} s{program} [ spt-call ] [ ]"],
        "do_sigaction": [f"{NR['rt_sigaction']} i10 i0 x{'00' * 32} i8"],
        "suspicious_syscall_source": [f"unfiled {NR['memfd_create']} sx i0"],
        "stack_pivot": [f"pivoted {NR['memfd_create']} sx i0"],
        "process_execute_failed": [f"{NR['execve']} s/nowhere [ sa ] [ ]"],
    }
