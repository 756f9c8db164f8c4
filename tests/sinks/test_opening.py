# SPDX-License-Identifier: Apache-2.0
"""Opening a file where others may have put something under its name."""

import os
import stat
from pathlib import Path

import pytest

from pytracee.sinks.opening import Unsafe, open_to_write

OTHER = 12345

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another user")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder like /tmp."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def give(path: Path) -> Path:
    """To another user."""
    os.lchown(path, OTHER, OTHER)
    return path


def write(path: Path | str) -> None:
    fd = open_to_write(str(path))
    os.write(fd, b"x")
    os.close(fd)


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def test_a_file_is_made_private_and_appended_to(shared: Path) -> None:
    for _ in range(2):
        write(shared / "new")
    assert (shared / "new").read_bytes() == b"xx"
    assert stat.S_IMODE((shared / "new").stat().st_mode) == 0o600


def test_our_own_links_are_followed(shared: Path) -> None:
    (shared / "folder").mkdir()
    (shared / "link").symlink_to("folder")
    (shared / "last").symlink_to(shared / "link" / "file")
    write(shared / "last")
    assert (shared / "folder" / "file").read_bytes() == b"x"


@needs_root
@pytest.mark.parametrize("dangling", [False, True])
def test_a_planted_link_is_not_followed(dangling: bool, shared: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    if not dangling:
        target.write_bytes(b"kept")
    give_link(shared / "out", target)
    before = descriptors()
    with pytest.raises(Unsafe, match=r"out is a link of user 12345.*: name a file in a folder"):
        write(shared / "out")
    assert descriptors() == before
    assert not target.exists() if dangling else target.read_bytes() == b"kept"


def give_link(path: Path, target: Path) -> None:
    path.symlink_to(target)
    give(path)


@needs_root
def test_nor_one_on_the_way(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    give_link(shared / "folder", tmp_path / "theirs")
    with pytest.raises(Unsafe, match="folder is a link of user"):
        write(shared / "folder" / "out")
    assert not list((tmp_path / "theirs").iterdir())


@needs_root
def test_nor_one_in_another_s_own_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    give(home)
    give_link(home / "out", tmp_path / "target")
    with pytest.raises(Unsafe, match="out is a link of user"):
        write(home / "out")
    (home / "mine").write_bytes(b"")
    give(home / "mine")
    write(home / "mine")  # who owns the folder may as well own the file


@needs_root
def test_another_s_file_is_refused_for_its_owner_reads_it(shared: Path) -> None:
    (shared / "out").write_bytes(b"")
    give(shared / "out")
    with pytest.raises(Unsafe, match="it belongs to user 12345"):
        write(shared / "out")
    assert not (shared / "out").read_bytes()


@needs_root
def test_another_s_pipe_does_not_hold_us_up(shared: Path) -> None:
    os.mkfifo(shared / "out")
    give(shared / "out")
    with pytest.raises(Unsafe):
        write(shared / "out")


def test_a_file_with_another_name_is_refused(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "important").write_bytes(b"kept")
    os.link(tmp_path / "important", shared / "out")
    with pytest.raises(Unsafe, match="another name"):
        write(shared / "out")
    write(tmp_path / "important")  # under the name in a folder of our own it is what we mean


def test_links_that_lead_nowhere_come_to_an_end(shared: Path) -> None:
    (shared / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="Too many levels"):
        write(shared / "loop")


def test_what_a_process_has_open_is_reached_by_proc() -> None:
    """As a shell's >(command) is."""
    theirs, ours = os.pipe()
    write(f"/dev/fd/{ours}")
    assert os.read(theirs, 10) == b"x"
    os.close(theirs)
    os.close(ours)


@pytest.mark.parametrize("name", ["/nowhere/x", "/", "/etc/hostname/x", ""])
def test_what_is_no_file_is_told(name: str) -> None:
    before = descriptors()
    with pytest.raises(OSError, match=r"No such file|a directory|Not a directory"):
        write(name)
    assert descriptors() == before
