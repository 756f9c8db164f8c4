# SPDX-License-Identifier: Apache-2.0
"""Outputs that take no more, and standard streams that were closed before the start."""

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.stream.parser import Batch, Parser, StreamError
from tests.collecting import COLLECTOR, Collecting, finish, needs_kernel, start, until
from tests.headers import call_numbers

GETPPID = call_numbers("asm/unistd_64.h")["getppid"]
OURS = ["--events", "getppid", "--scope", "comm=pt-call"]
FULL = "No space left on device: nothing more is written there"


def events_in(recording: bytes) -> int:
    """Of all whole messages."""
    parser, found = Parser(), 0
    try:
        for item in parser.feed(recording):
            found += len(item.records) if isinstance(item, Batch) else 0
        parser.finish()
    except StreamError:
        return found
    pytest.fail("the recording is not cut")


@needs_kernel
def test_a_full_disk_ends_a_recording_and_what_did_not_fit_is_dropped(
    program: Path, tmp_path: Path
) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    shell = 'mount -t tmpfs -o size=1m none disk; "$@"; status=$?; cp disk/x kept; exit $status'
    command = ["unshare", "-m", "sh", "-c", shell, "sh", *COLLECTOR, *OURS, "--record", "disk/x"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    until(lambda: (finish(start(program, f"times 5000 {GETPPID}")), process.poll())[1], "its end")
    _, said = process.communicate()
    assert process.returncode == 1
    told, totals = said.splitlines()
    assert told == f"collector: cannot write to disk/x: {FULL}"
    found = re.fullmatch(r"collector: events (\d+), lost 0, dropped (\d+)", totals)
    assert found, totals
    assert int(found[1]) == events_in(kept.read_bytes()) > 0
    assert int(found[2]) > 0


@needs_kernel
@pytest.mark.parametrize("form", ["msgpack", "table", "json"])
def test_a_standard_output_that_takes_nothing(form: str, program: Path, tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen(
            [*COLLECTOR, *OURS, "--output", form],
            stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        )  # fmt: skip
    until(lambda: (finish(start(program, f"times 10 {GETPPID}")), process.poll())[1], "its end")
    _, said = process.communicate()
    assert process.returncode == 1
    told, totals = said.splitlines()
    assert "cannot write" in told
    assert "No space left on device" in told
    assert totals.startswith("collector: events ")


@needs_kernel
def test_another_output_goes_on(collector: Callable[..., Collecting], program: Path) -> None:
    running = collector(*OURS, "--record", "/dev/full")
    until(lambda: FULL in running.stderr() or None, "the failure")
    finish(start(program, f"times 1000 {GETPPID}"))
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 1
    running.recording.read()
    assert len(running.recording.events) == 1000
    assert running.recording.bye
    assert running.recording.bye.events == 1000


@needs_kernel
@pytest.mark.parametrize("form", ["msgpack", "table"])
def test_a_closed_standard_output_is_told(form: str, tmp_path: Path) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *COLLECTOR, "--output", form]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"collector: --output {form}: standard output is closed")


@needs_kernel
def test_a_recording_gets_no_closed_standard_stream_s_number(
    collector: Callable[..., Collecting], program: Path
) -> None:
    """Its totals would stand in the recording."""
    running = collector(*OURS, command=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *COLLECTOR])
    numbers = Path(f"/proc/{running.process.pid}/fd")
    assert [os.readlink(numbers / name) for name in "012"] == ["/dev/null"] * 3
    finish(start(program, f"times 10 {GETPPID}"))
    assert running.stop(signal.SIGINT) == ""
    running.recording.read()
    running.recording.parser.finish()
    assert len(running.recording.events) == 10
