# SPDX-License-Identifier: Apache-2.0
"""Names in directories: made, moved and removed, compared with what there is then."""

import os
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
OPENAT = NR["openat"]
UNLINK, RENAME = "security_inode_unlink", "security_inode_rename"


def seen(live: Collecting, done: Done, name: str) -> list[Event]:
    live.of(done.pid)
    return live.recording.of(done.pid, name)


@pytest.mark.parametrize(
    "step", ["unlink s{path}", "unlinkat i-100 s{path} i0"], ids=["unlink", "unlinkat"]
)
def test_a_removed_name(step: str, live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    call, words = step.format(path=path).split(" ", 1)
    [event] = seen(live, run(f"{NR[call]} {words}"), UNLINK)
    assert not path.exists()
    assert event.data()["pathname"] == str(path)
    assert (event.return_value, event.task.syscall) == (0, NR[call])


def test_a_directory_that_is_removed_and_a_failure_are_no_files(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    done = run(f"{NR['unlinkat']} i-100 s{tmp_path}/folder i0x200", f"{NR['unlink']} s/nowhere")
    assert done.calls[0].returned == 0
    assert seen(live, done, UNLINK) == []


@pytest.mark.parametrize("call", ["rename", "renameat", "renameat2"])
def test_a_new_name(call: str, live: Collecting, run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old\nname", tmp_path / "new"
    old.touch()
    paths = [f"x{os.fsencode(path).hex()}" for path in (old, new)]
    words = {"rename": paths, "renameat": ["i-100", paths[0], "i-100", paths[1]]}
    words["renameat2"] = [*words["renameat"], "i0"]
    [event] = seen(live, run(" ".join([str(NR[call]), *words[call]])), RENAME)
    assert new.exists()
    assert event.data() == {"old_path": str(old), "new_path": str(new)}


def test_relative_names_are_made_absolute(live: Collecting, run: Run, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "old").touch()
    folder = f"{OPENAT} i-100 s{tmp_path}/below i{os.O_DIRECTORY} i0"
    done = run(folder, f"{NR['renameat']} r sold i-100 snew", cwd=tmp_path)
    [event] = seen(live, done, RENAME)
    assert (tmp_path / "new").exists()
    assert event.data() == {"old_path": f"{tmp_path}/below/old", "new_path": f"{tmp_path}/new"}


def test_names_in_the_root_and_in_a_changed_root(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    steps = [f"{NR['chroot']} s{tmp_path}", f"{NR['rename']} s/file s/other"]
    [event] = seen(live, run(*steps), RENAME)
    assert event.data() == {"old_path": f"{tmp_path}/file", "new_path": f"{tmp_path}/other"}
    name = f"pt-{os.getpid()}"
    done = run(f"{OPENAT} i-100 s{name} i{os.O_CREAT} i384", f"{NR['unlink']} s{name}", cwd="/")
    [event] = seen(live, done, UNLINK)
    assert event.data()["pathname"] == f"/{name}"


def test_names_of_the_longest_path(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(10):
        path /= "n" * 255
    path.mkdir(parents=True)
    (path / "old").touch()
    done = run(f"{NR['rename']} sold snew", cwd=path)
    [event] = seen(live, done, RENAME)
    assert event.data() == {"old_path": f"{path}/old", "new_path": f"{path}/new"}
    assert event.truncated() == []
