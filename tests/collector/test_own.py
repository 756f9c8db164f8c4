# SPDX-License-Identifier: Apache-2.0
"""The pipeline does not watch itself: itself, its printers, its readers and all that they start."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from collector.choosing.policy import Policy
from collector.collect import Collector
from collector.context.own import readers, with_descendants
from collector.loading.plan import decide
from collector.outputs.output import Output
from schemas.event import Event
from tests.collecting import COLLECTOR, Recording, needs_kernel, until

EVENTS = "openat,execve,sched_process_fork,sched_process_exec,sched_process_exit,security_file_open"
# It waits until told, then opens files and starts programs, itself and through a child of its.
BUSY = "read go <{fifo}; cat /etc/hostname; sh -c 'cat /etc/hostname; true'; "


def of(events: Iterable[Event], pid: int) -> list[str]:
    """What a process and its descendants are seen to do."""
    family, seen = {pid}, []
    for event in events:
        if event.name == "sched_process_fork" and event.task.host_pid in family:
            family.add(event.data()["child_pid"])
        if event.task.host_pid in family or event.task.host_ppid in family:
            seen.append(event.name)
    return seen


@needs_kernel
def test_a_reader_of_the_pipe_is_left_out_with_its_children_and_others_are_not(
    tmp_path: Path,
) -> None:
    fifos = [tmp_path / "reader", tmp_path / "other"]
    for fifo in fifos:
        os.mkfifo(fifo)
    path = tmp_path / "recording"
    collector = subprocess.Popen(
        [*COLLECTOR, "--events", EVENTS, "--output", "msgpack", "--record", path,
         "--output", f"json:{tmp_path}/json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    reader, other = (
        subprocess.Popen(
            ["sh", "-c", BUSY.format(fifo=fifo) + "cat >/dev/null"],
            stdin=stdin, stdout=subprocess.DEVNULL,
        )
        for fifo, stdin in zip(fifos, [collector.stdout, subprocess.DEVNULL], strict=True)
    )  # fmt: skip
    assert collector.stdout
    collector.stdout.close()  # ours: the tests are no reader
    until(lambda: path.exists() or None, "the recording")
    recording = Recording(path)

    def read() -> Recording:
        recording.read()
        return recording

    until(lambda: read().hello, "the Hello")
    for fifo in fifos:
        fifo.write_text("go\n")
    until(lambda: read().ended(other.pid) or None, "the other's end")
    collector.terminate()
    collector.communicate()
    reader.wait()
    other.wait()
    assert collector.returncode == 0
    read().parser.finish()
    recording.close()
    assert of(recording.events, reader.pid) == []
    assert of(recording.events, collector.pid) == []  # with it: its printer
    theirs = of(recording.events, other.pid)
    assert theirs.count("sched_process_exec") >= 3
    assert "security_file_open" in theirs
    assert (tmp_path / "json").stat().st_size > 0


@pytest.fixture
def family() -> Iterable[tuple[int, list[int]]]:
    """The writing end of a pipe, and processes that hold its reading end: a shell and its child."""
    reading, writing = os.pipe()
    with subprocess.Popen(["sh", "-c", "cat; true"], stdin=reading) as shell:
        os.close(reading)
        children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children")
        child = until(lambda: children.read_text().strip() or None, "the child")
        yield writing, [shell.pid, int(child)]
        os.close(writing)


def test_readers_of_a_pipe_are_found(family: tuple[int, list[int]], tmp_path: Path) -> None:
    writing, pids = family
    assert readers([writing]) == set(pids)
    with (tmp_path / "file").open("w") as file:
        assert readers([file.fileno()]) == set()


def test_descendants_are_found(family: tuple[int, list[int]]) -> None:
    _, (shell, child) = family
    assert with_descendants([shell]) == {shell, child}
    assert with_descendants([child]) == {child}
    assert {shell, child} <= with_descendants([os.getpid()])


def test_a_child_that_a_reader_forks_before_the_kernel_knows_it_is_left_out(
    family: tuple[int, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "setpriority", lambda *_: None)  # the tests keep theirs
    writing, [shell, _] = family
    kernel: Any = MagicMock()
    kernel.tasks.return_value = b""
    kernel.control.records.return_value = []
    kernel.events.take.return_value = (0, b"")
    kernel.events.fill.return_value = 0.0
    kernel.lost.return_value = {}
    born: list[subprocess.Popen[bytes]] = []

    def fork_once(_pids: set[int]) -> None:
        """A reader's child, as far as /proc tells: it holds the pipe too."""
        if born:
            return
        reading = os.open(f"/proc/{shell}/fd/0", os.O_RDONLY)
        born.append(subprocess.Popen(["cat"], stdin=reading, stdout=subprocess.DEVNULL))
        os.close(reading)

    kernel.exclude.side_effect = fork_once
    Collector(kernel, decide([Policy("p", ())], lambda _: ""), [Output(os.dup(writing))]).run(
        lambda: True
    )
    excluded = {pid for call in kernel.exclude.call_args_list for pid in call.args[0]}
    born[0].kill()
    born[0].wait()
    assert {shell, born[0].pid, os.getpid()} <= excluded
