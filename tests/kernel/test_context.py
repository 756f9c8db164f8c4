# SPDX-License-Identifier: Apache-2.0
"""The task of an event, compared with what /proc says of the same task while it waits."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.context.containers import hierarchy
from schemas.event import Event
from tests.collecting import Collecting, finish, needs_kernel, start, until
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
UNSHARE = NR["unshare"]
NEW_MOUNTS, NEW_NAME, NEW_PIDS = 0x20000, 0x04000000, 0x20000000
CALL = str(NR["getppid"])
TICK = 10_000_000  # ns, of the start times in /proc (USER_HZ is 100 on every architecture)


@dataclass(frozen=True)
class Witness:
    """What /proc says of a process."""

    ids: list[int]  # in each pid namespace, the host's first
    parent: int
    start: int  # ticks since boot
    uids: list[int]  # real, effective, saved, file system
    mnt_ns: int
    pid_ns: int
    comm: bytes
    executable: bytes
    cgroup: int | None  # None: there is no version 2 hierarchy


def witness(pid: int) -> Witness:
    folder = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    stat = (folder / "stat").read_text().rpartition(") ")[2].split()
    groups = (folder / "cgroup").read_text().splitlines()
    path = next((line[3:] for line in groups if line.startswith("0::")), None)
    root = hierarchy()
    return Witness(
        [int(number) for number in status["NSpid"].split()],
        int(status["PPid"]),
        int(stat[19]),
        [int(number) for number in status["Uid"].split()],
        os.stat(folder / "ns/mnt").st_ino,
        os.stat(folder / "ns/pid").st_ino,
        (folder / "comm").read_bytes().rstrip(b"\n"),
        os.fsencode(os.readlink(folder / "exe")),
        os.stat(f"{root}{path}").st_ino if root and path is not None else None,
    )


def child_of(pid: int) -> int:
    """The only child of a process, once there is one."""

    def look() -> int | None:
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        found = [int(number) for path in tasks for number in path.read_text().split()]
        return found[0] if found else None

    return until(look, f"a child of {pid}")


def waits(pid: int) -> None:
    """Until a trigger has come to its `wait`: it reads from the pipe that is its input."""

    def look() -> bool | None:
        call = [
            path.read_text().split()[:2] for path in Path(f"/proc/{pid}/task").glob("*/syscall")
        ]
        return [str(NR["read"]), "0x0"] in call or None

    until(look, f"process {pid} at its wait")


def last_call(live: Collecting, pid: int) -> Event:
    live.of(pid)
    return live.recording.of(pid, "getppid")[-1]


def compare(event: Event, seen: Witness) -> None:
    task = event.task
    assert task.host_pid == seen.ids[0]
    assert task.pid == seen.ids[-1]
    assert task.host_ppid == seen.parent
    assert task.process_start_time // TICK == seen.start
    assert [task.uid, task.euid] == seen.uids[:2]
    assert (task.mnt_ns, task.pid_ns) == (seen.mnt_ns, seen.pid_ns)
    assert task.comm == seen.comm
    if seen.cgroup is not None:
        assert task.cgroup_id == seen.cgroup
    assert event.process is not None
    assert event.process.executable == seen.executable
    assert (event.process.pid, event.process.parent) == (seen.ids[0], seen.parent)


@pytest.mark.parametrize(
    "before",
    [
        "39",
        f"{UNSHARE} i{NEW_MOUNTS}",
        f"{NR['setresuid']} i1000 i2000 i0",
        f"{NR['prctl']} i15 spt-other",
    ],
    ids=["plain", "own mount namespace", "other user", "other name"],
)
def test_a_task_is_what_proc_says(before: str, live: Collecting, program: Path) -> None:
    process = start(program, before, "wait", CALL)
    waits(process.pid)
    seen = witness(process.pid)
    done = finish(process)
    event = last_call(live, done.pid)
    assert done.calls[0].returned >= 0
    compare(event, seen)
    assert (event.task.ppid, event.task.tid) == (os.getpid(), done.pid)
    assert event.task.uts_name == os.uname().nodename.encode()
    assert event.task.start_time == event.task.process_start_time
    assert event.task.cpu < (os.cpu_count() or 0)


def line_of(pid: int) -> list[int]:
    """A process's ancestors, the first process first."""
    found = []
    while pid := int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1]):
        found.append(pid)
    return found[::-1]


def test_ancestors_are_what_proc_says_also_when_one_of_them_has_ended(
    live: Collecting, program: Path
) -> None:
    process = start(program, "fork", "fork", "wait", CALL)
    middle = child_of(process.pid)
    last = child_of(middle)
    waits(last)
    before = line_of(last)
    os.kill(middle, signal.SIGKILL)
    finish(process)
    event = last_call(live, last)
    assert before[-3:] == [os.getpid(), process.pid, middle]
    assert [one.pid for one in event.ancestors] == before
    assert [one.executable for one in event.ancestors[-2:]] == [os.fsencode(program)] * 2


