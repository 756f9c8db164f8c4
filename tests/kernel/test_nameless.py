# SPDX-License-Identifier: Apache-2.0
"""Names without an inode: the events name them, where a program that lists the folder does not."""

import os
from functools import partial
from pathlib import Path

import pytest

from tests.collecting import Collecting, Recording, needs_kernel
from tests.conftest import Run
from tests.kernel.hook_causes import listed
from tests.kernel.nameless import HIDDEN, SHOWN, served

pytestmark = [
    needs_kernel,
    pytest.mark.skipif(not Path("/dev/fuse").exists(), reason="this kernel has no FUSE"),
]


def test_names_without_an_inode_are_told_and_only_they(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    live.recording.read()
    lost = dict(live.recording.lost)
    folder = tmp_path / "folder"
    with served(folder):
        names = os.listdir(folder)
        done = run(*listed(folder))
    assert names == [SHOWN]
    assert done.calls[-1].returned == 32 * (1 + len(HIDDEN))  # bytes: all names were given
    live.of(done.pid)
    for event, field in (("zeroed_inodes", "dirent_name"), ("hidden_inodes", "hidden_process")):
        seen = [one.data() for one in live.recording.of(done.pid, event)]
        assert 0 < len(seen) <= len(HIDDEN)
        assert seen == [{field: name} for name in HIDDEN[: len(seen)]]
        more = lost.get(("ring", event), 0) + len(HIDDEN) - len(seen)
        live.see(partial(_lost, ("ring", event), more), "the account of the others")


def _lost(kind: tuple[str, str], records: int, seen: Recording) -> bool | None:
    return seen.lost[kind] == records or None


def test_a_folder_with_nothing_to_hide(live: Collecting, run: Run) -> None:
    done = run(*listed(Path("/etc")))
    assert done.calls[-1].returned > 1000
    live.of(done.pid)
    assert live.recording.of(done.pid, "zeroed_inodes") == []
