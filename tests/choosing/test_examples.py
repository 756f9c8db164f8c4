# SPDX-License-Identifier: Apache-2.0
"""The example policies, all loaded at once: each event names those that it is of, and no other."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.choosing.evaluator import in_scope
from collector.choosing.events import Names
from collector.choosing.policies import load
from collector.choosing.policy import Policy
from collector.choosing.signatures import read
from collector.choosing.subject import Subject
from collector.context.containers import hierarchy
from schemas.event import Event
from tests.choosing.writing import MACHINE
from tests.collecting import ROOT, Collecting, finish, needs_kernel, start
from tests.headers import call_numbers
from tests.kernel.test_context import waits
from tests.seed_commands.doing import container

EXAMPLES = ROOT / "examples" / "policies"
NR = call_numbers("asm/unistd_64.h")
RDWR = 2
EVERYBODY_S = {"comprehensive-monitoring"}
PODS_S = {"production-containers", "kubernetes-pod-monitoring"}  # nobody's, without a runtime


def opened(path: str, flags: int = 0) -> tuple[str, str, str]:
    return f"{NR['openat']} i-100 s{path} i{flags} i0", "security_file_open", path


def connected(port: int) -> tuple[str, str, str]:
    address = f"x0200{port:04x}7f000001{0:016x}"
    return f"{NR['connect']} r {address} i16", "security_socket_connect", str(port)


def ran(path: str) -> tuple[str, str, str]:
    return f"{NR['execve']} s{path} [ s{path} s--version ] [ ]", "sched_process_exec", path


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the detector says of its signatures."""
    path = tmp_path_factory.mktemp("signatures") / "listed.json"
    detector = [sys.executable, "-P", "-m", "detector", "--list", "--output", "json"]
    path.write_bytes(subprocess.run(detector, check=True, capture_output=True).stdout)
    return path


@pytest.fixture(scope="module")
def watched(listed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collecting]:
    """A collector with all of them, and a policy that sees ends beside."""
    folder = tmp_path_factory.mktemp("watched")
    running = Collecting(
        folder, "--policy", str(EXAMPLES), "--signatures", str(listed),
        "--events", "sched_process_exit,getppid",
    )  # fmt: skip
    yield running
    running.kill()


def names(
    watched: Collecting, program: Path, case: tuple[str, str, str], *before: str,
    comm: str = "pt-call", contained: bool = False, where: Path | None = None, seen: bool = True,
) -> set[str]:  # fmt: skip
    """The policies of the event that a trigger causes, called so, in a container or not."""
    step, event, said = case
    if where:
        program = Path(shutil.copy(program, where / comm))
    with container(contained) as group:
        process = start(program, "wait", *before, step)
        waits(process.pid)
        if group:
            (group / "cgroup.procs").write_text(str(process.pid))
        done = finish(process)
        watched.of(done.pid)
    found = [one for one in watched.recording.of(done.pid, event) if said in told(one)]
    assert bool(found) is seen
    return {name for one in found for name in one.policy_names}


def told(event: Event) -> set[str]:
    """What a case may say of an event: a path, or a port."""
    data = event.data()
    return {str(data.get("pathname", "")), (data.get("remote_addr") or {}).get("sin_port", "")}


SOCKET = f"{NR['socket']} i2 i1 i0"
AUDITED = {"compliance-audit", "host-monitoring", "pci-dss-file-access", *EVERYBODY_S}


@needs_kernel
def test_files_on_the_host(watched: Collecting, program: Path) -> None:
    shadow = names(watched, program, opened("/etc/shadow"))
    assert shadow == AUDITED | {"sensitive-files-monitor"}
    assert names(watched, program, opened("/etc/passwd")) == AUDITED
    written = names(watched, program, opened("/etc/passwd", RDWR))
    assert written == AUDITED | {"sensitive-files-monitor"}
    group = names(watched, program, opened("/etc/group"))
    assert group == {"host-monitoring", "pci-dss-file-access", *EVERYBODY_S}
    assert names(watched, program, opened("/dev/null")) == EVERYBODY_S


