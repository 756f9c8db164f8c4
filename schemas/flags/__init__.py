# SPDX-License-Identifier: Apache-2.0
"""Parsers: from a raw number to the names that rules and people read.

A parser is a function from int to str; unknown bits stay visible as hex. Which tables hold
depends on the machine that recorded the event (Hello's `machine`), not on the one that reads.
The other way, from a name to the numbers that it stands for, is there for filters.
"""

from schemas.flags import (
    clocks,
    descriptors,
    files,
    ipc,
    memory,
    mounts,
    multiplexing,
    processes,
    security,
    signals,
    sockets,
    system,
)
from schemas.flags.capabilities import CAPABILITY
from schemas.flags.errors import ERROR
from schemas.flags.forms import ALL, Named, Parser, bits, flags, mixed, value
from schemas.flags.prctl import PRCTL

_RIGHTS = {bit: name for bit, name in files.PERMISSION.items() if bit < 0o1000}
_permissions = bits(files.PERMISSION, none="").show


def _file_mode(mode: int) -> str:
    """`S_IFREG|S_IRUSR|…`: the type, then the permissions from the owner's to the others'."""
    kind = files.FILE_TYPE.get(mode & 0o170000, "")
    permissions = _permissions(mode & ~0o170000)
    names = [kind, *reversed(permissions.split("|"))]
    return "|".join(filter(None, names)) or "0"


def _dirfd(number: int) -> str:
    return "AT_FDCWD" if number == -100 else str(number)


_quota_cmd, _quota_type = value(mounts.QUOTA, hex).show, value(mounts.QUOTA_TYPE).show


def _quota(number: int) -> str:
    """QCMD(command, type): the type is in the lowest byte."""
    return f"{_quota_cmd((number & 0xFFFFFFFF) >> 8)}|{_quota_type(number & 0xFF)}"


def _open(table: dict[int, str]) -> Named:
    return mixed(files.ACCMODE, files.ACCESS, table)


def error_name(returned: int) -> str:
    """`ENOENT` for the -2 that a failed call returned, "" for a call that worked."""
    return ERROR.get(-returned, str(-returned)) if -4096 < returned < 0 else ""


_FILE_MODE = {
    **flags(files.PERMISSION),
    **{name: (0o170000, kind) for kind, name in files.FILE_TYPE.items()},
}
_ATTACHMENT = {
    **system.BPF_ATTACHED,
    **{system.BPF_ATTACH_FROM + number: name for number, name in system.BPF_ATTACH.items()},
}
_QUOTA = {name: (0xFFFFFF00, command << 8) for command, name in mounts.QUOTA.items()}

