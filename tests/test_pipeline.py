# SPDX-License-Identifier: Apache-2.0
"""Both processes together, as people use them: a pipe, a recording, a socket, one command."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import jsonschema
import pytest

from tests.collecting import needs_kernel, until

pytestmark = needs_kernel

GOLDEN = Path(__file__).parent / "golden"
COLLECTOR = f"{sys.executable} -P -m collector"
DETECTOR = f"{sys.executable} -P -m detector"
PYTRACEE = f"{sys.executable} -P -m pytracee"
Start = Callable[[str], "Pipeline"]
SCHEMA = Path(__file__).parents[1] / "schemas/event.schema.json"
VALID = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))


class Pipeline:
    """A shell's command line in a process group of its own, its outputs in files."""

    def __init__(self, command: str, folder: Path) -> None:
        self.folder = folder
        with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
            self.process = subprocess.Popen(
                ["bash", "-c", command], cwd=folder, stdout=out, stderr=err, start_new_session=True
            )

    def out(self) -> str:
        return (self.folder / "out").read_text()

    def err(self) -> str:
        return (self.folder / "err").read_text()

    def pids(self, package: str) -> list[int]:
        """Our processes `python -m PACKAGE` (the kernel's list: /proc)."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                ours = os.getsid(int(entry.name)) == self.process.pid
            except (OSError, ValueError):
                continue
            if ours and words[2:4] == [b"-m", package.encode()]:
                found.append(int(entry.name))
        return found

    def provoke(self, act: Callable[[], object], seen: Callable[[], bool]) -> None:
        """Do it again and again until it is seen: the pipeline takes a second to be ready."""

        def attempt() -> bool | None:
            act()
            time.sleep(0.2)
            assert self.process.poll() is None, self.err()
            return seen() or None

        until(attempt, f"the pipeline to see it ({self.err()})")

    def interrupt(self) -> int:
        """Ctrl-C in its terminal: SIGINT to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[Pipeline] = []

    def begin(command: str) -> Pipeline:
        begun.append(Pipeline(command, tmp_path))
        return begun[-1]

    yield begin
    for one in begun:
        one.kill()


def _holds(file: Path, text: str) -> bool:
    return text in file.read_text()


def strace_ls() -> None:
    subprocess.run(["strace", "ls"], capture_output=True, check=True)


