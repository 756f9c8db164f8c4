# SPDX-License-Identifier: Apache-2.0
"""Each system call of the catalogue, made for real: fields, return value and number compared with
what the program that made it printed, and with the system's own headers."""

import errno
import signal
import struct
from dataclasses import dataclass

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, Line, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

NATIVE = call_numbers("asm/unistd_64.h")
I386 = call_numbers("asm/unistd_32.h")
AT_FDCWD = -100


@dataclass(frozen=True)
class Register:
    """The value that the trigger had in this argument."""

    at: int


R = tuple(map(Register, range(6)))


@dataclass(frozen=True)
class Case:
    """A call with these arguments (words of call.c), what it must be seen as, and its outcome."""

    call: str
    words: str
    fields: dict[str, object]
    error: int = 0  # errno; 0: the call works
    before: str = ""  # a step that comes first

    def __str__(self) -> str:
        return f"{self.call} {self.words}"[:40]


def sockaddr(family: int, rest: bytes) -> tuple[str, int]:
    """(word, size) of an address."""
    data = struct.pack("<H", family) + rest
    return f"x{data.hex()}", len(data)


def connecting(family: int, rest: bytes, seen: dict[str, str], error: int) -> Case:
    word, size = sockaddr(family, rest)
    fields = {"sockfd": R[0], "addr": seen, "addrlen": size}
    kind = {1: "i1 i1 i0", 2: "i2 i1 i0", 10: "i10 i1 i0"}[family]
    return Case("connect", f"r {word} i{size}", fields, error, f"{NATIVE['socket']} {kind}")


# Port 1 (tcpmux) is nobody's on the loopback.
IN = connecting(
    2, b"\0\1\x7f\0\0\1" + bytes(8),
    {"sa_family": "AF_INET", "sin_addr": "127.0.0.1", "sin_port": "1"},
    errno.ECONNREFUSED,
)  # fmt: skip
IN6 = connecting(
    10, b"\0\1\0\0\0\5" + bytes(15) + b"\1" + struct.pack("<I", 1),
    {"sa_family": "AF_INET6", "sin6_addr": "::1", "sin6_port": "1", "sin6_flowinfo": "5",
     "sin6_scopeid": "1"},
    errno.ECONNREFUSED,
)  # fmt: skip
UNIX = connecting(
    1, b"/nowhere/at all\0", {"sa_family": "AF_UNIX", "sun_path": "/nowhere/at all"}, errno.ENOENT
)
ABSTRACT = connecting(
    1, b"\0pt-nobody", {"sa_family": "AF_UNIX", "sun_path": "@pt-nobody"}, errno.ECONNREFUSED
)
HOW = struct.pack("<QQQ", 0, 0, 0).hex()

