# SPDX-License-Identifier: Apache-2.0
"""The names of numbers, every table, against the system's own headers."""

from pathlib import Path

import pytest

from schemas.flags import (
    PARSERS,
    capabilities,
    clocks,
    descriptors,
    error_name,
    errors,
    files,
    ipc,
    memory,
    mounts,
    multiplexing,
    named,
    parsers,
    prctl,
    processes,
    security,
    signals,
    sockets,
    system,
)
from schemas.flags.forms import ALL
from tests.headers import constants
from tests.schemas.young import YOUNG

MODULES = (capabilities, clocks, descriptors, errors, files, ipc, memory, mounts, multiplexing,
           prctl, processes, security, signals, sockets, system)  # fmt: skip
TABLES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": table
    for module in MODULES
    for name, table in vars(module).items()
    if isinstance(table, dict) and not name.startswith("__")
}
#: table → where its numbers are defined
HEADERS = {
    "capabilities.CAPABILITY": "linux/capability.h",
    "clocks.CLOCK": "linux/time.h",
    "clocks.ITIMER": "linux/time.h",
    "clocks.TIMER": "linux/time.h",
    "clocks.TIMERFD": "linux/timerfd.h",
    "descriptors.DESCRIPTOR": "asm/fcntl.h",
    "descriptors.EVENTFD": "sys/eventfd.h",
    "descriptors.FCNTL": "asm/fcntl.h linux/fcntl.h",
    "descriptors.LOCK": "asm/fcntl.h",
    "descriptors.SPLICE": "fcntl.h",
    "descriptors.TERMINAL": "asm/ioctls.h linux/termios.h linux/serial.h",
    "errors.ERROR": "asm/errno.h",
    "files.ACCESS": "fcntl.h",
    "files.ACCESS_AT": "linux/fcntl.h",
    "files.ACCESS_MODE": "unistd.h",
    "files.CLOSE_RANGE": "linux/close_range.h",
    "files.EXECVE_AT": "linux/fcntl.h",
    "files.FADVICE": "linux/fadvise.h",
    "files.FALLOCATE": "linux/falloc.h",
    "files.FILE_TYPE": "sys/stat.h",
    "files.HANDLE_AT": "linux/fcntl.h",
    "files.LINK_AT": "linux/fcntl.h",
    "files.MEMFD": "linux/memfd.h",
    "files.OPEN": "asm/fcntl.h linux/fcntl.h",
    "files.PERMISSION": "sys/stat.h",
    "files.READ_WRITE": "linux/fs.h",
    "files.RENAME": "linux/fs.h",
    "files.SEEK": "linux/fs.h",
    "files.STATX": "linux/stat.h",
    "files.STAT_AT": "linux/fcntl.h",
    "files.SYNC_FILE_RANGE": "linux/fs.h",
    "files.UNLINK_AT": "linux/fcntl.h",
    "files.XATTR": "linux/xattr.h",
    "ipc.FUTEX": "linux/futex.h",
    "ipc.FUTEX2": "linux/futex.h",
    "ipc.FUTEX2_SIZE": "linux/futex.h",
    "ipc.FUTEX_FLAGS": "linux/futex.h",
    "ipc.IPC": "linux/ipc.h",
    "ipc.IPC_64": "linux/ipc.h",
    "ipc.IPC_CALL": "linux/ipc.h",
    "ipc.MSG": "linux/msg.h linux/ipc.h",
    "ipc.MSG_CTL": "linux/msg.h linux/ipc.h",
    "ipc.SEM_CTL": "linux/sem.h linux/ipc.h",
    "ipc.SHM_AT": "linux/shm.h",
    "ipc.SHM_CTL": "linux/shm.h linux/ipc.h",
    "ipc.SHM_GET": "linux/shm.h linux/ipc.h",
    "memory.GET_MEMPOLICY": "linux/mempolicy.h",
    "memory.MADVICE": "linux/mman.h asm/mman.h",
    "memory.MBIND": "linux/mempolicy.h",
    "memory.MEMBARRIER": "linux/membarrier.h",
    "memory.MEMPOLICY": "linux/mempolicy.h",
    "memory.MEMPOLICY_FLAGS": "linux/mempolicy.h",
    "memory.MLOCK2": "linux/mman.h asm/mman.h",
    "memory.MLOCKALL": "linux/mman.h asm/mman.h",
    "memory.MMAP": "linux/mman.h asm/mman.h",
    "memory.MMAP_PROT": "linux/mman.h asm/mman.h",
    "memory.MMAP_TYPE": "linux/mman.h asm/mman.h",
    "memory.MREMAP": "linux/mman.h",
    "memory.MSYNC": "linux/mman.h asm/mman.h",
    "memory.PKEY_RIGHTS": "linux/mman.h asm/mman.h",
    "mounts.FSCONFIG": "linux/mount.h",
    "mounts.FSMOUNT": "linux/mount.h",
    "mounts.FSOPEN": "linux/mount.h",
    "mounts.FSPICK": "linux/mount.h",
    "mounts.MOUNT": "linux/mount.h linux/fs.h",
    "mounts.MOUNT_ATTRIBUTES": "linux/mount.h",
    "mounts.MOUNT_SETATTR": "linux/fcntl.h",
    "mounts.MOVE_MOUNT": "linux/mount.h",
    "mounts.OPEN_TREE": "linux/mount.h linux/fcntl.h",
    "mounts.QUOTA": "linux/quota.h linux/dqblk_xfs.h",
    "mounts.QUOTA_TYPE": "linux/quota.h",
    "mounts.SWAP": "sys/swap.h",
    "mounts.UMOUNT": "sys/mount.h",
    "multiplexing.EPOLL": "linux/eventpoll.h",
    "multiplexing.FANOTIFY": "linux/fanotify.h",
    "multiplexing.FANOTIFY_EVENT": "linux/fanotify.h",
    "multiplexing.FANOTIFY_MARK": "linux/fanotify.h",
    "multiplexing.INOTIFY": "linux/inotify.h",
    "multiplexing.IO_URING_ENTER": "linux/io_uring.h",
    "multiplexing.IO_URING_REGISTER": "linux/io_uring.h",
    "prctl.PRCTL": "linux/prctl.h",
    "processes.ARCH_PRCTL": "asm/prctl.h",
    "processes.CLONE": "linux/sched.h",
    "processes.IOPRIO": "linux/ioprio.h",
    "processes.KCMP": "linux/kcmp.h",
    "processes.PERSONALITY": "linux/personality.h",
    "processes.PERSONALITY_DOMAIN": "linux/personality.h",
    "processes.PIDFD": "linux/pidfd.h",
    "processes.PRIORITY": "linux/resource.h",
    "processes.PTRACE_REQUEST": "linux/ptrace.h asm/ptrace-abi.h",
    "processes.RLIMIT": "asm-generic/resource.h linux/resource.h",
    "processes.RSEQ": "linux/rseq.h",
    "processes.RUSAGE": "linux/resource.h",
    "processes.SCHED": "linux/sched.h",
    "processes.UNSHARE": "linux/sched.h",
    "processes.WAIT": "linux/wait.h",
    "processes.WAIT_ID": "linux/wait.h",
    "security.KEYCTL": "linux/keyctl.h",
    "security.LANDLOCK": "linux/landlock.h",
    "security.LANDLOCK_RESTRICT": "linux/landlock.h",
    "security.LANDLOCK_RULE": "linux/landlock.h",
    "security.LSM_ATTRIBUTE": "linux/lsm.h",
    "security.SECCOMP": "linux/seccomp.h",
    "security.SECCOMP_FLAGS": "linux/seccomp.h",
    "signals.SIGNAL": "asm/signal.h",
    "signals.SIG_HOW": "asm/signal.h",
    "sockets.FAMILY": "sys/socket.h",
    "sockets.LEVEL": "netinet/in.h sys/socket.h netinet/tcp.h netinet/udp.h",
    "sockets.MESSAGE": "sys/socket.h",
    "sockets.SHUTDOWN": "sys/socket.h",
    "sockets.SOCKETCALL": "linux/net.h",
    "sockets.TYPE": "sys/socket.h",
    "sockets.TYPE_FLAGS": "sys/socket.h",
    "system.BPF": "linux/bpf.h",
    "system.BPF_ATTACH": "linux/bpf.h",
    "system.BPF_PROGRAM": "linux/bpf.h",
    "system.DELETE_MODULE": "fcntl.h",
    "system.FINIT_MODULE": "linux/module.h",
    "system.GETRANDOM": "linux/random.h",
    "system.KEXEC": "linux/kexec.h",
    "system.KEXEC_FILE": "linux/kexec.h",
    "system.PERF": "linux/perf_event.h",
    "system.REBOOT": "linux/reboot.h",
    "system.REBOOT_MAGIC": "linux/reboot.h",
}
#: tables of this machine that are made of others, of another machine, or that no header has
OTHERS = {
    *("descriptors.PIPE", "descriptors.PIPE_ARM64", "files.OPEN_ARM64", "system.SYSLOG"),
    *(
        "memory.MEM_PROT_ALERT",
        "multiplexing.FSNOTIFY",
        "multiplexing.FSNOTIFY_OBJECT",
        *("system.BPF_ATTACHED", "system.READ_FILE", "signals.HANDLE_METHOD"),
    ),
}


