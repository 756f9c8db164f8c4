# SPDX-License-Identifier: Apache-2.0
"""What goes on while the plan changes: calls under way, processes that are followed, checks of the
kernel, and a stream that nobody reads.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from collector.integrity.symbols import hidden_addresses
from schemas.stream.messages import Hello
from schemas.stream.parser import Batch, Parser
from tests.collecting import COLLECTOR, Collecting, Done, needs_kernel, until
from tests.headers import call_numbers
from tests.reloading.policies import document, parts, reload, write
from tests.service.test_privileges import settled

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
GETPPID, GETUID = f"{NR['getppid']}", f"{NR['getuid']}"
Begin = Callable[..., Collecting]
Run = Callable[..., Done]

#: a program of two threads: the first runs another program, which waits for the end of the second
TWO_THREADS = """
import os, sys, threading, time
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
print(max(map(int, os.listdir("/proc/self/task"))), flush=True)
sys.stdin.readline()
os.execv("/bin/true", ["true", "spanning"])
"""
_SEIZE, _CONT, _TRACE_EXIT = 0x4206, 7, 0x40  # PTRACE_SEIZE, PTRACE_CONT, PTRACE_O_TRACEEXIT
_ALL = 0x40000000  # __WALL
_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]


class Blocked:
    """An execve that does not get on until `release`."""

    def __init__(self) -> None:
        command = [sys.executable, "-S", "-c", TWO_THREADS]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin
        assert self.process.stdout
        self._second = int(self.process.stdout.readline())
        assert _ptrace(_SEIZE, self._second, None, _TRACE_EXIT) == 0

    def begin(self) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        os.waitpid(self._second, _ALL)  # it stops in its exit

    def release(self) -> None:
        assert _ptrace(_CONT, self._second, None, None) == 0
        os.waitpid(self._second, _ALL)
        assert self.process.wait(30) == 0

    def end(self) -> None:
        self.process.kill()
        with suppress(ChildProcessError):
            os.waitpid(self._second, _ALL)
        self.process.communicate()


@pytest.fixture
def blocked() -> Iterator[Blocked]:
    one = Blocked()
    yield one
    one.end()


@pytest.mark.parametrize("reloads", [1, 2, 3])
def test_a_call_that_was_under_way_is_its_policys(
    reloads: int, blocked: Blocked, collector: Begin, tmp_path: Path
) -> None:
    """It was judged as it began, by bits that are others' by now; or, where the plan that judged it
    is gone altogether, it is judged anew.
    """
    path, scope = tmp_path / "policies.yaml", [f"tree={blocked.process.pid}"]
    mine, other = document("mine", scope, "execve"), document("other", ["comm=nobody"], "execve")
    write(path, mine)
    running = collector("--policy", str(path))
    name = Path(f"/proc/{blocked.process.pid}/comm").read_bytes().strip()
    blocked.begin()
    for number in range(reloads):
        write(path, other, *[document(f"more{one}", ["comm=nobody"], "execve")
                             for one in range(number)], mine)  # fmt: skip
        reload(running)
    blocked.release()
    running.see(lambda seen: seen.of(blocked.process.pid, "execve") or None, "the call")
    assert "lost 0, dropped 0" in running.stop()
    [event] = running.recording.of(blocked.process.pid, "execve")
    assert event.policy_names == ["mine"]
    assert event.data()["argv"] == ["true", "spanning"]
    assert (event.generation, event.task.comm.rstrip(b"\0")) == (reloads, name)


def test_who_is_followed_stays_followed(collector: Begin, program: Path, tmp_path: Path) -> None:
    """What a shell starts is in no policy's scope but by coming of it."""
    path = tmp_path / "policies.yaml"
    followed = document("followed", ["comm=pt-first", "follow"], "getppid")
    write(path, followed)
    running = collector("--policy", str(path))
    first = tmp_path / "pt-first"
    first.symlink_to("/bin/sh")
    script = f"read line; {program} {GETPPID}; read line; {program} {GETPPID}"
    with subprocess.Popen([first, "-c", f"({script}); true"], stdin=subprocess.PIPE) as shell:
        assert shell.stdin
        shell.stdin.write(b"\n")
        shell.stdin.flush()
        running.see(lambda seen: seen.events or None, "the child's call")
        write(path, document("other", ["comm=nobody"], "getppid"), followed)
        reload(running)
        shell.stdin.write(b"\n")
        shell.stdin.flush()
        shell.wait(30)
    running.stop()
    found = [(e.policy_names, e.task.comm.rstrip(b"\0")) for _, some in
             parts(tmp_path / "collector0/recording") for e in some]  # fmt: skip
    assert [one for one in found if one[1] == b"pt-call"] == [(["followed"], b"pt-call")] * 2


