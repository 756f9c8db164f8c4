# SPDX-License-Identifier: Apache-2.0
"""What the collector tells by itself, compared with /proc and with the control groups made here."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from collector.context.containers import hierarchy
from schemas.event import Event
from schemas.events import CATALOGUE
from tests.collecting import Collecting, Recording, needs_kernel

pytestmark = needs_kernel
MADE = [event.name for event in CATALOGUE if event.probes[0].place.startswith("made/")]
_NAMESPACES = """
    cgroup ipc mnt net pid pid_for_children time time_for_children user uts
"""
NAMESPACES = _NAMESPACES.split()


def container_id(number: int) -> str:
    return f"{os.getpid():08x}{number:056x}"


@pytest.fixture
def group() -> Iterator[Callable[[int], Path]]:
    """Make control groups as a runtime does; they are removed at the end."""
    root, made = hierarchy(), []
    if root is None:
        pytest.skip("there is no version 2 hierarchy of control groups")

    def make(number: int) -> Path:
        path = root / f"docker-{container_id(number)}.scope"
        path.mkdir()
        made.append(path)
        return path

    yield make
    for path in made:
        if path.exists():
            path.rmdir()


def first_process(namespace: str) -> int | None:
    """What ls says of it, where we may look."""
    done = subprocess.run(
        ["ls", "-Li", f"/proc/1/ns/{namespace}"], capture_output=True, text=True, check=False
    )
    return None if done.returncode else int(done.stdout.split()[0])


def of_container(recording: Recording, name: str, number: int) -> list[Event]:
    found = [event for event in recording.events if event.name == name]
    return [event for event in found if event.data()["container_id"] == container_id(number)]


def test_all_that_the_collector_tells_by_itself_is_tested_here() -> None:
    assert MADE == [
        "tracee_info", "init_namespaces", "existing_container", "container_create",
        "container_remove",
    ]  # fmt: skip


def test_containers_that_are_there_that_come_and_that_go(
    collector: Callable[..., Collecting], group: Callable[[int], Path]
) -> None:
    there = group(1)
    (there / "below").mkdir()
    running = collector("--events", ",".join(MADE))
    running.see(lambda r: of_container(r, "existing_container", 1) or None, "the first container")
    comes = group(2)
    (comes / "below").mkdir()
    inode, made_at = comes.stat().st_ino, comes.stat().st_ctime_ns
    running.see(lambda r: of_container(r, "container_create", 2) or None, "the second container")
    for path in (there, comes):
        (path / "below").rmdir()
        path.rmdir()
    running.see(lambda r: of_container(r, "container_remove", 1) or None, "the first one's end")
    running.see(lambda r: of_container(r, "container_remove", 2) or None, "the second one's end")
    running.stop()
    seen = running.recording
    counts = {
        name: [len(of_container(seen, name, number)) for number in (1, 2)] for name in MADE[2:]
    }
    assert counts == {
        "existing_container": [1, 0], "container_create": [0, 1], "container_remove": [1, 1]
    }  # fmt: skip
    [event] = of_container(seen, "container_create", 2)
    assert (event.data()["runtime"], event.data()["ctime"]) == ("docker", made_at)
    assert event.container
    assert (event.task.cgroup_id, event.container.id) == (inode, container_id(2))
    assert seen.bye
    assert seen.bye.events == len(seen.events)


def test_no_container_is_missed_that_comes_and_goes_while_the_collector_begins_and_after(
    collector: Callable[..., Collecting], group: Callable[[int], Path]
) -> None:
    path = group(3)
    made = []

    def again() -> None:
        path.rmdir()
        path.mkdir()
        made.append(path.stat().st_ino)

    begun = threading.Event()

    def go_on() -> None:
        while not begun.is_set():
            again()
            time.sleep(0.001)  # a thousand or two, and not as many as there can be

    before = threading.Thread(target=go_on)
    before.start()
    try:
        running = collector("--events", "container_create,container_remove")
    finally:
        begun.set()
        before.join()
    made.clear()
    for _ in range(500):
        again()
    last = made[-1]

    def told(seen: Recording, name: str) -> list[int]:
        return [event.task.cgroup_id for event in of_container(seen, name, 3)]

    running.see(lambda seen: last in told(seen, "container_create") or None, "the last container")
    running.stop()
    assert told(running.recording, "container_create")[-500:] == made
    assert told(running.recording, "container_remove")[-499:] == made[:-1]


def test_a_beginning_that_fits_several_containers_is_said(
    collector: Callable[..., Collecting], group: Callable[[int], Path]
) -> None:
    beginning = container_id(0)[:20]
    group(1)
    alone = container_id(2)
    running = collector(
        "--events", "getppid,container_create", "--scope", f"container={beginning}",
        "--scope", f"container={alone}", "--scope", f"container={beginning[:12]}*",
    )  # fmt: skip
    assert "containers begin with" not in running.stderr()
    group(2)
    running.see(lambda _: "containers begin with" in running.stderr() or None, "what is ambiguous")
    group(3)
    said = running.stop()
    assert said.count("containers begin with") == 1
    assert f"--scope container={beginning}: 2 containers begin with {beginning}, " in said
    assert f": {container_id(1)}, {container_id(2)}: " in said


def test_the_machine_is_what_proc_says(collector: Callable[..., Collecting]) -> None:
    before = time.time_ns()
    running = collector("--events", "tracee_info,init_namespaces")
    running.stop()
    info, namespaces = running.recording.events
    assert (info.name, namespaces.name) == ("tracee_info", "init_namespaces")
    data = info.data()
    assert before < data["start_time"] < time.time_ns()
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert abs(time.time() - uptime - data["boot_time"] / 1e9) < 1
    assert data["version"] == version("pytracee")
    assert (info.task.host_pid, info.name in MADE) == (running.process.pid, True)
    assert namespaces.data() == {name: first_process(name) for name in NAMESPACES}