def test_every_table_is_compared_or_named() -> None:
    assert TABLES.keys() == HEADERS.keys() | OTHERS


@pytest.mark.parametrize("table", HEADERS)
def test_flag_tables_are_the_headers(table: str, tmp_path: Path) -> None:
    ours = {name: value for value, name in TABLES[table].items()}
    found = constants(HEADERS[table].split(), ours, tmp_path)
    missing = {name for name, value in found.items() if value is None}
    assert missing <= YOUNG
    mask = (1 << 64) - 1
    assert {name: (value or 0) & mask for name, value in found.items() if value is not None} == {
        name: value & mask for name, value in ours.items() if name not in missing
    }


def test_arm64_differs_in_four_open_flags_as_its_own_header_has_them() -> None:
    # arch/arm64/include/uapi/asm/fcntl.h
    theirs = {
        "O_DIRECTORY": 0o40000,
        "O_NOFOLLOW": 0o100000,
        "O_DIRECT": 0o200000,
        "O_LARGEFILE": 0o400000,
    }
    generic = {name: value for value, name in files.OPEN.items()}
    arm64 = {name: value for value, name in files.OPEN_ARM64.items()}
    assert arm64.keys() == generic.keys()
    tmpfile = {"O_TMPFILE": 0o20000000 | theirs["O_DIRECTORY"]}
    assert arm64 == {**generic, **theirs, **tmpfile}