@pytest.mark.skipif(bool(hidden_addresses()), reason="addresses are hidden")
def test_checks_of_the_kernel_change_with_the_plan(collector: Begin, tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("first", ["global"], "print_net_seq_ops"))
    running = collector("--policy", str(path))
    running.see(lambda seen: seen.events or None, "the first check")
    write(path, document("second", ["global"], "print_syscall_table", "print_net_seq_ops"))
    reload(running)
    running.see(lambda seen: len(seen.events) > 1 or None, "the second check")
    running.stop()
    found = [(hello.policies, [(e.name, e.policy_names) for e in some]) for hello, some in
             parts(tmp_path / "collector0/recording")]  # fmt: skip
    assert found == [
        (("first",), [("print_net_seq_ops", ["first"])]),
        (("second",), [("print_syscall_table", ["second"])]),
    ]


def test_a_check_that_would_need_root_is_told(collector: Begin, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("one", ["comm=pt-call"], "getppid"))
    running = collector("--policy", str(path))
    write(path, document("one", ["comm=pt-call"], "getppid", "print_syscall_table"))
    reload(running, "print_syscall_table is not to be had here: what checks the kernel has to")
    done = run(GETPPID)
    running.see(lambda seen: seen.of(done.pid) or None, "an event")
    running.stop()


def test_nobody_reads_meanwhile(run: Run, tmp_path: Path) -> None:
    """Then records of several plans wait in the kernel's ring, and come with the Hello of each."""
    path, place = tmp_path / "policies.yaml", tmp_path / "socket"
    write(path, document("p0", ["comm=pt-call"], "getppid"))
    command = [*COLLECTOR, "--policy", str(path), "--output", f"msgpack:unix:{place}"]
    with (tmp_path / "said").open("wb") as said, subprocess.Popen(command, stderr=said) as process:
        try:
            until(lambda: place.is_socket() or None, "the socket")
            until(lambda: settled(process.pid) or None, "its beginning")
            pids = [run(GETPPID).pid]
            for number in (1, 2):
                write(path, document(f"p{number}", ["comm=pt-call"], "getppid", "getuid"))
                process.send_signal(signal.SIGHUP)
                until(partial(has_said, tmp_path / "said", b"reloaded: ", number), "a reload")
                pids.append(run(GETPPID, GETUID).pid)
            with read(place) as reader:
                process.send_signal(signal.SIGINT)
                found = told(reader)
        finally:
            process.kill()
    ours = [(names, pids.index(pid)) for names, pid in found if pid in pids]
    assert ours == [(("p0",), 0)] + [(("p1",), 1)] * 2 + [(("p2",), 2)] * 2


def read(place: Path) -> socket.socket:
    reader = socket.socket(socket.AF_UNIX)
    reader.connect(str(place))
    return reader


def has_said(path: Path, text: bytes, times: int) -> bool | None:
    return path.read_bytes().count(text) == times or None


def told(reader: socket.socket) -> list[tuple[tuple[str, ...], int]]:
    """Of each event its Hello's policies, and whose it is."""
    parser = Parser()
    policies: tuple[str, ...] = ()
    found: list[tuple[tuple[str, ...], int]] = []
    while data := reader.recv(1 << 16):
        for item in parser.feed(data):
            if isinstance(item, Hello):
                policies = item.policies
            elif isinstance(item, Batch):
                events = map(item.decoder.event, item.records)
                found += [(policies, event.task.host_pid) for event in events]
    return found