def test_the_guides_demonstration_to_the_letter(start: Start) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    running = start(f"{COLLECTOR} | {DETECTOR}")
    golden = (GOLDEN / "anti_debugging.txt").read_text()
    pattern = re.escape(golden).replace(r"\{time\}", r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
    pattern = pattern.replace(r"\{host\}", re.escape(socket.gethostname()))
    running.provoke(strace_ls, lambda: re.search(pattern, running.out()) is not None)
    running.interrupt()
    found = re.search(pattern, running.out())
    assert found is not None
    at = datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert before <= at <= datetime.now(UTC)
    assert re.search(r"^collector: events \d+, lost 0, dropped 0$", running.err(), re.MULTILINE)
    assert re.search(r"^detector: events \d+, .*findings [1-9]", running.err(), re.MULTILINE)
    assert "Traceback" not in running.err()
    assert "cut" not in running.err()


def test_execve_shows_the_caller_and_what_it_called(start: Start) -> None:
    running = start(f"{COLLECTOR} --events execve --scope comm=bash --output table")
    script = "/bin/ls -d /proc/self; true"
    pattern = (
        r"^\d\d:\d\d:\d\d:\d{6} +0 +bash +(\d+) +\1 +0 +execve +(?:host +)?pathname: /bin/ls, "
    )
    pattern += r"argv: \[/bin/ls -d /proc/self\]$"
    running.provoke(
        lambda: subprocess.run(["bash", "-c", script], capture_output=True, check=True),
        lambda: re.search(pattern, running.out(), re.MULTILINE) is not None,
    )
    header = running.out().splitlines()[0].replace("CONTAINER", "").split()
    assert header == ["TIME", "UID", "COMM", "PID", "TID", "RET", "EVENT", "ARGS"]
    assert running.interrupt() == 0


def test_only_what_the_signatures_select(start: Start) -> None:
    running = start(f"{COLLECTOR} --events $({DETECTOR} --list-events) | {DETECTOR} --output json")
    running.provoke(strace_ls, lambda: '"TRC-2"' in running.out())
    running.interrupt()
    findings = [json.loads(line) for line in running.out().splitlines()]
    assert {found["Context"]["processName"] for found in findings} >= {"strace"}


def test_one_command_does_it_all(start: Start) -> None:
    running = start(PYTRACEE)
    row = r"^\S+ +0 +strace +\d+ +\d+ +0 +anti_debugging"
    running.provoke(strace_ls, lambda: re.search(row, running.out(), re.MULTILINE) is not None)
    assert running.interrupt() == 0
    assert "Traceback" not in running.err()


def test_one_command_shows_events_and_findings_as_events(start: Start) -> None:
    running = start(f"{PYTRACEE} --events execve,anti_debugging --scope comm=strace -o json:found")
    found = running.folder / "found"
    running.provoke(strace_ls, lambda: found.exists() and '"anti_debugging"' in found.read_text())
    assert running.interrupt() == 0
    assert not running.out()
    lines = [json.loads(line) for line in found.read_text().splitlines()]
    by_name = {line["eventName"]: line for line in lines}
    assert by_name.keys() == {"execve", "anti_debugging"}
    assert {line["processName"] for line in lines} == {"strace"}
    assert by_name["anti_debugging"]["metadata"]["ID"] == "TRC-2"
    assert "metadata" not in by_name["execve"]
    for line in lines:
        VALID.validate(line)


def test_one_command_tells_only_findings_if_asked(start: Start) -> None:
    running = start(
        f"{PYTRACEE} --events all-signatures,execve --output option:detect-only --output json"
    )
    running.provoke(strace_ls, lambda: '"anti_debugging"' in running.out())
    assert running.interrupt() == 0
    assert all("metadata" in json.loads(line) for line in running.out().splitlines())


POLICY = """
apiVersion: tracee.aquasec.com/v1beta1
kind: Policy
metadata:
  name: {name}
  annotations:
    description: one of two
spec:
  scope: [comm=strace]
  rules: [{{event: {event}}}]
"""


def test_a_policy_names_signatures_and_its_name_is_on_what_they_find(
    start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    for name, event in {"debugged": "anti_debugging", "started": "execve"}.items():
        (folder / f"{name}.yaml").write_text(POLICY.format(name=name, event=event))
    running = start(f"{PYTRACEE} --policy {folder} --output json")
    running.provoke(strace_ls, lambda: '"anti_debugging"' in running.out())
    assert running.interrupt() == 0
    lines = [json.loads(line) for line in running.out().splitlines()]
    assert {(line["eventName"], *line["matchedPolicies"]) for line in lines} == {
        ("anti_debugging", "debugged"),
        ("execve", "started"),
    }


def test_a_name_that_does_not_exist_is_told_with_the_nearest(start: Start) -> None:
    running = start(f"{PYTRACEE} --events anti_debuging")
    assert running.process.wait(30) == 2
    assert "no event, set or signature is named 'anti_debuging' (did you mean" in running.err()
    assert len(running.out().splitlines()) <= 1  # the table's header may be there already


def test_what_is_wrong_with_outputs_is_told_before_anything_starts(start: Start) -> None:
    running = start(f"{PYTRACEE} --output xml --output option:colour")
    assert running.process.wait(30) == 2
    assert [line.split(":")[1].strip() for line in running.err().splitlines()] == [
        "--output xml",
        "--output option",
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_anything_is_ready_ends_it_all(
    number: signal.Signals, start: Start
) -> None:
    running = start(f"exec {PYTRACEE}")
    until(lambda: running.pids("detector") or None, "its first child")
    running.process.send_signal(number)
    assert running.process.wait(30) == 128 + number
    until(lambda: not (running.pids("collector") + running.pids("detector")) or None, "their end")
    assert not running.out()
    assert "Traceback" not in running.err()


def test_what_the_collector_refuses_is_told_once(start: Start) -> None:
    running = start(f"{PYTRACEE} --scope foo=1")
    assert running.process.wait(30) == 2
    assert running.err().startswith("collector: --scope foo=1: no scope is named 'foo'")
    assert running.err().count("\n") == 1


def test_a_terminated_front_end_ends_both(start: Start) -> None:
    running = start(f"exec {PYTRACEE}")
    running.provoke(strace_ls, lambda: "anti_debugging" in running.out())
    running.process.terminate()
    assert running.process.wait(30) == 0
    assert re.search(r"^collector: events \d+, lost 0", running.err(), re.MULTILINE)
    assert re.search(r"^detector: events \d+, ", running.err(), re.MULTILINE)


def test_a_killed_front_end_leaves_nothing_behind(start: Start) -> None:
    running = start(f"exec {PYTRACEE}")
    running.provoke(strace_ls, lambda: "anti_debugging" in running.out())
    assert running.pids("collector")
    assert running.pids("detector")
    running.process.kill()
    running.process.wait()
    until(lambda: not (running.pids("collector") + running.pids("detector")) or None, "their end")


def test_a_recording_gives_the_findings_of_the_live_run(start: Start, tmp_path: Path) -> None:
    running = start(f"{COLLECTOR} --output msgpack --record today.rec | {DETECTOR} --output json")
    running.provoke(strace_ls, lambda: '"TRC-2"' in running.out())
    running.interrupt()
    offline = subprocess.run(
        [*DETECTOR.split(), "today.rec", "--output", "json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert offline.stdout == running.out()
    assert (tmp_path / "today.rec").stat().st_mode & 0o777 == 0o600


def test_a_socket_serves_one_detector_after_another(start: Start, tmp_path: Path) -> None:
    running = start(f"{COLLECTOR} --output msgpack:unix:events.sock")
    until(lambda: (tmp_path / "events.sock").exists() or None, "the socket")
    command = [*DETECTOR.split(), "--input", "unix:events.sock", "--output", "json"]
    for number in range(2):
        found = tmp_path / f"found{number}"
        with (
            found.open("w") as file,
            subprocess.Popen(command, cwd=tmp_path, stdout=file) as detector,
        ):
            running.provoke(strace_ls, partial(_holds, found, '"TRC-2"'))
            detector.terminate()
            assert detector.wait(30) == 0
    assert running.interrupt() == 0
    assert not (tmp_path / "events.sock").exists()


def test_a_detector_that_goes_ends_the_collector_quietly(start: Start) -> None:
    running = start(f"({COLLECTOR} --events execve; echo status $? >&2) | head -c 1")
    until(lambda: "status" in running.err() or None, "the collector's end")
    assert re.fullmatch(r"collector: events \d+, lost \d+, dropped \d+\nstatus 0\n", running.err())


def test_what_the_demonstrations_need_is_here() -> None:
    assert shutil.which("strace")
    assert shutil.which("bash")
