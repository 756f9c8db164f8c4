# SPDX-License-Identifier: Apache-2.0
"""A recording of a busy machine's events, always the same, with about 1 % of findings in it."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from schemas.stream.messages import encode
from schemas.task import Task
from tests.recordings import hello, record, recording

_PROCESSES = (
    b"bash", b"python3", b"node", b"java", b"sshd", b"systemd", b"containerd-shim", b"nginx",
    b"postgres", b"curl", b"cron", b"kubelet",
)  # fmt: skip
_FILES = (
    "/etc/passwd", "/etc/ld.so.cache", "/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/python3.11/site-packages/flask/__init__.py", "/proc/self/status", "/proc/1234/stat",
    "/var/log/syslog", "/tmp/x.tmp", "/dev/null", "/sys/fs/cgroup/memory.max",
    "/usr/share/zoneinfo/UTC", "/home/u/.bashrc", "/app/node_modules/express/lib/router/index.js",
)  # fmt: skip
_PROGRAMS = (
    "/bin/ls", "/usr/bin/python3", "/usr/bin/curl", "/usr/bin/env", "/usr/bin/grep",
    "/usr/local/bin/app",
)  # fmt: skip
_ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "HOME=/root", "TERM=xterm",
    "LANG=C.UTF-8", "SHLVL=1", "PWD=/",
)  # fmt: skip
_FLAGS = (0o2000000, 0o2000000, 0o100000, 0o1101, 0o2000002)  # open(2)'s, x86_64
_CONTAINER_STARTED = 1 << 62  # bpf/record.h
_FINDING_SHARE = 0.01
_APART = 50_000  # ns from one event to the next
#: ids of the signatures that the suspicious events are made for
SIGNATURES = ("TRC-2", "TRC-5", "TRC-7", "TRC-12")
_READ_WRITE, _TRACEME = 2, 0

_Made = tuple[str, dict[str, Any]]  # event name, arguments


class _Mix:
    """The events of one recording."""

    def __init__(self) -> None:
        self._random = Random(7)
        weighted: list[tuple[int, Callable[[], _Made]]] = [
            (40, self._file_open), (20, self._openat), (15, self._exec), (10, self._connect),
            (5, lambda: self._ptrace(self._random.choice((1, 7, 12, 16, 24)))),
            (3, lambda: self._check(self._random.choice(_PROGRAMS))),
            (2, lambda: self._execve(_ENVIRONMENT)), (2, self._memfd), (3, self._exit),
        ]  # fmt: skip
        self._ordinary = [make for _, make in weighted]
        self._weights = [weight for weight, _ in weighted]
        self._suspicious: list[tuple[Callable[[], _Made], bytes]] = [
            (lambda: self._ptrace(_TRACEME), b"app"),
            (lambda: self._exec("memfd:x"), b"app"),
            (lambda: self._exec("/dev/shm/x"), b"app"),
            (lambda: self._check("/bin/dash"), b"nginx"),
            (lambda: self._execve((*_ENVIRONMENT, "LD_PRELOAD=/tmp/x.so")), b"bash"),
            (lambda: self._file_open("/etc/ld.so.preload", _READ_WRITE), b"sh"),
        ]

    def records(self, count: int) -> Iterator[tuple[bytes, bool]]:
        """(record, whether one of SIGNATURES finds it), `count` times."""
        for at in range(count):
            suspicious = self._random.random() < _FINDING_SHARE
            if suspicious:
                make, comm = self._random.choice(self._suspicious)
            else:
                [make] = self._random.choices(self._ordinary, self._weights)
                comm = self._random.choice(_PROCESSES)
            name, args = make()
            yield self._record(at, name, args, comm), suspicious

    def _record(self, at: int, name: str, args: dict[str, Any], comm: bytes) -> bytes:
        pid, parent = self._number(64_000), self._number(64_000)
        task = Task(
            start_time=self._number(10**15), process_start_time=self._number(10**15),
            cgroup_id=self._number(40_000), host_pid=pid + 7, host_tid=pid + 7, host_ppid=parent,
            pid=pid, tid=pid, ppid=parent, uid=self._random.choice((0, 0, 1000, 33)),
            mnt_ns=4026531840 + self._number(50), pid_ns=4026531836 + self._number(50),
            cpu=self._number(8), comm=comm, uts_name=b"node-1",
        )  # fmt: skip
        flags = self._random.choice((0, _CONTAINER_STARTED))
        # a shell tries the folders of PATH one after the other: most execve fail with ENOENT
        returned = -2 if name == "execve" else 0
        return record(name, args, timestamp=at * _APART, returned=returned, flags=flags, task=task)

    def _number(self, most: int) -> int:
        return self._random.randint(1, most)

    def _path(self) -> str:
        """One of few, as often as one of many."""
        return self._random.choice(_FILES) + self._random.choice(("", str(self._number(999))))

    def _file_open(self, path: str = "", flags: int | None = None) -> _Made:
        path = path or self._path()
        flags = self._random.choice(_FLAGS) if flags is None else flags
        return "security_file_open", {
            "pathname": path, "flags": flags, "dev": self._number(300),
            "inode": self._number(10**7), "ctime": self._number(10**18), "syscall_pathname": path,
            "inode_mode": 0o100644,
        }  # fmt: skip

    def _openat(self) -> _Made:
        flags = self._random.choice(_FLAGS)
        return "openat", {"dirfd": -100, "pathname": self._path(), "flags": flags, "mode": 0}

    def _exec(self, path: str = "") -> _Made:
        path = path or self._random.choice(_PROGRAMS)
        return "sched_process_exec", {
            "cmdpath": path, "pathname": path, "argv": [path, "-x", "--name=value"],
            "env": _ENVIRONMENT, "dev": self._number(300), "inode": self._number(10**7),
            "ctime": self._number(10**18), "inode_mode": 0o100755, "interp": path,
            "stdin_type": 0o020000, "invoked_from_kernel": False,
        }  # fmt: skip

    def _connect(self) -> _Made:
        """To some port of 10.0.x.y (struct sockaddr_in)."""
        port = self._random.choice((80, 443, 5432)).to_bytes(2, "big")
        address = b"\2\0" + port + bytes((10, 0, self._number(254), self._number(254))) + bytes(8)
        return "connect", {"sockfd": self._number(90), "addr": address, "addrlen": 16}

    def _ptrace(self, request: int) -> _Made:
        return "ptrace", {
            "request": request,
            "pid": self._number(64_000),
            "addr": 1 << 46,
            "data": 0,
        }

    def _check(self, path: str) -> _Made:
        return "security_bprm_check", {
            "pathname": path, "dev": 3, "inode": self._number(10**7), "argv": [path, "-c", "x"],
            "envp": _ENVIRONMENT,
        }  # fmt: skip

    def _execve(self, environment: tuple[str, ...]) -> _Made:
        path = self._random.choice(_PROGRAMS)
        return "execve", {"pathname": path, "argv": [path, "-c", "x"], "envp": environment}

    def _memfd(self) -> _Made:
        return "memfd_create", {"name": "cache", "flags": 1}

    def _exit(self) -> _Made:
        args = {"exit_code": 0, "signal_code": 0, "process_group_exit": True}
        return "sched_process_exit", args


def mixed(count: int) -> tuple[bytes, int]:
    """A recording of `count` events, and how many findings SIGNATURES make of it."""
    made = list(_Mix().records(count))
    return recording(one for one, _ in made), sum(suspicious for _, suspicious in made)


def repeated(recorded: bytes, count: int, times: int) -> Iterator[bytes]:
    """A recording of `count` events again and again, each time with a Hello of its own.

    Time goes on: were it to jump back, what waits for its turn in time would wait too long.
    """
    first = hello()
    events = recorded[len(encode(first)) :]
    for number in range(times):
        offset = first.clock_offset + number * count * _APART
        yield encode(hello(clock_offset=offset)) + events