CASES = [
    Case("ptrace", "i0 i1 i2 i3", {"request": 0, "pid": 1, "addr": 2, "data": 3}),
    Case("ptrace", "i16 i-1 i0 i0", {"request": 16, "pid": -1, "addr": 0, "data": 0}, errno.ESRCH),
    Case("open", "s/etc/hostname i0x80000 i0",
         {"pathname": "/etc/hostname", "flags": 0x80000, "mode": 0}),
    Case("open", "i0 i0 i0", {"pathname": None, "flags": 0, "mode": 0}, errno.EFAULT),
    Case("openat", "i-100 s/etc/hostname i0 i0666",
         {"dirfd": AT_FDCWD, "pathname": "/etc/hostname", "flags": 0, "mode": 0o666}),
    Case("openat", "i77 snowhere i2 i0",
         {"dirfd": 77, "pathname": "nowhere", "flags": 2, "mode": 0}, errno.EBADF),
    Case("openat", "i-100 i1 i0 i0", {"dirfd": AT_FDCWD, "pathname": None, "flags": 0, "mode": 0},
         errno.EFAULT),
    Case("openat2", f"i-100 s/etc/hostname x{HOW} i24",
         {"dirfd": AT_FDCWD, "pathname": "/etc/hostname", "how": R[2], "size": 24}),
    Case("openat2", "i-100 s/etc/hostname i0 i24",
         {"dirfd": AT_FDCWD, "pathname": "/etc/hostname", "how": 0, "size": 24}, errno.EFAULT),
    IN, IN6, UNIX, ABSTRACT,
    Case("connect", "r i16 i16", {"sockfd": R[0], "addr": None, "addrlen": 16}, errno.EFAULT,
         f"{NATIVE['socket']} i2 i1 i0"),
    Case("connect", "i-1 i0 i16", {"sockfd": -1, "addr": None, "addrlen": 16}, errno.EBADF),
    Case("connect", "r x0200 i-1", {"sockfd": R[0], "addr": None, "addrlen": -1}, errno.EINVAL,
         f"{NATIVE['socket']} i2 i1 i0"),
    Case("mprotect", "r i4096 i5", {"addr": R[0], "len": 4096, "prot": 5}, 0,
         f"{NATIVE['mmap']} i0 i4096 i3 i0x22 i-1 i0"),
    Case("mprotect", "i1 i4096 i1", {"addr": 1, "len": 4096, "prot": 1}, errno.EINVAL),
    Case("memfd_create", "spt-memory i3", {"name": "pt-memory", "flags": 3}),
    Case("memfd_create", "i0 i1", {"name": None, "flags": 1}, errno.EFAULT),
    Case("mount", "snone s/nowhere stmpfs i0x8000000000000001 ssize=1",
         {"source": "none", "target": "/nowhere", "filesystemtype": "tmpfs",
          "mountflags": 0x8000000000000001, "data": R[4]}, errno.ENOENT),
    Case("mount", "i0 s/ i0 i0 i0",
         {"source": None, "target": "/", "filesystemtype": None, "mountflags": 0, "data": 0},
         errno.EINVAL),
    Case("init_module", "s i0 sone=1", {"module_image": R[0], "len": 0, "param_values": "one=1"},
         errno.ENOEXEC),
    Case("finit_module", "i-1 stwo=2 i3", {"fd": -1, "param_values": "two=2", "flags": 3},
         errno.EBADF),
    Case("getppid", "", {}),
    Case("execve", "s/nowhere/x [ sx s s-l ] [ sA=1 ]",
         {"pathname": "/nowhere/x", "argv": ["x", "", "-l"], "envp": ["A=1"]}, errno.ENOENT),
    Case("execve", "i0 i0 i0", {"pathname": None, "argv": None, "envp": None}, errno.EFAULT),
    Case("execve", "s/nowhere/x i8 [ ]", {"pathname": "/nowhere/x", "argv": [], "envp": []},
         errno.ENOENT),
    Case("execveat", "i-1 s [ s0 ] [ ] i0x1000",
         {"dirfd": -1, "pathname": "", "argv": ["0"], "envp": [], "flags": 0x1000}, errno.EBADF),
]  # fmt: skip


def expected(fields: dict[str, object], line: Line) -> dict[str, object]:
    return {
        name: line.registers[value.at] if isinstance(value, Register) else value
        for name, value in fields.items()
    }


def seen(live: Collecting, done: Done, name: str) -> list[Event]:
    return [event for event in live.of(done.pid) if event.name == name]


def outcome(case: Case, line: Line) -> bool:
    """Whether the call ended as the case says; a kernel may have been built without modules."""
    if line.returned == -errno.ENOSYS:
        return case.call in ("init_module", "finit_module")
    return line.returned == -case.error if case.error else line.returned >= 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_call_is_seen_as_it_was_made(case: Case, live: Collecting, run: Run) -> None:
    steps = [case.before] if case.before else []
    done = run(*steps, f"{NATIVE[case.call]} {case.words}".strip())
    line = done.calls[-1]
    assert outcome(case, line)
    event = seen(live, done, case.call)[-1]
    assert event.data() == expected(case.fields, line)
    assert event.return_value == line.returned
    assert (event.task.syscall, event.task.host_tid) == (NATIVE[case.call], line.tid)
    assert not event.compat
    # What it cannot read at all, it does not call cut short: only the unreadable list is.
    assert event.truncated() == (["argv"] if event.data().get("argv") == [] else [])


