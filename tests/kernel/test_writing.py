# SPDX-License-Identifier: Apache-2.0
"""Reads and writes, compared with the bytes that are in the file and with stat(2)."""

import base64
import os
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel
from tests.conftest import Run
from tests.kernel.file_causes import NR, opened, vector
from tests.kernel.test_files import kernel_device

pytestmark = needs_kernel


def named(live: Collecting, done: Done, name: str) -> list[Event]:
    live.of(done.pid)
    return live.recording.of(done.pid, name)


def of_file(live: Collecting, done: Done, name: str, path: Path) -> list[Event]:
    """Events of the file, which must be told with its device and inode."""
    found = [event for event in named(live, done, name) if event.data()["pathname"] == str(path)]
    stat = path.stat()
    for event in found:
        data = event.data()
        assert (data["dev"], data["inode"]) == (kernel_device(stat.st_dev), stat.st_ino)
    return found


def moved(events: list[Event], size: str = "count") -> list[tuple[int, int, int]]:
    return [(e.data()["pos"], e.data()[size], e.return_value) for e in events]


def test_writes_tell_where_and_how_much(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    done = run(
        opened(path),
        f"{NR['write']} i3 sabcd i4",
        f"{NR['write']} i3 sefg i3",
        f"{NR['pwrite64']} i3 sXY i2 i100",
        f"{NR['write']} i3 shi i2",
        f"{NR['write']} i3 i1 i2",  # an address that cannot be read
    )
    assert path.read_bytes().startswith(b"abcdefghi")
    assert path.read_bytes()[100:] == b"XY"
    wanted = [(0, 4, 4), (4, 3, 3), (100, 2, 2), (7, 2, 2), (9, 2, -14)]
    assert moved(of_file(live, done, "vfs_write", path)) == wanted


def test_what_is_appended_begins_at_the_end(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    done = run(
        opened(path, os.O_WRONLY | os.O_APPEND),
        f"{NR['write']} i3 sab i2",
        f"{NR['pwrite64']} i3 scd i2 i0",
    )
    assert path.read_bytes() == b"12345abcd"
    assert moved(of_file(live, done, "vfs_write", path)) == [(5, 2, 2), (7, 2, 2)]


def test_reads_tell_where_and_how_much(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    done = run(
        opened(path, os.O_RDONLY),
        f"{NR['read']} i3 a9 i4",
        f"{NR['pread64']} i3 a9 i9 i7",
        f"{NR['read']} i3 a99 i99",
        f"{NR['read']} i3 a9 i9",
    )
    wanted = [(0, 4, 4), (7, 9, 3), (4, 99, 6), (10, 9, 0)]
    assert moved(of_file(live, done, "vfs_read", path)) == wanted


def test_several_buffers(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    done = run(
        opened(path),
        f"{NR['writev']} i3 {vector('abc', 'de')} i2",
        f"{NR['pwritev']} i3 {vector('fg')} i1 i50 i0",
        f"{NR['pwritev2']} i3 {vector('hi')} i1 i-1 i-1 i0",  # -1: the file's own position
        f"{NR['preadv']} i3 {vector('xx', 'yyy')} i2 i1 i0",
    )
    assert path.read_bytes().startswith(b"abcdehi")
    wrote = of_file(live, done, "vfs_writev", path)
    assert moved(wrote, "vlen") == [(0, 2, 5), (50, 1, 2), (5, 1, 2)]
    assert moved(of_file(live, done, "vfs_readv", path), "vlen") == [(1, 2, 5)]


def test_a_pipe_has_neither_path_nor_position(live: Collecting, run: Run) -> None:
    done = run(f"{NR['pipe']} x{'00' * 8}", f"{NR['write']} i4 sab i2", f"{NR['read']} i3 a9 i9")
    wrote = named(live, done, "vfs_write")
    assert [e.return_value for e in wrote if e.data()["pathname"] is None and e.data()["pos"] == 0]
    [read] = [e for e in named(live, done, "vfs_read") if e.data()["count"] == 9]
    assert (read.data()["pathname"], read.return_value) == (None, 2)


@pytest.mark.parametrize(
    ("step", "bytes_"),
    [
        ("write i3 sabcdefg i7", b"abcdefg"),
        (f"write i3 s{'x' * 40} i40", b"x" * 32),
        ("pwrite64 i3 sabcd i4 i0", b"abcd"),
        (f"writev i3 {vector('ab', 'cde', 'f')} i3", b"abcdef"),
        (f"writev i3 {vector('x' * 20, 'y' * 20)} i2", b"x" * 20 + b"y" * 12),
        (f"pwritev i3 {vector('abcd')} i1 i0 i0", b"abcd"),
        ("write i3 x7f454c46ff00 i6", b"\x7fELF\xff\0"),
    ],
)
def test_the_beginning_of_a_file_is_shown(
    step: str, bytes_: bytes, live: Collecting, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    call, words = step.split(" ", 1)
    done = run(opened(path), f"{NR[call]} {words}")
    [event] = of_file(live, done, "magic_write", path)
    assert base64.b64decode(event.data()["bytes"]) == bytes_ == path.read_bytes()[:32]
    assert event.return_value == done.calls[-1].returned


@pytest.mark.parametrize(
    "step", ["write i3 sabc i3", "pwrite64 i3 sabcdef i6 i1", "write i3 i1 i9"]
)
def test_what_is_short_or_not_at_the_beginning_or_fails_is_not(
    step: str, live: Collecting, run: Run, tmp_path: Path
) -> None:
    call, words = step.split(" ", 1)
    done = run(opened(tmp_path / "file"), f"{NR[call]} {words}")
    assert named(live, done, "vfs_write")
    assert not of_file(live, done, "magic_write", tmp_path / "file")


def test_the_beginning_of_what_is_no_file_is_not(live: Collecting, run: Run) -> None:
    done = run(opened("/dev/null", os.O_WRONLY), f"{NR['write']} i3 sabcdefg i7")
    assert not [e for e in named(live, done, "magic_write") if e.data()["pathname"] == "/dev/null"]


def test_32_bit_writes_are_seen_too(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    done = run(opened(path), "compat 4 i3 sabcdefg i7", "compat 181 i3 sZ i1 i5 i0")
    if done.status:
        pytest.skip("this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION)")
    assert moved(of_file(live, done, "vfs_write", path)) == [(0, 7, 7), (5, 1, 1)]
    [event] = of_file(live, done, "magic_write", path)
    assert (base64.b64decode(event.data()["bytes"]), event.compat) == (b"abcdefg", True)
