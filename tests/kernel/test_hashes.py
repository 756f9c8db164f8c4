# SPDX-License-Identifier: Apache-2.0
"""The hash of a program that is run, compared with sha256sum(1)."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, finish, needs_kernel, start
from tests.headers import call_numbers

pytestmark = needs_kernel

Start = Callable[..., Collecting]
NR = call_numbers("asm/unistd_64.h")
EVENTS = ("--events", "sched_process_exec,sched_process_exit")
HASHED = ("--output", "option:exec-hash")
STACKS = ("--output", "option:stack-addresses")
CALL = str(NR["getppid"])


def sum_of(path: Path) -> str:
    return subprocess.run(
        ["sha256sum", path], capture_output=True, text=True, check=True
    ).stdout.split()[0]


def run_of(live: Collecting, pid: int) -> Event:
    live.of(pid)
    [event] = live.see(
        lambda seen: seen.of(pid, "sched_process_exec") or None, "the program that was run"
    )
    return event


@pytest.mark.parametrize("word", ["exec-hash", "exec-hash=dev-inode"])
def test_a_program_has_the_hash_that_sha256sum_says(
    word: str, collector: Start, program: Path, tmp_path: Path
) -> None:
    place = tmp_path / "events.json"
    live = collector(*EVENTS, "--scope", "comm=pt-call", "--output", f"option:{word}",
                     "--output", f"json:{place}")  # fmt: skip
    first, second = (finish(start(program, CALL)).pid for _ in range(2))
    assert run_of(live, first).data()["sha256"] == sum_of(program)
    assert run_of(live, second).data()["sha256"] == sum_of(program)
    live.stop()
    lines = [json.loads(line) for line in place.read_text().splitlines()]
    shown = [arg["value"] for line in lines for arg in line["args"] if arg["name"] == "sha256"]
    assert shown == [sum_of(program)] * 2


def test_a_program_that_became_another_has_another_hash(
    collector: Start, program: Path, tmp_path: Path
) -> None:
    live = collector(*EVENTS, "--scope", "comm=pt-call", *HASHED, *STACKS)
    copy = tmp_path / "pt-call"
    shutil.copy(program, copy)
    before = run_of(live, finish(start(copy, CALL)).pid).data()["sha256"]
    with copy.open("ab") as file:
        file.write(b"more")
    after = run_of(live, finish(start(copy, CALL)).pid)
    assert (before, after.data()["sha256"]) == (sum_of(program), sum_of(copy))
    assert after.stack  # stays where it is


def test_a_program_below_another_root(collector: Start, program: Path, tmp_path: Path) -> None:
    """As in a container: the path is of the process's own root."""
    root = tmp_path / "root"
    root.mkdir()
    static = root / "pt-rooted"
    source = tmp_path / "rooted.c"
    source.write_text("int main(void) { return 7; }")
    subprocess.run(["cc", "-static", "-o", static, source], check=True)
    live = collector(*EVENTS, "--scope", "comm=pt-rooted", *HASHED)
    done = finish(start(program, f"{NR['chroot']} s{root}",
                        f"{NR['execve']} s/pt-rooted [ spt-rooted ] [ ]"))  # fmt: skip
    assert done.status == 7
    assert run_of(live, done.pid).data()["sha256"] == sum_of(static)


def test_a_program_that_cannot_be_hashed_is_counted(
    collector: Start, tmp_path: Path, program: Path
) -> None:
    live = collector(*EVENTS, "--scope", "comm=pt-big", *HASHED)
    copy = tmp_path / "pt-big"
    shutil.copy(program, copy)
    os.truncate(copy, 257 << 20)  # a hole behind the program
    assert run_of(live, finish(start(copy, CALL)).pid).data()["sha256"] is None
    assert "option:exec-hash: 1 programs have no hash" in live.stop()


def test_a_filter_on_the_hash_asks_for_it(collector: Start, program: Path, tmp_path: Path) -> None:
    live = collector("--events", "sched_process_exec", "--scope", "comm=pt-call,pt-like",
                     "--filter", f"sched_process_exec.data.sha256={sum_of(program)}")  # fmt: skip
    other = tmp_path / "pt-like"
    shutil.copy(program, other)
    with other.open("ab") as file:
        file.write(b"more")
    finish(start(other, CALL))
    wanted = finish(start(program, CALL)).pid
    live.see(lambda seen: seen.of(wanted) or None, "the program with that hash")
    live.stop()
    assert {event.task.host_pid for event in live.recording.events} == {wanted}


def test_without_the_option_nothing_is_read(live: Collecting, program: Path) -> None:
    done = finish(start(program, CALL))
    assert run_of(live, done.pid).data()["sha256"] is None
    children = Path(f"/proc/{live.process.pid}/task/{live.process.pid}/children").read_text()
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children.split()
                if os.path.exists(f"/proc/{pid}")]  # fmt: skip
    assert not [one for one in commands if b"hasher" in one]