_NAMED: dict[str, Named] = {
    "access_flags": bits(files.ACCESS_AT),
    "access_mode": bits(files.ACCESS_MODE, none="F_OK"),
    "arch_prctl_option": value(processes.ARCH_PRCTL, hex),
    "bpf_attachment": value(_ATTACHMENT),
    "bpf_cmd": value(system.BPF),
    "capability": value(CAPABILITY),
    "bpf_prog_type": value(system.BPF_PROGRAM),
    "clock": value(clocks.CLOCK),
    "clone_flags": mixed(0xFF, signals.SIGNAL, processes.CLONE, last=True),
    "close_range_flags": bits(files.CLOSE_RANGE),
    "delete_module_flags": bits(system.DELETE_MODULE),
    "descriptor_flags": bits(descriptors.DESCRIPTOR),
    "dirfd": Named(_dirfd, {"AT_FDCWD": (ALL, -100)}),
    "epoll_op": value(multiplexing.EPOLL),
    "eventfd_flags": bits(descriptors.EVENTFD),
    "execveat_flags": bits(files.EXECVE_AT),
    "fadvise_advice": value(files.FADVICE),
    "fallocate_mode": bits(files.FALLOCATE),
    "fanotify_flags": bits(multiplexing.FANOTIFY),
    "fanotify_mark_flags": bits(multiplexing.FANOTIFY_MARK),
    "fanotify_mask": bits(multiplexing.FANOTIFY_EVENT),
    "fcntl_cmd": value(descriptors.FCNTL),
    "file_mode": Named(_file_mode, _FILE_MODE),
    "finit_module_flags": bits(system.FINIT_MODULE),
    "flock_operation": bits(descriptors.LOCK),
    "fsconfig_cmd": value(mounts.FSCONFIG),
    "fsmount_flags": bits(mounts.FSMOUNT),
    "fsnotify_mask": bits(multiplexing.FSNOTIFY),
    "fsnotify_object": value(multiplexing.FSNOTIFY_OBJECT),
    "fsopen_flags": bits(mounts.FSOPEN),
    "fspick_flags": bits(mounts.FSPICK),
    "futex2_flags": mixed(3, ipc.FUTEX2_SIZE, ipc.FUTEX2),
    "futex_op": mixed(0x7F, ipc.FUTEX, ipc.FUTEX_FLAGS),
    "get_mempolicy_flags": bits(memory.GET_MEMPOLICY),
    "getrandom_flags": bits(system.GETRANDOM),
    "handle_method": value(signals.HANDLE_METHOD),
    "handle_flags": bits(files.HANDLE_AT),
    "inotify_mask": bits(multiplexing.INOTIFY),
    "io_uring_enter_flags": bits(multiplexing.IO_URING_ENTER),
    "io_uring_register_op": value(multiplexing.IO_URING_REGISTER),
    "ioctl_request": value(descriptors.TERMINAL, hex),
    "ioprio_which": value(processes.IOPRIO),
    "ipc_call": mixed(0xFFFF, ipc.IPC_CALL, {}),
    "ipc_flags": bits({**_RIGHTS, **ipc.IPC}),
    "itimer": value(clocks.ITIMER),
    "kcmp_type": value(processes.KCMP),
    "kexec_file_flags": bits(system.KEXEC_FILE),
    "kexec_flags": bits(system.KEXEC),
    "keyctl_operation": value(security.KEYCTL),
    "landlock_flags": bits(security.LANDLOCK),
    "landlock_restrict_flags": bits(security.LANDLOCK_RESTRICT),
    "landlock_rule_type": value(security.LANDLOCK_RULE),
    "link_flags": bits(files.LINK_AT),
    "lsm_attribute": value(security.LSM_ATTRIBUTE),
    "madvise_advice": value(memory.MADVICE),
    "mbind_flags": bits(memory.MBIND),
    "mem_prot_alert": value(memory.MEM_PROT_ALERT),
    "membarrier_cmd": value(memory.MEMBARRIER),
    "memfd_flags": bits(files.MEMFD),
    "mempolicy": mixed(0x1FFF, memory.MEMPOLICY, memory.MEMPOLICY_FLAGS),
    "message_flags": bits(sockets.MESSAGE),
    "message_queue_flags": bits(ipc.MSG),
    "mlock2_flags": bits(memory.MLOCK2),
    "mlockall_flags": bits(memory.MLOCKALL),
    "mmap_flags": mixed(0xF, memory.MMAP_TYPE, memory.MMAP),
    "mmap_prot": bits(memory.MMAP_PROT, none="PROT_NONE"),
    "mount_attributes": bits(mounts.MOUNT_ATTRIBUTES),
    "mount_flags": bits(mounts.MOUNT),
    "mount_setattr_flags": bits(mounts.MOUNT_SETATTR),
    "move_mount_flags": bits(mounts.MOVE_MOUNT),
    "mremap_flags": bits(memory.MREMAP),
    "msgctl_cmd": mixed(0xFF, ipc.MSG_CTL, ipc.IPC_64),
    "msync_flags": bits(memory.MSYNC),
    "open_flags": _open(files.OPEN),
    "open_tree_flags": bits(mounts.OPEN_TREE),
    "perf_event_flags": bits(system.PERF),
    "personality": mixed(0xFF, processes.PERSONALITY_DOMAIN, processes.PERSONALITY),
    "pidfd_flags": bits(processes.PIDFD),
    "pipe_flags": bits(descriptors.PIPE),
    "pkey_rights": bits(memory.PKEY_RIGHTS),
    "prctl_option": value(PRCTL),
    "priority_which": value(processes.PRIORITY),
    "ptrace_request": value(processes.PTRACE_REQUEST),
    "quota_cmd": Named(_quota, _QUOTA),
    "read_file_type": value(system.READ_FILE),
    "reboot_cmd": value(system.REBOOT, hex),
    "reboot_magic": value(system.REBOOT_MAGIC, hex),
    "rename_flags": bits(files.RENAME),
    "rlimit_resource": value(processes.RLIMIT),
    "rseq_flags": bits(processes.RSEQ),
    "rusage_who": value(processes.RUSAGE),
    "rw_flags": bits(files.READ_WRITE),
    "sched_policy": value(processes.SCHED),
    "seccomp_flags": bits(security.SECCOMP_FLAGS),
    "seccomp_operation": value(security.SECCOMP),
    "seek_whence": value(files.SEEK),
    "semctl_cmd": mixed(0xFF, ipc.SEM_CTL, ipc.IPC_64),
    "shmat_flags": bits(ipc.SHM_AT),
    "shmctl_cmd": mixed(0xFF, ipc.SHM_CTL, ipc.IPC_64),
    "shmget_flags": bits({**_RIGHTS, **ipc.SHM_GET}),
    "shutdown_how": value(sockets.SHUTDOWN),
    "signal": value(signals.SIGNAL),
    "sigprocmask_how": value(signals.SIG_HOW),
    "socket_family": value(sockets.FAMILY),
    "socket_level": value(sockets.LEVEL),
    "socket_type": mixed(0xF, sockets.TYPE, sockets.TYPE_FLAGS),
    "socketcall": value(sockets.SOCKETCALL),
    "splice_flags": bits(descriptors.SPLICE),
    "stat_flags": bits(files.STAT_AT),
    "statx_mask": bits(files.STATX),
    "swap_flags": bits(mounts.SWAP),
    "sync_file_range_flags": bits(files.SYNC_FILE_RANGE),
    "syslog_type": value(system.SYSLOG),
    "timer_flags": bits(clocks.TIMER),
    "timerfd_flags": bits(clocks.TIMERFD),
    "umount_flags": bits(mounts.UMOUNT),
    "unlink_flags": bits(files.UNLINK_AT),
    "unshare_flags": bits(processes.UNSHARE),
    "wait_id_type": value(processes.WAIT_ID),
    "wait_options": bits(processes.WAIT),
    "xattr_flags": bits(files.XATTR),
}

_OF_ARM64 = {
    **_NAMED,
    "open_flags": _open(files.OPEN_ARM64),
    "pipe_flags": bits(descriptors.PIPE_ARM64),
}


def named(machine: str) -> dict[str, Named]:
    """The names of numbers in events of `machine` (as uname -m names it)."""
    return _OF_ARM64 if machine in ("aarch64", "arm64") else _NAMED


def parsers(machine: str) -> dict[str, Parser]:
    """The parsers for events of `machine`."""
    return {name: one.show for name, one in named(machine).items()}


PARSERS = parsers("x86_64")
