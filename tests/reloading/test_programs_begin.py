# SPDX-License-Identifier: Apache-2.0
"""Programs and trees are told apart also where a plan begins while processes fork and exec."""

import os
import signal
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, needs_kernel
from tests.headers import call_numbers
from tests.reloading.policies import document, parts, reload, write

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
CALL = str(NR["getppid"])
PAUSE = f"{NR['nanosleep']} x{struct.pack('<QQ', 0, 20_000_000).hex()} i0"
RELOADS, STARTS = 40, 5


@pytest.fixture
def other(program: Path, tmp_path: Path) -> Path:
    """A second program; of each test its own, as some of another's may run still."""
    path = tmp_path / "pt-other"
    path.write_bytes(program.read_bytes())
    path.chmod(0o755)
    return path


@pytest.fixture
def busy(program: Path, other: Path) -> Iterator[int]:
    """Somebody who runs the one, and the other by it, over and over: his pid."""
    calls = f"{CALL} -- {PAUSE} -- {CALL} -- {PAUSE} -- {CALL}"
    words = " ".join(f"s{word}" for word in calls.split())
    steps = f"{CALL} -- {NR['execve']} s{other} '[' spt-other {words} ] '[' ]"
    script = f"while :; do {program} {steps} & {program} {CALL}; done"
    running = subprocess.Popen(
        ["/bin/sh", "-c", script], stdout=subprocess.DEVNULL, start_new_session=True
    )
    yield running.pid
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


@pytest.fixture
def policies(program: Path, other: Path, busy: int) -> list[str]:
    scopes = {
        "pt-call": f"executable={program}",
        "pt-other": f"executable={other}",
        "tree": f"tree={busy}",
    }
    return [document(name, ["comm=pt-*", one], "getppid") for name, one in scopes.items()]


def check(recording: Path) -> None:
    events: list[Event] = [one for _, some in parts(recording) for one in some]
    calls = [one for one in events if one.task.comm in (b"pt-call", b"pt-other")]
    assert calls
    wrong = [
        one for one in calls if {*one.policy_names} - {"odd"} != {one.task.comm.decode(), "tree"}
    ]
    assert [(one.task.comm, one.policy_names, one.generation) for one in wrong] == []


def test_at_the_start(
    collector: Callable[..., Collecting], policies: list[str], tmp_path: Path
) -> None:
    write(tmp_path / "policies.yaml", *policies)
    for at in range(STARTS):
        running = collector("--policy", str(tmp_path / "policies.yaml"))
        running.see(lambda seen: len(seen.events) > 100 or None, "many events")
        running.stop()
        check(tmp_path / f"collector{at}/recording")


def test_at_reloads(
    collector: Callable[..., Collecting], policies: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "policies.yaml"
    odd = document("odd", ["comm=pt-*"], "getppid")
    write(path, *policies)
    running = collector("--policy", str(path))
    for number in range(RELOADS):
        write(path, *([odd] if number % 2 == 0 else []), *policies)
        reload(running)
    running.stop()
    check(tmp_path / "collector0/recording")
