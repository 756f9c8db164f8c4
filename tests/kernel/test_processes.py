# SPDX-License-Identifier: Apache-2.0
"""Fork, exec and exit, made for real, compared with fork(2)'s, stat(2)'s and wait(2)'s answers."""

import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
CALL = str(NR["getppid"])


def named(live: Collecting, pid: int, name: str) -> list[Event]:
    live.of(pid)
    return live.recording.of(pid, name)


def kernel_device(number: int) -> int:
    """dev_t as the kernel keeps it (include/linux/kdev_t.h), of stat's."""
    return os.major(number) << 20 | os.minor(number)


def loader(program: Path) -> dict[str, object]:
    """The dynamic loader, as the program itself names it."""
    wanted = program.read_bytes().split(b"\0/lib", 1)[1].split(b"\0", 1)[0]
    path = Path(os.fsdecode(b"/lib" + wanted)).resolve()
    found = path.stat()
    return {
        "interpreter_pathname": str(path),
        "interpreter_dev": kernel_device(found.st_dev),
        "interpreter_inode": found.st_ino,
        "interpreter_ctime": found.st_ctime_ns,
    }


def test_a_fork_names_both_tasks(live: Collecting, run: Run) -> None:
    done = run(CALL, "fork", CALL)
    parent, child = (line.tid for line in done.calls)
    before, after = (named(live, pid, "getppid")[0].task for pid in (parent, child))
    [event] = named(live, parent, "sched_process_fork")
    assert event.data() == {
        "parent_tid": parent, "parent_ns_tid": parent,
        "parent_pid": parent, "parent_ns_pid": parent,
        "parent_start_time": before.start_time,
        "child_tid": child, "child_ns_tid": child,
        "child_pid": child, "child_ns_pid": child,
        "start_time": after.start_time,
        "parent_process_tid": parent, "parent_process_ns_tid": parent,
        "parent_process_pid": parent, "parent_process_ns_pid": parent,
        "parent_process_start_time": before.process_start_time,
        "leader_tid": child, "leader_ns_tid": child, "leader_pid": child, "leader_ns_pid": child,
        "leader_start_time": after.start_time,
    }  # fmt: skip
    assert event.task == before._replace(cpu=event.task.cpu, syscall=event.task.syscall)
    assert event.task.syscall in (NR["clone"], NR["fork"], NR["clone3"])


def test_a_new_thread_is_a_fork_into_the_same_process(live: Collecting, run: Run) -> None:
    done = run("thread", CALL)
    [line] = done.calls
    [event] = named(live, done.pid, "sched_process_fork")
    data = event.data()
    assert (data["child_tid"], data["child_pid"]) == (line.tid, done.pid)
    assert (data["leader_tid"], data["leader_start_time"]) == (done.pid, event.task.start_time)
    assert data["parent_process_pid"] == os.getpid()  # of the process, not of the thread
    assert data["start_time"] == named(live, done.pid, "getppid")[0].task.start_time


def test_a_fork_into_a_pid_namespace_names_the_child_as_it_names_itself(
    live: Collecting, run: Run
) -> None:
    done = run(f"{NR['unshare']} i0x20000000", "fork", str(NR["getpid"]))
    [event] = named(live, done.pid, "sched_process_fork")
    data = event.data()
    assert done.calls[-1].returned == data["child_ns_pid"] == data["child_ns_tid"] == 1
    assert data["child_pid"] != 1
    assert data["parent_ns_pid"] == done.pid


def test_an_exec_tells_the_program_and_its_file(
    live: Collecting, program: Path, tmp_path: Path
) -> None:
    link = tmp_path / "pt-call"
    link.symlink_to(program)
    environment = {"ONE": "1", "EMPTY": ""}
    words = [CALL, "--", CALL]
    process = subprocess.run([link, *words], env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, check=True)  # fmt: skip
    pid = int(process.stdout.split()[0])
    [event] = named(live, pid, "sched_process_exec")
    found = program.stat()
    assert event.data() == {
        "cmdpath": str(link),
        "pathname": str(program),
        "argv": [str(link), *words],
        "env": ["ONE=1", "EMPTY="],
        "dev": kernel_device(found.st_dev),
        "inode": found.st_ino,
        "ctime": found.st_ctime_ns,
        "inode_mode": found.st_mode,
        "interp": str(link),
        "stdin_type": stat.S_IFCHR,
        "invoked_from_kernel": False,
        **loader(program),
        "stdin_path": "/dev/null",
        "prev_comm": "python",
        "sha256": None,
        "pwd": str(Path.cwd()),
    }
    assert event.task.comm == b"pt-call"
    assert event.truncated() == []