COMPAT = [
    case for case in CASES
    if not case.before and case.call != "openat2" and case.error != errno.EFAULT
]  # fmt: skip


@pytest.mark.parametrize("case", COMPAT, ids=str)
def test_a_32_bit_call_is_the_i386_one_and_marked(case: Case, live: Collecting, run: Run) -> None:
    done = run(f"compat {I386[case.call]} {case.words}".strip())
    if done.status == -signal.SIGSEGV:
        pytest.skip("this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION)")
    line = done.calls[-1]
    event = seen(live, done, case.call)[-1]
    wanted = expected(case.fields, line)
    for name in {"mountflags"} & wanted.keys():
        wanted[name] = line.registers[3] & 0xFFFFFFFF
    assert event.data() == wanted
    assert event.compat
    assert event.return_value == line.returned
    assert event.task.syscall == I386[case.call]


def test_a_32_bit_call_is_not_taken_for_the_native_call_of_its_number(
    live: Collecting, run: Run
) -> None:
    # i386 42 is pipe, x86_64 42 is connect; i386 110 is iopl, x86_64 110 is getppid.
    done = run("compat 42 i0", "compat 110 i0")
    assert len(done.calls) == 2
    assert not {"connect", "getppid"} & {event.name for event in live.of(done.pid)}


LONG = [(4094, 0), (4095, 0), (4096, 1), (5000, 1)]


@pytest.mark.parametrize(("length", "cut"), LONG)
def test_a_string_beyond_4095_bytes_is_cut_and_marked(
    length: int, cut: int, live: Collecting, run: Run
) -> None:
    done = run(f"{NATIVE['openat']} i-100 a{length} i0 i0")
    event = seen(live, done, "openat")[-1]
    assert event.data()["pathname"] == "a" * min(length, 4095)
    assert event.truncated() == ["pathname"] * cut


@pytest.mark.parametrize(("length", "cut"), LONG)
def test_an_argument_beyond_4095_bytes_is_cut_and_its_list_marked(
    length: int, cut: int, live: Collecting, run: Run
) -> None:
    done = run(f"{NATIVE['execve']} s/nowhere/x [ sx a{length} slast ] [ ]")
    event = seen(live, done, "execve")[-1]
    assert event.data()["argv"] == ["x", "a" * min(length, 4095), "last"]
    assert event.truncated() == ["argv"] * cut


def test_the_longest_arguments_and_environment_leave_the_rest_of_the_record_whole(
    live: Collecting, run: Run
) -> None:
    long = " ".join(["a4000"] * 12)
    done = run(f"{NATIVE['execveat']} i-1 a4095 [ {long} ] [ {long} ] i0x1000", "110")
    event = seen(live, done, "execveat")[-1]
    data = event.data()
    assert data["pathname"] == "a" * 4095
    for field in ("argv", "envp"):
        assert set(data[field]) == {"a" * 4000}
        assert len(data[field]) >= 5
    assert data["flags"] == 0x1000
    assert event.truncated() == ["argv", "envp"]
    assert seen(live, done, "getppid")


def test_a_list_of_200_arguments_is_whole(live: Collecting, run: Run) -> None:
    words = [f"word{number}" for number in range(200)]
    done = run(f"{NATIVE['execve']} s/nowhere/x [ s{' s'.join(words)} ] [ ]")
    event = seen(live, done, "execve")[-1]
    assert event.data()["argv"] == words
    assert event.truncated() == []


def test_text_that_is_not_utf8_is_escaped_and_loses_nothing(live: Collecting, run: Run) -> None:
    name = b"new\nline\x1b[2J\xff\xc3(\xe2\x82\xac"
    done = run(f"{NATIVE['openat']} i-100 x{name.hex()} i0 i0")
    event = seen(live, done, "openat")[-1]
    assert event.data()["pathname"] == "new\nline\x1b[2J\\xff\\xc3(€"
