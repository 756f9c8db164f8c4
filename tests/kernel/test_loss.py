# SPDX-License-Identifier: Apache-2.0
"""What finds no room is counted, to the record: made = received + lost, wherever it is told."""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.collecting import ROOT, Collecting, finish, needs_kernel, start
from tests.headers import call_numbers

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
GETPPID, PTRACE, OPENAT = NR["getppid"], NR["ptrace"], NR["openat"]
MANY = 100_000
#: events of a program's start and end that are no system calls
_OF_LOADING = ("sched_process_exec", "sched_process_exit", "security_mmap_file",
               "shared_object_loaded", "do_exit")  # fmt: skip


@pytest.fixture
def many(program: Path) -> Path:
    """The trigger under a name that the shared collector does not look at."""
    link = program.with_name("pt-many")
    if not link.exists():
        os.link(program, link)
    return link


def told(line: str) -> dict[str, int]:
    """The totals of `collector: events 1, lost 2, …`."""
    return {name: int(number) for name, number in re.findall(r"(\w+) (\d+)", line)}


@pytest.mark.parametrize("pages", [1, 2, 16])
def test_received_and_lost_are_all_that_was_made(
    pages: int, collector: Callable[..., Collecting], live: Collecting, program: Path, many: Path
) -> None:
    plain = finish(start(program, str(GETPPID)))
    live.of(plain.pid)
    loading = len(live.recording.of(plain.pid, "openat"))  # what starting a program opens
    running = collector("--events", "getppid,ptrace,openat", "--scope", "comm=pt-many",
                        "--perf-buffer-size", str(pages))  # fmt: skip
    steps = (
        f"times {MANY} {GETPPID}",
        f"times 1000 {PTRACE} i16 i-1 i0 i0",
        f"times 500 {OPENAT} i-100 a3000 i0 i0",
    )
    producers = [start(many, *steps) for _ in range(2)]  # on both processors at once
    for producer in producers:
        assert finish(producer).status == 0
    words = told(running.stop())
    seen = running.recording
    received = {name: sum(e.name == name for e in seen.events) for name in ("getppid", "ptrace")}
    lost = {name: seen.lost["ring", name] for name in received}
    assert received["getppid"] + lost["getppid"] == 2 * MANY
    assert received["ptrace"] + lost["ptrace"] == 2 * 1000
    opened = sum(e.name == "openat" for e in seen.events) + seen.lost["ring", "openat"]
    assert opened == 2 * (500 + loading)
    assert lost["getppid"] > 0
    assert seen.bye
    all_lost = sum(seen.lost["ring", name] for name in ("getppid", "ptrace", "openat"))
    assert (seen.bye.events, seen.bye.lost) == (len(seen.events), all_lost)
    assert (words["events"], words["lost"]) == (len(seen.events), all_lost)


@pytest.mark.parametrize("events", ["syscalls", "all"])
def test_the_account_is_exact_with_everything_selected(
    events: str,
    collector: Callable[..., Collecting],
    live: Collecting,
    program: Path,
    many: Path,
) -> None:
    plain = finish(start(program, str(GETPPID)))
    live.of(plain.pid)
    loading = Counter(event.name for event in live.recording.of(plain.pid))
    running = collector("--events", events, "--scope", "comm=pt-many",
                        "--perf-buffer-size", "16")  # fmt: skip
    steps = (f"times {MANY} {GETPPID}", f"times 1000 {PTRACE} i16 i-1 i0 i0",
             f"times 500 {OPENAT} i-100 a3000 i0 i0")  # fmt: skip
    producers = [start(many, *steps) for _ in range(2)]
    for producer in producers:
        assert finish(producer).status == 0
    running.stop()
    seen = running.recording
    came = Counter(event.name for event in seen.events)
    for name in came.keys() | {name for _, name in seen.lost}:
        came[name] += seen.lost["ring", name]
    assert (came["getppid"], came["ptrace"]) == (2 * MANY, 2 * 1000)
    assert came["openat"] == 2 * (500 + loading["openat"])
    # What loading a program takes does not depend on how often it calls afterwards.
    for name in ("mmap", "mprotect", "brk", "close", "exit_group", *_OF_LOADING):
        if name in _OF_LOADING and events == "syscalls":
            continue
        assert came[name] == 2 * loading[name] > 0, name
    if events == "all":  # each call is one of these too; beside them, a few of starting and ending
        calls = 2 * (MANY + 1000 + 500)
        assert calls < came["sys_enter"] < calls + 400
        # of execve only the end has the name that is asked for, of exit_group there is no end
        assert came["sys_enter"] == came["sys_exit"]
    assert seen.lost["ring", "getppid"] > 0
    assert seen.bye
    assert (seen.bye.events, seen.bye.lost) == (len(seen.events), sum(seen.lost.values()))


def test_with_room_enough_nothing_is_lost(collector: Callable[..., Collecting], many: Path) -> None:
    running = collector("--events", "getppid", "--scope", "comm=pt-many",
                        "--perf-buffer-size", "16384")  # fmt: skip
    finish(start(many, f"times {2 * MANY} {GETPPID}"))
    words = told(running.stop())
    assert len(running.recording.events) == words["events"] == 2 * MANY
    assert words["lost"] == words["dropped"] == 0
    assert running.recording.lost == {}
    # None was doubled or changed on the way: each has its own time.
    assert len({event.timestamp for event in running.recording.events}) == 2 * MANY


def test_more_calls_at_once_than_there_is_room_to_keep_arguments_for(
    collector: Callable[..., Collecting], tmp_path: Path
) -> None:
    program = tmp_path / "pt-blocked"
    source = ROOT / "tests" / "triggers" / "blocked.c"
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-pthread", "-o", program, source], check=True)
    running = collector("--events", "execve", "--scope", "comm=pt-blocked")
    done = subprocess.run([program], stdout=subprocess.PIPE, check=False)
    if done.returncode == 77:
        pytest.skip("this kernel has no userfaultfd(2) for us")
    running.stop()
    made, received = int(done.stdout), len(running.recording.events)
    assert received + running.recording.lost["ring", "execve"] == made
    assert received >= 16
    assert running.recording.lost["ring", "execve"] > 0