def test_execve_and_the_check_show_the_caller_and_exec_the_program(
    live: Collecting, run: Run, program: Path
) -> None:
    other = program.with_name("pt-other")
    other.unlink(missing_ok=True)
    os.link(program, other)
    done = run(f"{NR['execve']} s{other} [ szero s s{CALL} ] [ sA=1 ]")
    [call] = named(live, done.pid, "execve")
    assert call.data() == {"pathname": str(other), "argv": ["zero", "", CALL], "envp": ["A=1"]}
    [check] = named(live, done.pid, "security_bprm_check")
    found = other.stat()
    assert check.data() == {
        "pathname": str(other),
        "dev": kernel_device(found.st_dev),
        "inode": found.st_ino,
        "argv": ["zero", "", CALL],
        "envp": ["A=1"],
    }
    exec_ = named(live, done.pid, "sched_process_exec")[-1]
    assert [e.task.comm for e in (call, check, exec_)] == [b"pt-call", b"pt-call", b"pt-other"]
    assert (call.return_value, call.task.syscall) == (0, NR["execve"])


def test_a_script_is_its_own_path_and_its_interpreters(
    live: Collecting, run: Run, program: Path, tmp_path: Path
) -> None:
    script = tmp_path / "pt-script"
    script.write_text(f"#!{program} {CALL}\n")
    script.chmod(0o755)
    done = run(f"{NR['execve']} s{script} [ sx ] [ ]")
    data = named(live, done.pid, "sched_process_exec")[-1].data()
    assert data["cmdpath"] == str(script)
    assert (data["interp"], data["pathname"]) == (str(program), str(program))
    assert data["argv"] == [str(program), CALL, str(script)]


def test_a_program_in_memory_is_run_by_its_descriptor(
    live: Collecting, run: Run, program: Path
) -> None:
    done = run(
        f"{NR['openat']} i-100 s{program} i0 i0",
        f"{NR['memfd_create']} spt-memory i0",
        f"{NR['sendfile']} i4 i3 i0 i{program.stat().st_size}",
        f"{NR['execveat']} i4 s [ spt-call s{CALL} ] [ ] i0x1000",
    )
    assert [line.returned for line in done.calls[:2]] == [3, 4]
    [call] = named(live, done.pid, "execveat")
    assert (call.return_value, call.data()["dirfd"]) == (0, 4)
    exec_ = named(live, done.pid, "sched_process_exec")[-1]
    assert exec_.data()["pathname"] == "memfd:pt-memory"
    assert exec_.data()["cmdpath"] == "/dev/fd/4"
    assert exec_.data()["argv"] == ["pt-call", CALL]


def test_the_longest_arguments_and_environment_of_an_exec_leave_its_record_whole(
    live: Collecting, program: Path
) -> None:
    words = [CALL, "--", f"{NR['openat']}", "i-100", "a1", "i0", "i0"]
    many = [word for number in range(600) for word in ("--", f"{NR['getppid']}")]
    environment = {f"V{number}": "x" * 1000 for number in range(60)}
    process = subprocess.run(
        [program, *words, *many, "--", "38", "s" + "y" * 14_000],
        env=environment, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    pid = int(process.stdout.split()[0])
    exec_ = named(live, pid, "sched_process_exec")[-1]
    assert exec_.truncated() == ["argv", "env"]
    data = exec_.data()
    assert data["argv"][: len(words) + 1] == [str(program), *words]
    assert sum(len(word) + 1 for word in data["argv"]) - 1 == 16 << 10
    assert data["env"][0] == "V0=" + "x" * 1000
    assert (data["inode"], data["interp"]) == (program.stat().st_ino, str(program))
    assert data["invoked_from_kernel"] is False


@pytest.mark.parametrize("status", [0, 7, 255])
def test_an_exit_tells_the_status(status: int, live: Collecting, run: Run) -> None:
    done = run(f"{NR['exit_group']} i{status}")
    assert done.status == status
    [event] = named(live, done.pid, "sched_process_exit")
    assert event.data() == {"exit_code": status, "signal_code": 0, "process_group_exit": True}
    assert event.task.syscall == NR["exit_group"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_exit_by_a_signal_tells_the_signal(number: int, live: Collecting, run: Run) -> None:
    done = run(f"{NR['kill']} p i{number}")
    assert done.status == -number
    [event] = named(live, done.pid, "sched_process_exit")
    assert event.data() == {"exit_code": 0, "signal_code": number, "process_group_exit": True}


def test_only_the_last_thread_ends_the_process(live: Collecting, run: Run) -> None:
    done = run("thread", f"{NR['exit']} i0")
    first, last = named(live, done.pid, "sched_process_exit")
    assert not first.data()["process_group_exit"]
    assert last.data()["process_group_exit"]
    assert (first.task.host_tid == done.pid, last.task.host_tid) == (False, done.pid)
