# SPDX-License-Identifier: Apache-2.0
"""Control groups and the mark of a container, with groups made for it in the real hierarchy."""

import os
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from collector.context.containers import hierarchy
from schemas.event import Event
from schemas.rendering.event import event_dict
from tests.collecting import Collecting, finish, needs_kernel, start, until
from tests.conftest import Run
from tests.headers import call_numbers
from tests.kernel.test_context import waits
from tests.reloading.policies import document, write

pytestmark = [
    needs_kernel,
    pytest.mark.skipif(
        hierarchy() is None or not os.access(hierarchy() or "/", os.W_OK),
        reason="makes control groups: needs a mounted version 2 hierarchy that it may write",
    ),
]

NR = call_numbers("asm/unistd_64.h")
CALL = str(NR["getppid"])
ID = f"{os.getpid():x}".rjust(64, "0")  # no other run's


@pytest.fixture
def group() -> Iterator[Callable[[str], Path]]:
    """Make a control group below the hierarchy's root; removed again, the youngest first."""
    made: list[Path] = []

    def make(name: str) -> Path:
        path = Path(f"{hierarchy()}/{name}")
        path.mkdir()
        made.append(path)
        return path

    yield make
    for path in reversed(made):
        if path.exists():
            until(partial(remove, path), f"an empty control group {path}")


def remove(path: Path) -> bool | None:
    """A group is busy until its last process is gone for good."""
    try:
        path.rmdir()
    except OSError:
        return None
    return True


def test_a_group_made_and_removed(live: Collecting, run: Run) -> None:
    name = f"pt-{os.getpid()}"
    path = f"{hierarchy()}/{name}"
    done = run(f"{NR['mkdir']} s{path} i493", f"{NR['rmdir']} s{path}")
    assert [line.returned for line in done.calls] == [0, 0]
    live.of(done.pid)
    [made] = live.recording.of(done.pid, "cgroup_mkdir")
    [gone] = live.recording.of(done.pid, "cgroup_rmdir")
    assert made.data() == gone.data()
    assert made.data()["cgroup_path"] == f"/{name}"
    assert made.data()["hierarchy_id"] == 0
    assert (made.task.syscall, gone.task.syscall) == (NR["mkdir"], NR["rmdir"])


def test_a_groups_id_is_its_directorys_inode(
    collector: Callable[..., Collecting], group: Callable[[str], Path]
) -> None:
    running = collector("--events", "cgroup_mkdir")
    path = group(f"pt-{os.getpid()}")
    inode = path.stat().st_ino
    running.stop()
    [event] = [e for e in running.recording.events if e.data()["cgroup_path"] == f"/{path.name}"]
    assert event.data()["cgroup_id"] == inode


def in_group(path: Path, running: Collecting, program: Path, *steps: str) -> list[Event]:
    """The getppid calls of a trigger that is moved into the group before its steps."""
    process = start(program, "wait", CALL, *steps)
    waits(process.pid)
    (path / "cgroup.procs").write_text(str(process.pid))
    done = finish(process)
    running.of(done.pid)
    calls = running.recording.of(done.pid, "getppid")
    assert {event.task.cgroup_id for event in calls} == {path.stat().st_ino}
    return calls


def test_a_container_is_known_by_its_group_and_started_by_its_own_program(
    live: Collecting, program: Path, group: Callable[[str], Path]
) -> None:
    path = group(f"docker-{ID}.scope")
    inode = path.stat().st_ino
    joiner = live.recording.parser.joiner
    live.see(lambda _: joiner.containers.get(inode), "the container")
    again = f"{NR['execve']} s{program} [ spt-call s{CALL} ] [ ]"
    # The runtime's own set-up runs with the host's mounts, the container's program with its own.
    assert not any(e.container_started for e in in_group(path, live, program, again))
    unshare = f"{NR['unshare']} i0x20000"
    calls = in_group(path, live, program, unshare, CALL, again)
    assert [event.container_started for event in calls] == [False, False, True]
    assert all(event_dict(event, event.args)["containerId"] == ID for event in calls)
    # Started once, it stays so for all that runs there.
    assert all(event.container_started for event in in_group(path, live, program))


def test_a_group_below_a_containers_is_that_containers(
    live: Collecting, program: Path, group: Callable[[str], Path]
) -> None:
    top = group(f"crio-{ID}.scope")
    path = group(f"{top.name}/inner")
    inode = path.stat().st_ino
    joiner = live.recording.parser.joiner
    live.see(lambda _: joiner.containers.get(inode), "the container")
    [event] = in_group(path, live, program)
    assert event.container
    assert (event.container.id, event.container.runtime) == (ID, "crio")


