# SPDX-License-Identifier: Apache-2.0
"""The pipeline does not watch itself: itself, its printers, its readers and all that they start."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from schemas.event import Event
from tests.collecting import COLLECTOR, Recording, needs_kernel, until

pytestmark = needs_kernel

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