@needs_kernel
def test_calls_by_the_first_policy_that_the_manual_has(watched: Collecting, program: Path) -> None:
    inside, outside = "/tmp/pt-no-such-file", "/pt-no-such-file"
    step = opened(inside)[0]
    assert "my-policy" in names(watched, program, (step, "openat", inside))
    step = opened(outside)[0]
    assert names(watched, program, (step, "openat", outside), seen=False) == set()


@needs_kernel
def test_what_users_do(watched: Collecting, program: Path) -> None:
    other = f"{NR['setresuid']} i65534 i65534 i65534"
    assert names(watched, program, opened("/etc/hostname"), other) == {
        "host-monitoring", "user-activity-audit", *EVERYBODY_S,
    }  # fmt: skip
    assert "user-activity-audit" in names(watched, program, ran("/usr/bin/env"), other)
    assert "user-activity-audit" not in names(watched, program, ran("/usr/bin/env"))


@needs_kernel
def test_a_shell_that_connects(watched: Collecting, program: Path, tmp_path: Path) -> None:
    found = names(watched, program, connected(9), SOCKET, comm="bash", where=tmp_path)
    assert found == {"compliance-audit", "reverse-shell-detection", *EVERYBODY_S}
    assert names(watched, program, connected(9), SOCKET) == {"compliance-audit", *EVERYBODY_S}


@needs_kernel
@pytest.mark.skipif(hierarchy() is None, reason="there is no version 2 hierarchy")
def test_what_containers_do(watched: Collecting, program: Path) -> None:
    def contained(case: tuple[str, str, str], *before: str) -> set[str]:
        return names(watched, program, case, *before, contained=True)

    ports = {4444: "container-anomaly-detection", 3333: "crypto-mining-detection", 9: ""}
    for port, policy in ports.items():
        found = contained(connected(port), SOCKET)
        assert found & set(ports.values()) == {policy} - {""}, port
    assert "container-anomaly-detection" in contained(ran("/usr/bin/env"))
    assert "host-monitoring" not in contained(ran("/usr/bin/env"))
    assert "container-escape-detection" in contained(ran("/usr/bin/nsenter"))
    assert not PODS_S & contained(ran("/usr/bin/env"))
    assert "container-anomaly-detection" not in names(watched, program, ran("/usr/bin/env"))


@needs_kernel
@pytest.mark.skipif(hierarchy() is None, reason="there is no version 2 hierarchy")
def test_what_signatures_judge(watched: Collecting, program: Path, tmp_path: Path) -> None:
    release = tmp_path / "notify_on_release"
    release.touch()
    found = names(watched, program, opened(str(release), RDWR), contained=True)
    assert {"minimal-monitoring", "container-escape-detection"} <= found
    traced = (f"{NR['ptrace']} i0 i0 i0 i0", "ptrace", "")
    assert names(watched, program, traced) == EVERYBODY_S


def test_pods(listed: Path) -> None:
    """What a runtime says of a container is not asked yet; who is meant is decided all the same."""
    complaints: list[str] = []
    found = load([EXAMPLES], Names(read(listed)), MACHINE, complaints)
    assert complaints == []
    by_name: dict[str, Policy] = {one.name: one for one in found}
    pod = Subject(container_id="c1", pod_namespace="production", pod_name="nginx-7f")
    other = Subject(container_id="c2", pod_namespace="production", pod_name="db-0")
    elsewhere = Subject(container_id="c3", pod_namespace="test", pod_name="nginx-7f")
    for name, whose in (
        ("kubernetes-pod-monitoring", [True, False, False, False]),
        ("production-containers", [True, True, False, False]),
    ):
        asked = in_scope(by_name[name].scope)
        assert [asked(one) for one in (pod, other, elsewhere, Subject())] == whose


def test_every_example_is_one_of_these() -> None:
    """None is there without a test above."""
    source = Path(__file__).read_text()
    complaints: list[str] = []
    found = load([EXAMPLES], Names(), MACHINE, complaints)
    assert [one.name for one in found if one.name not in source] == []
    assert len(found) == 14