def test_the_host_name_is_that_of_the_tasks_own_namespace(live: Collecting, run: Run) -> None:
    done = run(f"{UNSHARE} i{NEW_NAME}", f"{NR['sethostname']} spt-host i7", CALL)
    assert done.calls[1].returned == 0
    assert last_call(live, done.pid).task.uts_name == b"pt-host"


def test_ids_in_pid_namespaces_one_inside_the_other(live: Collecting, program: Path) -> None:
    unshare = f"{UNSHARE} i{NEW_PIDS}"
    process = start(program, unshare, CALL, "fork", CALL, unshare, CALL, "fork", "wait", CALL)
    outer = child_of(process.pid)
    inner = child_of(outer)
    waits(inner)
    seen = {pid: witness(pid) for pid in (process.pid, outer, inner)}
    finish(process)
    for pid, one in seen.items():
        compare(last_call(live, pid), one)
    assert seen[inner].ids[1:] == [2, 1]
    # Their parents are outside their namespaces, and have no number in them.
    assert [last_call(live, pid).task.ppid for pid in (outer, inner)] == [0, 0]


def test_a_threads_child_in_a_pid_namespace_has_the_process_for_its_parent(
    live: Collecting, program: Path
) -> None:
    process = start(program, f"{UNSHARE} i{NEW_PIDS}", "fork", "thread", CALL, "fork", "wait", CALL)
    outer = child_of(process.pid)
    inner = child_of(outer)
    waits(inner)
    seen = witness(inner)
    finish(process)
    event = last_call(live, inner)
    compare(event, seen)
    # What the kernel itself answers to getppid, there.
    assert event.task.ppid == event.return_value == 1
    thread = last_call(live, outer).task
    assert (thread.pid, thread.tid, thread.host_pid) == (1, 2, outer)
    assert thread.start_time > thread.process_start_time


def test_a_process_that_ran_before_the_collector_is_known(
    collector: Callable[..., Collecting], program: Path
) -> None:
    process = start(program, "wait", CALL)
    waits(process.pid)
    seen = witness(process.pid)
    running = collector("--events", "getppid,sched_process_exit", "--scope", f"pid={process.pid}")
    finish(process)
    event = last_call(running, process.pid)
    compare(event, seen)
    # By its exact start, not by the ticks of /proc: the snapshot and the event name one process.
    assert event.process
    assert event.process.start == event.task.process_start_time


def test_a_fork_without_exec_runs_its_parents_program(live: Collecting, program: Path) -> None:
    process = start(program, "fork", "wait", CALL)
    child = child_of(process.pid)
    seen = witness(child)
    finish(process)
    compare(last_call(live, child), seen)


def test_another_thread_than_the_first_calls_execve(live: Collecting, program: Path) -> None:
    other = program.with_name("pt-other")
    other.unlink(missing_ok=True)
    os.link(program, other)
    process = start(program, "thread", CALL, f"59 s{other} [ s{other} swait s-- s{CALL} ] [ ]")
    comm = Path(f"/proc/{process.pid}/comm")  # for the rest the first thread may be too dead
    until(lambda: comm.read_text() == "pt-other\n" or None, "the other program")
    seen = witness(process.pid)
    done = finish(process)
    compare(last_call(live, done.pid), seen)
    assert [line.tid == done.pid for line in done.calls] == [False, True]
    [exec_] = live.recording.of(done.pid, "execve")
    assert (exec_.return_value, exec_.task.comm, exec_.task.host_tid) == (0, b"pt-call", done.pid)
    assert exec_.data()["argv"] == [str(other), "wait", "--", CALL]
    [check] = live.recording.of(done.pid, "security_bprm_check")
    assert check.task.comm == b"pt-call"


def test_scopes_choose_tasks(collector: Callable[..., Collecting], program: Path) -> None:
    here, there = start(program, "wait", CALL), start(program, "wait", CALL)
    number = os.getpid() + 100_000  # a user id that is nobody's
    running = collector("--events", "getppid", "--scope", f"pid={here.pid}", "--scope", "comm!=no")
    elsewhere = collector("--events", "getppid", "--scope", f"uid={number}")
    finish(here)
    finish(there)
    setuid = f"{NR['setresuid']} i{number} i0 i0"
    user = finish(start(program, CALL, setuid, CALL))
    running.stop()
    elsewhere.stop()
    assert [e.task.host_pid for e in running.recording.events] == [here.pid]
    assert [e.task.host_pid for e in elsewhere.recording.events] == [user.pid]
    assert elsewhere.recording.events[0].task.uid == number


def test_a_scopes_comm_is_the_callers_when_bash_runs_a_program(
    collector: Callable[..., Collecting], tmp_path: Path
) -> None:
    running = collector("--events", "execve", "--scope", "comm=bash")
    path = tmp_path / "nothing here"
    command = ["bash", "-c", f"/bin/ls -l '{path}'; true"]
    shell = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    shell.wait()
    running.stop()
    [event] = [e for e in running.recording.events if e.task.host_ppid == shell.pid]
    assert (event.task.comm, event.return_value) == (b"bash", 0)
    assert event.data()["pathname"] == "/bin/ls"
    assert event.data()["argv"] == ["/bin/ls", "-l", str(path)]