@pytest.mark.parametrize(("table", "opened"), [
    (descriptors.PIPE, files.OPEN), (descriptors.PIPE_ARM64, files.OPEN_ARM64),
])  # fmt: skip
def test_flags_of_pipes_are_those_of_open(table: dict[int, str], opened: dict[int, str]) -> None:
    named = {
        bit: "O_EXCL" if name == "O_NOTIFICATION_PIPE" else name for bit, name in table.items()
    }
    assert named.items() <= opened.items()


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
        ("mmap_flags", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"),
        ("mmap_flags", 0x20, "MAP_ANONYMOUS"),
        ("dirfd", -100, "AT_FDCWD"),
        ("dirfd", 7, "7"),
        ("file_mode", 0o100640, "S_IFREG|S_IRUSR|S_IWUSR|S_IRGRP"),
        ("file_mode", 0, "0"),
        ("mount_flags", 0, "0"),
        ("memfd_flags", 1, "MFD_CLOEXEC"),
        ("clone_flags", 0x01200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD"),
        ("clone_flags", 0, "0"),
        ("socket_family", 2, "AF_INET"),
        ("socket_type", 0x80801, "SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC"),
        ("socket_type", 9, "9"),
        ("futex_op", 0x81, "FUTEX_WAKE|FUTEX_PRIVATE_FLAG"),
        ("reboot_magic", 0xFEE1DEAD - (1 << 32), "LINUX_REBOOT_MAGIC1"),
        ("reboot_cmd", 1, "0x1"),
        ("quota_cmd", 0x80000701 - (1 << 32), "Q_GETQUOTA|GRPQUOTA"),
        ("ioctl_request", 0x5401, "TCGETS"),
        ("ioctl_request", 0xC0FFEE, "0xc0ffee"),
        ("access_mode", 0, "F_OK"),
        ("access_mode", 6, "W_OK|R_OK"),
        ("rusage_who", -1, "RUSAGE_CHILDREN"),
        ("signal", 9, "SIGKILL"),
        ("signal", 40, "40"),
        ("wait_options", -0x80000000, "__WCLONE"),
        ("shmget_flags", 0o1600, "S_IWUSR|S_IRUSR|IPC_CREAT"),
        ("semctl_cmd", 0x110, "SETVAL|IPC_64"),
    ],
)
def test_names_of_numbers(parser: str, value: int, name: str) -> None:
    assert PARSERS[parser](value) == name


def test_open_flags_are_read_by_the_machine_that_recorded_them() -> None:
    assert parsers("x86_64")["open_flags"](0o200000) == "O_RDONLY|O_DIRECTORY"
    assert parsers("aarch64")["open_flags"](0o200000) == "O_RDONLY|O_DIRECT"
    assert parsers("x86_64")["pipe_flags"](0o200000) == "0x10000"
    assert parsers("aarch64")["pipe_flags"](0o200000) == "O_DIRECT"


@pytest.mark.parametrize(
    ("returned", "name"),
    [(-2, "ENOENT"), (-4095, "4095"), (0, ""), (3, ""), (-4096, ""), (-516, "516")],
)
def test_names_of_errors(returned: int, name: str) -> None:
    assert error_name(returned) == name


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_a_name_stands_for_the_number_that_is_shown_as_it(machine: str) -> None:
    """Alone, and beside what else the number may hold."""
    for parser, one in named(machine).items():
        for name, (mask, number) in one.names.items():
            shown = one.show(number)
            assert shown == name or name in shown.split("|"), parser
            assert number & mask == number or mask == ALL, parser


def test_a_mode_among_flags_is_found_by_its_bits_only() -> None:
    names = named("x86_64")["open_flags"].names
    assert names["O_RDONLY"] == (3, 0)
    assert names["O_WRONLY"] == (3, 1)
    assert names["O_CREAT"] == (0o100, 0o100)
    assert named("x86_64")["access_mode"].names["F_OK"] == (ALL, 0)
