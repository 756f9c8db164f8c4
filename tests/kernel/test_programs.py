# SPDX-License-Identifier: Apache-2.0
"""Whose an event is, where processes are made, run another program and are gone within the moment
that it takes the collector to hear of it.
"""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, finish, needs_kernel, start
from tests.conftest import Run
from tests.headers import call_numbers
from tests.reloading.policies import document, write

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
CALL = str(NR["getppid"])
CLONE_PARENT, SIGCHLD = 0x8000, 17
LAST_PID = Path("/proc/sys/kernel/ns_last_pid")


def test_what_was_before_an_exec_is_of_the_program_before(
    collector: Callable[..., Collecting], program: Path, run: Run, tmp_path: Path
) -> None:
    """Where the kernel decides that, where user space does, and where it is shown."""
    after = program.parent / "pt-after"
    after.write_bytes(program.read_bytes())
    after.chmod(0o755)
    asked = ("getppid", "execve", "security_bprm_check", "sched_process_exec")
    policies = tmp_path / "policies.yaml"
    write(policies, *(
        document(f"{name}.{place}", ["comm=pt-*", f"executable={folder}/{name}"], *asked)
        for name in ("pt-call", "pt-after")
        for place, folder in (("kernel", program.parent), ("user", f"{program.parent.parent}/*"))
    ))  # fmt: skip
    running = collector("--policy", str(policies))
    again = f"{NR['execve']} s{after} [ spt-after s{CALL} ] [ ]"
    pids = {run(CALL, again).pid for _ in range(20)}
    running.stop()
    seen = [event for event in running.recording.events if event.task.host_pid in pids]

    def name(event: Event) -> str:
        assert event.process
        return os.path.basename(event.process.executable).decode()

    of = {pid: [one for one in seen if one.task.host_pid == pid] for pid in pids}
    calls = [[name(one) for one in of[pid] if one.name == "getppid"] for pid in pids]
    assert calls == [["pt-call", "pt-after"]] * len(pids)
    assert {name(one) for one in seen if one.name in ("execve", "security_bprm_check")} == {
        "pt-call"
    }
    for one in seen:
        assert one.policy_names == [f"{name(one)}.kernel", f"{name(one)}.user"], one.name


def test_a_child_that_is_its_makers_sibling_runs_its_makers_program(
    live: Collecting, run: Run, program: Path
) -> None:
    done = run(f"{NR['clone']} i{CLONE_PARENT | SIGCHLD} i0 i0 i0 i0", CALL)
    (child,) = {line.tid for line in done.calls} - {done.pid}
    os.waitpid(child, 0)
    live.of(child)
    [event] = live.recording.of(child, "getppid")
    assert event.process
    assert event.process.executable == os.fsencode(program)
    assert event.process.parent == os.getpid()


@pytest.mark.skipif(not os.access(LAST_PID, os.W_OK), reason=f"chooses pids: needs {LAST_PID}")
def test_the_number_of_a_reader_that_is_gone_is_watched_again(
    collector: Callable[..., Collecting], program: Path, tmp_path: Path
) -> None:
    path = tmp_path / "socket"
    options = ["--events", "getppid,sched_process_exit", "--scope", "comm=pt-call"]
    running = collector(*options, "--output", f"msgpack:unix:{path}")
    for _ in range(5):
        number = _reader(path)
        while True:
            LAST_PID.write_text(str(number - 1))
            done = finish(start(program, CALL))
            if done.pid == number:
                break
        running.of(number)
        assert [one.name for one in running.recording.of(number)][-2:] == [
            "getppid",
            "sched_process_exit",
        ]


def _reader(path: Path) -> int:
    """Connects, and is gone before the collector has had time to look."""
    pid = os.fork()
    if not pid:
        socket.socket(socket.AF_UNIX).connect(str(path))
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def test_a_task_is_in_its_scopes_to_its_end(
    collector: Callable[..., Collecting], program: Path, run: Run, tmp_path: Path
) -> None:
    scopes = {"tree": f"tree={os.getpid()}", "program": f"executable={program}"}
    policies = tmp_path / "policies.yaml"
    write(policies, *(document(name, [one], "do_exit") for name, one in scopes.items()))
    running = collector("--policy", str(policies))
    pids = {run(CALL).pid for _ in range(5)}
    running.stop()
    seen = {one.task.host_pid: one.policy_names for one in running.recording.events}
    assert {pid: seen.get(pid) for pid in pids} == {pid: list(scopes) for pid in pids}
