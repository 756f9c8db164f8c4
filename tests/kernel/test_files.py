# SPDX-License-Identifier: Apache-2.0
"""security_file_open: what was opened, compared with stat(2) and /proc/PID/fd."""

import os
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, finish, needs_kernel, start
from tests.conftest import Run
from tests.headers import call_numbers
from tests.kernel.test_context import waits

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
OPENAT = NR["openat"]
CREATE = os.O_CREAT | os.O_RDWR
PRIVATE = f"{NR['unshare']} i0x20000 -- {NR['mount']} snone s/ i0 i0x44000 i0"  # MS_REC|MS_PRIVATE


def opened(live: Collecting, done: Done) -> Event:
    """The last file that it opened."""
    live.of(done.pid)
    return live.recording.of(done.pid, "security_file_open")[-1]


def as_the_kernel_names_it(program: Path, *steps: str) -> tuple[Done, bytes, os.stat_result]:
    """Run these steps, of which the last opens descriptor 3; what /proc says of it meanwhile."""
    process = start(program, *steps, "wait")
    waits(process.pid)
    link = f"/proc/{process.pid}/fd/3"
    name, found = os.readlink(os.fsencode(link)), os.stat(link)
    return finish(process), name, found


def kernel_device(number: int) -> int:
    return os.major(number) << 20 | os.minor(number)


def compare(event: Event, name: str, found: os.stat_result) -> None:
    data = event.data()
    assert data["pathname"] == name
    assert data["dev"] == kernel_device(found.st_dev)
    assert data["inode"] == found.st_ino
    assert data["ctime"] == found.st_ctime_ns
    assert data["inode_mode"] == found.st_mode


