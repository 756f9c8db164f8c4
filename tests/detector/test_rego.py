# SPDX-License-Identifier: Apache-2.0
"""The shipped signatures: their own tests, and the events of their stories through the detector."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detector.opa.bundle import assemble
from detector.opa.source import read
from detector.rules import shipped
from schemas.events import sets
from schemas.stream.messages import Container, Hello, encode
from tests.recordings import TASK, batch, hello, record

FILES = sorted(path for path in shipped().glob("*.rego") if not path.name.endswith("_test.rego"))
SIGNATURES = [path for path in FILES if path.stem != "helpers"]
_HEAD = "tracee_match if {"


def own_tests(path: Path) -> Path:
    return path.with_name(f"{path.stem}_test.rego")


def opa_test(opa: Path, folder: Path, path: Path, change: Callable[[str], str] = str) -> list[str]:
    """Names of the failed tests of `path`, whose text is changed by `change` before.

    The bundle is the one that runs, with the test file beside.
    """
    made = assemble(opa, [shipped()], folder)
    assert not made.problems
    test = read(own_tests(path), shipped(), "d0")
    (folder / "bundle" / test.inside).write_text(test.text)
    mutated = folder / "bundle" / "d0" / path.name
    mutated.write_text(change(mutated.read_text()))
    command = [str(opa), "test", "--bundle", "--format=json", str(folder / "bundle")]
    done = subprocess.run(command, capture_output=True, check=False)
    results = json.loads(done.stdout)
    assert results, done.stderr.decode()
    return [result["name"] for result in results if result.get("fail") or result.get("error")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_own_tests_hold(opa: Path, tmp_path: Path, path: Path) -> None:
    assert not opa_test(opa, tmp_path, path)


@pytest.mark.parametrize("path", SIGNATURES, ids=lambda path: path.stem)
def test_its_own_tests_notice_a_signature_that_never_fires(
    opa: Path, tmp_path: Path, path: Path
) -> None:
    failed = opa_test(
        opa, tmp_path, path, lambda text: text.replace(_HEAD, f"{_HEAD}\n\tinput.never\n")
    )
    assert failed
    assert all("fires" in name for name in failed)


@pytest.mark.parametrize("path", SIGNATURES, ids=lambda path: path.stem)
def test_its_own_tests_notice_a_signature_that_always_fires(
    opa: Path, tmp_path: Path, path: Path
) -> None:
    failed = opa_test(opa, tmp_path, path, lambda text: f"{text}\ntracee_match if true\n")
    assert failed
    assert all("quiet" in name for name in failed)


#: id → events on which it fires, and events on which it stays quiet; raw, as the kernel gives them
STORIES: dict[str, tuple[list[bytes], list[bytes]]] = {
    "TRC-2": (
        [record("ptrace", {"request": 0, "pid": 0, "addr": 0, "data": 0})],
        [record("ptrace", {"request": 16, "pid": 7, "addr": 0, "data": 0}), record("ptrace")],
    ),
    "TRC-5": (
        [record("sched_process_exec", {"pathname": p}) for p in ("/memfd:x", "/dev/shm/x")],
        [record("sched_process_exec", {"pathname": p}) for p in ("/bin/ls", "memfd:runc_cloned")],
    ),
    "TRC-7": (
        [
            record("execve", {"pathname": "/bin/ls", "envp": ["A=1", "LD_PRELOAD=/tmp/x.so"]}),
            record("security_file_open", {"pathname": "/etc/ld.so.preload", "flags": 0o101}),
        ],
        [
            record("execve", {"pathname": "/bin/ls", "envp": ["A=1"]}),
            record("security_file_open", {"pathname": "/etc/ld.so.preload", "flags": 0}),
        ],
    ),
    "TRC-12": (
        [
            record("security_bprm_check", {"pathname": "/usr/bin/dash"},
                   task=TASK._replace(comm=b"nginx")),
        ],
        [record("security_bprm_check", {"pathname": "/usr/bin/dash"})],
    ),
}  # fmt: skip


def findings(
    detector: Callable[..., Any], tmp_path: Path, records: list[bytes], *before: Hello | Container
) -> list[dict[str, Any]]:
    stream = tmp_path / "recording"
    stream.write_bytes(b"".join(map(encode, (hello(), *before))) + batch(records))
    done = detector("--output", "json", stream)
    assert "errors 0" in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_signature_has_a_story(detector: Callable[..., Any]) -> None:
    listed = json.loads(detector("--list", "--output", "json").stdout)
    assert {one["ID"] for one in listed} == STORIES.keys()
    assert len(SIGNATURES) == len(STORIES)


def test_each_fires_on_its_story_and_is_quiet_on_the_other(
    detector: Callable[..., Any], tmp_path: Path
) -> None:
    fire = [(name, one) for name, (loud, _) in STORIES.items() for one in loud]
    quiet = [one for _, still in STORIES.values() for one in still]
    told = findings(detector, tmp_path, [one for _, one in fire] + quiet)
    assert sorted(one["SigMetadata"]["ID"] for one in told) == sorted(name for name, _ in fire)


def test_the_runtime_of_the_host_is_not_excused_in_a_container(
    detector: Callable[..., Any], tmp_path: Path
) -> None:
    runc = record("sched_process_exec", {"pathname": "/memfd:runc_cloned:/proc/self/exe"})
    container = Container(cgroup=TASK.cgroup_id, id="3f4ea2c9d5b1")
    assert not findings(detector, tmp_path, [runc])
    assert len(findings(detector, tmp_path, [runc], container)) == 1


def test_the_detection_set_is_what_they_select(detector: Callable[..., Any]) -> None:
    selected = detector("--list-events").stdout.strip().split(",")
    assert sorted(event.name for event in sets()["detection"]) == selected