def test_a_container_that_ran_before_the_collector_is_known_and_started(
    collector: Callable[..., Collecting], program: Path, group: Callable[[str], Path]
) -> None:
    path = group(f"libpod-{ID}.scope")
    running = collector("--events", "getppid,sched_process_exit", "--scope", "comm=pt-call")
    [event] = in_group(path, running, program)
    assert event.container
    assert (event.container.id, event.container.runtime) == (ID, "podman")
    assert event.container_started


def test_a_task_of_the_host_has_no_container(live: Collecting, run: Run) -> None:
    done = run(CALL)
    live.of(done.pid)
    [event] = live.recording.of(done.pid, "getppid")
    assert (event.container, event.container_started) == (None, False)


_RULES = """\
apiVersion: tracee.aquasec.com/v1beta1
kind: Policy
metadata: {name: %s, annotations: {description: A test's.}}
spec:
  scope: [comm=pt-call]
  rules: [{event: getppid, filters: [%s]}, {event: sched_process_exit}]
"""


def test_filters_tell_whether_it_is_a_container_from_its_first_moment(
    collector: Callable[..., Collecting],
    program: Path,
    group: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    """Before the collector has heard of the group, which takes it some ms."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "---\n".join(_RULES % words for words in (("in", "container"), ("out", "not-container")))
    )
    running = collector("--policy", str(rules))
    for at in range(10):
        mine = group(f"docker-{at}{ID[1:]}.scope")
        assert [e.policy_names for e in in_group(mine, running, program)] == [["in"]]
        nobody_s = group(f"pt-{os.getpid()}-{at}")
        assert [e.policy_names for e in in_group(nobody_s, running, program)] == [["out"]]


INTO_CGROUP, SIGCHLD = 0x200000000, 17  # CLONE_INTO_CGROUP
REPEATS = 20


def born_in(path: Path) -> tuple[str, ...]:
    """Steps that make a group and, before anybody has heard of it, a child in it that goes on."""
    arguments = struct.pack("<11Q", INTO_CGROUP, *[0] * 3, SIGCHLD, *[0] * 5, 3).hex()
    return (
        f"{NR['mkdir']} s{path} i493",
        f"{NR['openat']} i-100 s{path} i0 i0",
        f"{NR['clone3']} x{arguments} i88",
    )


def test_scopes_tell_whether_it_is_a_container_from_its_first_moment(
    collector: Callable[..., Collecting], run: Run, tmp_path: Path
) -> None:
    """Also of calls whose arguments are taken as they begin, and of whom is followed."""
    asked = ("execve", "security_bprm_check", "getppid")
    scopes = {"in": ["container"], "out": ["not-container"], "followed": ["container", "follow"]}
    rules = tmp_path / "rules.yaml"
    write(
        rules, *(document(name, ["comm=pt-call", *more], *asked) for name, more in scopes.items())
    )
    running = collector("--policy", str(rules))
    wanted: dict[int, list[str]] = {}
    pause = f"{NR['nanosleep']} x00000000000000000090d00300000000 i0"  # until it is known
    for at in range(REPEATS):
        for name in (f"docker-{at:02}{ID[2:]}.scope", f"pt-{os.getpid()}-{at}"):
            path = Path(f"{hierarchy()}/{name}")
            steps = (f"{NR['execve']} s/nowhere [ sa ] [ ]", "fork", pause, CALL)
            again = f"{NR['execve']} s/bin/true [ strue ] [ ]"
            run(*born_in(path), *steps, again)
            wanted[path.stat().st_ino] = ["in", "followed"] if "docker" in name else ["out"]
            until(partial(remove, path), f"an empty control group {path}")
    running.stop()
    seen = [e for e in running.recording.events if e.task.cgroup_id in wanted]
    assert {one.name for one in seen} == set(asked)
    assert [e for e in seen if e.policy_names != wanted[e.task.cgroup_id]] == []


def test_a_container_has_started_however_soon_that_was(
    live: Collecting, program: Path, run: Run
) -> None:
    """Also before anybody has heard of its group."""
    pause = f"{NR['nanosleep']} x00000000000000000090d00300000000 i0"
    words = " ".join(f"s{word}" for word in f"{pause} -- {CALL}".split())
    again = f"{NR['execve']} s{program} [ spt-call {words} ] [ ]"
    for at in range(REPEATS):
        path = Path(f"{hierarchy()}/docker-{at:02}{ID[2:]}.scope")
        done = run(*born_in(path), f"{NR['unshare']} i0x20000", again)
        inode = path.stat().st_ino
        until(partial(remove, path), f"an empty control group {path}")
        (child,) = {line.tid for line in done.calls} - {done.pid}
        live.of(child)
        [event] = live.recording.of(child, "getppid")
        assert event.task.cgroup_id == inode
        assert event.container_started
