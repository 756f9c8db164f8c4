# SPDX-License-Identifier: Apache-2.0
"""Outputs that take no more, and standard streams that were closed before the start."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collecting import COLLECTOR, Collecting, Recording, finish, needs_kernel, start, until
from tests.headers import call_numbers

GETPPID = call_numbers("asm/unistd_64.h")["getppid"]
OURS = ["--events", "getppid", "--scope", "comm=pt-call"]
NO_ROOM = "No space left on device"
FULL = f"{NO_ROOM}: nothing more is written there"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """With half a MiB of room, which is less than a batch may need."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def give_room(disk: Path) -> None:
    """For all that one of these tests can bring."""
    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start collectors that record nothing; `tmp_path`/said is what they say on stderr."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*options: str, **streams: Any) -> "subprocess.Popen[bytes]":
        with (tmp_path / "said").open("w") as said:
            command = [*COLLECTOR, *OURS, *options]
            started.append(subprocess.Popen(command, stderr=said, cwd=tmp_path, **streams))
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.wait()


@needs_kernel
def test_a_full_disk_drops_events_and_a_recording_goes_on_when_there_is_room(
    program: Path, disk: Path, collector: Callable[..., Collecting]
) -> None:
    running = collector(*OURS, "--record", str(disk / "x"))
    told = f"cannot write to {disk / 'x'}: {NO_ROOM}: dropping what does not fit"

    def is_full() -> bool | None:
        fill(program)
        return told in running.stderr() or None

    until(is_full, "a full disk")
    give_room(disk)
    fill(program)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 1
    running.recording.read()
    whole = Recording(disk / "x")
    whole.read()
    whole.close()
    assert whole.bye
    assert whole.bye.events == len(whole.events)
    assert whole.bye.events + whole.bye.dropped == len(running.recording.events)
    assert whole.bye.dropped > 0
    assert running.stderr().count(told) == 1


def fill(program: Path) -> None:
    finish(start(program, f"times 1000 {GETPPID}"))


@needs_kernel
def test_json_on_a_full_disk_is_dropped_counted_and_goes_on(
    program: Path, disk: Path, tmp_path: Path, begin: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    process = begin("--output", f"json:{disk / 'x'}")

    def told() -> bool | None:
        fill(program)
        return NO_ROOM in (tmp_path / "said").read_text() or None

    until(told, "a full disk")
    give_room(disk)
    fill(program)
    until(lambda: (disk / "x").stat().st_size > (512 << 10) or None, "what comes after")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 1
    lines = (disk / "x").read_bytes().splitlines()
    assert all(json.loads(line)["eventName"] == "getppid" for line in lines)
    totals = re.search(r"events (\d+), lost 0, dropped (\d+)", (tmp_path / "said").read_text())
    assert totals
    assert int(totals[1]) == len(lines) + int(totals[2])


@needs_kernel
@pytest.mark.parametrize("form", ["msgpack", "table", "json"])
def test_a_standard_output_that_takes_nothing(
    form: str, program: Path, tmp_path: Path, begin: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    """The stream ends there; what shows events drops them, as on a disk that is full."""
    with open("/dev/full", "wb") as full:
        process = begin("--output", form, stdout=full)

    def told() -> bool | None:
        fill(program)
        return NO_ROOM in (tmp_path / "said").read_text() or None

    until(told, "the failure")
    if form != "msgpack":  # which has ended by itself
        process.send_signal(signal.SIGINT)
    assert process.wait(30) == 1
    assert "cannot write to stdout" in (tmp_path / "said").read_text()
    totals = re.search(r"events \d+, lost 0, dropped (\d+)$", (tmp_path / "said").read_text())
    assert totals
    assert int(totals[1]) > 0 or form == "msgpack"


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
