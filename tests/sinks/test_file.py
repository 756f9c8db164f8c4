# SPDX-License-Identifier: Apache-2.0
"""A file that is moved away, and a disk that is full."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytracee.sinks.file import FileSink


def test_after_reopening_texts_go_to_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    sink = FileSink(str(path))
    sink.write("before\n")
    path.rename(tmp_path / "moved")
    sink.write("moved\n")
    sink.reopen()
    sink.write("after\n")
    sink.close()
    assert (tmp_path / "moved").read_text() == "before\nmoved\n"
    assert path.read_text() == "after\n"


def test_a_full_device_is_told_once_and_counted() -> None:
    told: list[str] = []
    sink = FileSink("/dev/full", told.append)
    for _ in range(3):
        sink.write("x")
    assert sink.dropped == 3
    assert len(told) == 1
    assert "cannot write to /dev/full: No space left on device" in told[0]
    sink.close()
    assert "dropped so far, for want of room: 3" in told[-1]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """64 KiB of room."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_on_a_full_disk_texts_are_whole_or_not_there(small_disk: Path) -> None:
    told: list[str] = []
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(48 << 10))
    sink = FileSink(str(small_disk / "out"), told.append)
    line = "0123456789" * 100 + "\n"
    written = 0
    while not sink.dropped:
        sink.write(line)
        written += 1
    ballast.unlink()
    sink.write("after\n")
    sink.close()
    assert (small_disk / "out").read_text() == line * (written - 1) + "after\n"
    assert [text.partition(": ")[2][:20] for text in told] == [
        "No space left on dev",
        "dropped so far, for ",
    ]
