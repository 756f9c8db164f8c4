# SPDX-License-Identifier: Apache-2.0
"""What causes the events of the security hooks: sockets, names, mounts, BPF, settings."""

import os
import socket
from pathlib import Path

from tests.headers import call_numbers
from tests.kernel.file_causes import EXEC, READ, mapped, opened, protected

NR = call_numbers("asm/unistd_64.h")
STREAM = f"{NR['socket']} i{int(socket.AF_UNIX)} i{int(socket.SOCK_STREAM)} i0"
#: AF_UNIX, an abstract name: pt- and four digits
NAME = "x010000" + (b"pt-%04d" % (os.getpid() % 10000)).hex()
SIZE = "i10"
BIND, LISTEN = f"{NR['bind']} i3 {NAME} {SIZE}", f"{NR['listen']} i3 i7"
#: descriptor 3 is a server, 4 a client of its, 5 what the server has of the connection
SERVED = [STREAM, BIND, LISTEN, STREAM, f"{NR['connect']} i4 {NAME} {SIZE}",
          f"{NR['accept4']} i3 i0 i0 i0"]  # fmt: skip
PRIVATE = [f"{NR['unshare']} i0x20000", f"{NR['mount']} snone s/ i0 i0x44000 i0"]
TMPFS = f"{NR['mount']} spt-device sfolder stmpfs i6 i0"
MKDIR = f"{NR['mkdir']} sfolder i493"

#: r0 = bpf_get_prandom_u32(); r0 = 0; exit
INSTRUCTIONS = "8500000007000000" + "b700000000000000" + "9500000000000000"
NAMED = "i0x6d6172676f7270"  # program


def loaded(kind: int) -> str:
    """Load a program of that type."""
    return f"{NR['bpf']} i5 [ i{3 << 32 | kind} x{INSTRUCTIONS} sGPL i0 i0 i0 {NAMED} i0 ] i72"


PROGRAM = loaded(1)
#: a program at a tracepoint: descriptor 3 is the program, 4 the link
AT_TRACEPOINT = [loaded(17), f"{NR['bpf']} i17 [ ssched_kthread_stop i3 ] i16"]
_ARRAY = "02000000" + "04000000" * 2 + "01000000"  # type, sizes of key and value, entries
#: an array with room for one number
MAP = f"{NR['bpf']} i0 x{_ARRAY}{'00' * 12}{b'numbers'.hex():0<88} i72"
WATCH = [f"{NR['inotify_init1']} i0", f"{NR['inotify_add_watch']} i3 s/etc/hostname i0x2000302"]
MAPPED = [opened("/etc/hostname", os.O_RDONLY), mapped(READ, fd=3)]


def listed(folder: Path | str) -> list[str]:
    """What a folder has, as the C library asks for it."""
    opened_folder = opened(folder, os.O_RDONLY | os.O_DIRECTORY)
    return [opened_folder, f"{NR['getdents64']} i3 a32768 i32768"]


def hook_causes() -> dict[str, list[str]]:
    """Event → steps of the trigger. Files are made below the working directory."""
    made, module = opened("made"), opened("/etc/hostname", os.O_RDONLY)
    read = [module, f"{NR['finit_module']} i3 s i0"]
    return {
        "security_socket_create": [STREAM],
        "security_socket_connect": SERVED,
        "security_socket_bind": SERVED,
        "security_socket_listen": SERVED,
        "security_socket_accept": SERVED,
        "socket_accept": SERVED,
        "socket_dup": [*SERVED, f"{NR['dup']} i4"],
        "security_socket_setsockopt": [STREAM, f"{NR['setsockopt']} i3 i1 i2 x01000000 i4"],
        "security_inode_unlink": [made, f"{NR['unlink']} smade"],
        "security_inode_rename": [made, f"{NR['rename']} smade sother"],
        "security_inode_mknod": [f"{NR['mknod']} spipe i0x11a4 i0"],
        "security_inode_symlink": [f"{NR['symlink']} starget slink"],
        "security_sb_mount": [MKDIR, *PRIVATE, TMPFS],
        "security_sb_umount": [MKDIR, *PRIVATE, TMPFS, f"{NR['umount2']} sfolder i2"],
        "security_bpf": [MAP],
        "security_bpf_map": [MAP],
        "security_bpf_prog": [PROGRAM],
        "bpf_attach": AT_TRACEPOINT,
        "zeroed_inodes": listed("nameless"),
        "hidden_inodes": listed("nameless"),
        "security_kernel_read_file": read,
        "security_kernel_post_read_file": read,
        "security_mmap_file": MAPPED,
        "security_file_mprotect": [*MAPPED, protected(READ | EXEC)],
        "security_path_notify": WATCH,
        "security_task_setrlimit": [f"{NR['setrlimit']} i4 x{'00' * 16}"],
        "security_settime64": [f"{NR['settimeofday']} i0 x{'00' * 8}"],
        "security_task_prctl": [f"{NR['prctl']} i3 i0 i0 i0 i0"],
    }