@pytest.mark.parametrize("name", ["plain", "new\nline\x1b[1m", "ü€"])
def test_an_opened_file_is_what_stat_says(
    name: str, live: Collecting, program: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text("x")
    step = f"{OPENAT} i-100 x{os.fsencode(path).hex()} i{os.O_RDWR | os.O_APPEND} i0"
    done, link, found = as_the_kernel_names_it(program, step)
    event = opened(live, done)
    compare(event, os.fsdecode(link), found)
    data = event.data()
    assert data["syscall_pathname"] == str(path)
    assert data["flags"] & ~0o100000 == os.O_RDWR | os.O_APPEND  # the kernel adds O_LARGEFILE
    assert (event.return_value, event.task.syscall, event.truncated()) == (0, OPENAT, [])


def test_a_name_that_is_not_utf8_loses_nothing(
    live: Collecting, program: Path, tmp_path: Path
) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xc3("
    with open(path, "wb"):
        pass
    done, link, found = as_the_kernel_names_it(program, f"{OPENAT} i-100 x{path.hex()} i0 i0")
    compare(opened(live, done), link.decode(errors="backslashreplace"), found)


@pytest.mark.parametrize("call", ["open", "openat2"])
def test_the_other_calls_that_open(call: str, live: Collecting, program: Path) -> None:
    path = Path("/etc/hostname")
    words = {"open": f"s{path} i0 i0", "openat2": f"i-100 s{path} x{'00' * 24} i24"}[call]
    done, link, found = as_the_kernel_names_it(program, f"{NR[call]} {words}")
    event = opened(live, done)
    compare(event, os.fsdecode(link), found)
    assert event.data()["syscall_pathname"] == str(path)


def test_a_32_bit_open_is_seen_too(live: Collecting, run: Run) -> None:
    done = run("compat 5 s/etc/hostname i0 i0")
    event = opened(live, done)
    assert event.data()["pathname"] == event.data()["syscall_pathname"] == "/etc/hostname"
    assert (event.compat, event.task.syscall) == (True, 5)


def test_a_symbolic_link_is_followed(live: Collecting, program: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    link = tmp_path / "link"
    link.symlink_to("file")
    done, name, found = as_the_kernel_names_it(program, f"{OPENAT} i-100 s{link} i0 i0")
    event = opened(live, done)
    compare(event, os.fsdecode(name), found)
    assert event.data()["pathname"] == str(tmp_path / "file")
    assert event.data()["syscall_pathname"] == str(link)


def test_a_relative_path_is_made_absolute(live: Collecting, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(f"{OPENAT} i-100 sfile i0 i0", cwd=tmp_path)
    data = opened(live, done).data()
    assert (data["pathname"], data["syscall_pathname"]) == (str(tmp_path / "file"), "file")


def test_a_file_below_a_bind_mount_has_the_mounts_path(
    live: Collecting, program: Path, tmp_path: Path
) -> None:
    (tmp_path / "from/below").mkdir(parents=True)
    (tmp_path / "from/below/file").touch()
    onto = tmp_path / "onto"
    onto.mkdir()
    bind = f"{NR['mount']} s{tmp_path}/from s{onto} i0 i0x1000 i0"
    step = f"{OPENAT} i-100 s{onto}/below/file i0 i0"
    done, _, _ = as_the_kernel_names_it(program, PRIVATE, bind, step)
    assert done.calls[-1].returned == 3
    assert opened(live, done).data()["pathname"] == f"{onto}/below/file"


def test_a_file_below_two_mounts_and_the_mounts_own_root(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    tmpfs = f"{NR['mount']} snone s{outer} stmpfs i0 i0"
    inner = tmpfs.replace(str(outer), f"{outer}/in")
    steps = [PRIVATE, tmpfs, f"{NR['mkdir']} s{outer}/in i493", inner]
    inside = run(*steps, f"{OPENAT} i-100 s{outer}/in/file i{CREATE} i384")
    at_root = run(*steps, f"{OPENAT} i-100 s{outer}/in i0 i0")
    assert opened(live, inside).data()["pathname"] == f"{outer}/in/file"
    assert opened(live, at_root).data()["pathname"] == f"{outer}/in"


def test_the_root_itself(live: Collecting, run: Run) -> None:
    assert opened(live, run(f"{OPENAT} i-100 s/ i0 i0")).data()["pathname"] == "/"


def test_a_path_in_a_chroot_is_the_hosts(live: Collecting, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(f"{NR['chroot']} s{tmp_path}", f"{OPENAT} i-100 s/file i0 i0")
    data = opened(live, done).data()
    assert (data["pathname"], data["syscall_pathname"]) == (str(tmp_path / "file"), "/file")


def test_a_file_that_is_deleted_while_open(live: Collecting, program: Path, tmp_path: Path) -> None:
    path = tmp_path / "file"
    again = f"{OPENAT} i-100 s/proc/self/fd/3 i0 i0"
    done, link, _ = as_the_kernel_names_it(
        program, f"{OPENAT} i-100 s{path} i{CREATE} i384", f"{NR['unlink']} s{path}", again
    )
    assert link == os.fsencode(path) + b" (deleted)"
    assert opened(live, done).data()["pathname"] == str(path)


def test_a_file_without_a_name(live: Collecting, program: Path, tmp_path: Path) -> None:
    flags = os.O_TMPFILE | os.O_RDWR
    done, link, found = as_the_kernel_names_it(program, f"{OPENAT} i-100 s{tmp_path} i{flags} i384")
    if done.calls[-1].returned < 0:
        pytest.skip("this file system has no O_TMPFILE")
    compare(opened(live, done), os.fsdecode(link).removesuffix(" (deleted)"), found)


def test_a_memory_file_is_its_bare_name(live: Collecting, run: Run) -> None:
    done = run(f"{NR['memfd_create']} spt-memory i0", f"{OPENAT} i-100 s/proc/self/fd/3 i2 i0")
    event = opened(live, done)
    assert event.data()["pathname"] == "memfd:pt-memory"
    assert event.truncated() == []


@pytest.mark.parametrize(("depth", "cut"), [(50, False), (80, True)])
def test_of_a_path_deeper_than_64_names_the_end_is_kept(
    depth: int, cut: bool, live: Collecting, run: Run, tmp_path: Path
) -> None:
    names = [f"d{number}" for number in range(depth)]
    path = tmp_path.joinpath(*names)
    path.mkdir(parents=True)
    (path / "file").touch()
    event = opened(live, run(f"{OPENAT} i-100 s{path}/file i0 i0"))
    pathname = event.data()["pathname"]
    assert event.truncated() == ["pathname"] * cut
    assert f"{path}/file".endswith(pathname)
    assert (pathname == f"{path}/file") is not cut
    assert pathname.count("/") >= min(64, depth)


def test_names_of_255_bytes_up_to_the_longest_path(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    path, steps = tmp_path, []
    while len(str(path)) < 5000:
        path /= "n" * 255
        steps += [f"{NR['mkdir']} s{'n' * 255} i448", f"{NR['chdir']} s{'n' * 255}"]
    done = run(*steps, f"{OPENAT} i-100 sfile i{CREATE} i384", cwd=tmp_path)
    assert done.calls[-1].returned == 3
    event = opened(live, done)
    pathname = event.data()["pathname"]
    assert event.truncated() == ["pathname"]
    assert f"{path}/file".endswith(pathname)
    assert 4095 - 256 <= len(pathname) <= 4096


def test_a_failed_open_opens_nothing(live: Collecting, run: Run) -> None:
    done = run(f"{OPENAT} i-100 s/nowhere i0 i0")
    live.of(done.pid)
    paths = [
        e.data()["syscall_pathname"] for e in live.recording.of(done.pid, "security_file_open")
    ]
    assert paths
    assert "/nowhere" not in paths
