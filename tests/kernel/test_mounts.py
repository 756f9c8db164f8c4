# SPDX-License-Identifier: Apache-2.0
"""Mounts, in a namespace of their own."""

from pathlib import Path

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers
from tests.kernel.test_files import PRIVATE

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
MOUNT = "security_sb_mount"


def seen(live: Collecting, done: Done) -> list[Event]:
    """Without what makes the namespace private."""
    live.of(done.pid)
    return live.recording.of(done.pid, MOUNT)[1:]


def test_a_mount_is_seen_with_what_the_call_was_given(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    done = run(PRIVATE, f"{NR['mount']} spt-device s{tmp_path} stmpfs i0xc0ed0006 i0")
    [event] = seen(live, done)
    assert done.calls[-1].returned == 0
    assert event.data() == {
        "dev_name": "pt-device", "path": str(tmp_path), "type": "tmpfs", "flags": 6
    }  # fmt: skip


def test_a_bind_mount_of_relative_paths_has_no_type(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "onto").mkdir()
    done = run(PRIVATE, f"{NR['mount']} s. sonto i0 i0x1000 i0", cwd=tmp_path)
    [event] = seen(live, done)
    assert event.data() == {
        "dev_name": ".", "path": f"{tmp_path}/onto", "type": None, "flags": 0x1000
    }  # fmt: skip
