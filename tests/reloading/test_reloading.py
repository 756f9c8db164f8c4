# SPDX-License-Identifier: Apache-2.0
"""SIGHUP reads policies anew: mistakes that are told, programs that are attached, names."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel, until
from tests.headers import call_numbers
from tests.reloading.policies import document, parts, reload, write
from tests.service.test_privileges import NOBODY, in_the_open, is_whose

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
GETPPID, GETUID = f"{NR['getppid']}", f"{NR['getuid']}"
OURS = ("comm=pt-call",)
Begin = Callable[..., Collecting]
Run = Callable[..., Done]


def attached(pid: int) -> set[str]:
    """Names of the programs that a process's links hold, as the kernel tells them."""
    found = subprocess.run(["bpftool", "--json", "link"], capture_output=True, check=True)
    programs = subprocess.run(["bpftool", "--json", "prog"], capture_output=True, check=True)
    names = {one["id"]: one.get("name", "") for one in json.loads(programs.stdout)}
    ours = {one["prog_id"] for one in json.loads(found.stdout) if one["id"] in links(pid)}
    return {names[one] for one in ours}


def links(pid: int) -> set[int]:
    """Ids of the links that a process has open, from what /proc says of its descriptors."""
    texts = [one.read_text() for one in Path(f"/proc/{pid}/fdinfo").iterdir()]
    return {
        int(line.split()[1]) for text in texts for line in text.splitlines() if "link_id:" in line
    }


def named(events: list[Event], pid: int) -> list[tuple[str, list[str]]]:
    """Of a process's events the policies."""
    return [(one.name, one.policy_names) for one in events if one.task.host_pid == pid]


def test_a_mistake_is_told_with_its_place_and_changes_nothing(
    collector: Begin, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    write(folder / "one.yaml", document("one", OURS, "getppid"))
    running = collector("--policy", str(folder))
    write(folder / "two.yaml", document("two", OURS, "getppidd"))
    reload(running, "the policies stay as they were")
    told = running.stderr()
    assert f"{folder}/two.yaml:9:12: no event or set is named 'getppidd' (did you mean" in told
    done = run(GETPPID, GETUID)
    running.see(lambda seen: seen.of(done.pid) or None, "an event")
    (folder / "two.yaml").unlink()
    reload(running, "the policies are what they were")
    write(folder / "two.yaml", document("two", OURS, "getuid"))
    reload(running, "reloaded: 2 policies, 2 events")
    again = run(GETPPID, GETUID)
    running.see(lambda seen: len(seen.of(again.pid)) == 2 or None, "both events")
    running.stop()
    [(_, before), (_, after)] = parts(tmp_path / "collector0/recording")
    assert named(before, done.pid) == [("getppid", ["one"])]
    assert named(after, again.pid) == [("getppid", ["one"]), ("getuid", ["two"])]


def test_new_programs_are_attached_and_what_nobody_wants_is_detached(
    collector: Begin, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("calls", OURS, "getppid"))
    running = collector("--policy", str(path))
    pid = running.process.pid
    calls = attached(pid)
    assert "on_sys_exit" in calls
    for number in range(2):
        write(path, document("others", OURS, "do_exit" if number else "task_rename"))
        reload(running)
        others = attached(pid)
        assert "on_sys_exit" not in others
        assert others - calls
    write(path, document("calls", OURS, "getppid"))
    reload(running)
    assert attached(pid) == calls
    done = run(GETPPID)
    running.see(lambda seen: seen.of(done.pid, "getppid") or None, "an event")
    assert "lost 0, dropped 0" in running.stop()


@pytest.mark.parametrize("late", [False, True])
def test_filters_come_with_a_reload(late: bool, collector: Begin, run: Run, tmp_path: Path) -> None:
    """The kernel decides them, where the plan that it began with had some."""
    path = tmp_path / "policies.yaml"
    first = [] if late else ["data.pathname=*"]
    write(path, document("all", OURS, "openat", filters=first))
    running = collector("--policy", str(path))
    write(path, document("some", OURS, "openat", filters=["data.pathname=/etc/host*"]))
    reload(running)
    done = run(
        *(f"{NR['openat']} i-100 s{name} i0 i0" for name in ("/etc/hostname", "/etc/passwd"))
    )
    told = running.stop()
    events = running.recording.of(done.pid)
    assert [one.data()["pathname"] for one in events] == ["/etc/hostname"]
    assert ("filters are decided in user space" in told) == late
    where = re.search(r", filtered (\d+)(?: \((\d+) in the kernel\))?$", told, re.MULTILINE)
    assert where
    assert int(where[1]) > 0
    assert where[2] == (None if late else where[1])


def test_after_privileges_were_dropped(collector: Begin, run: Run, tmp_path: Path) -> None:
    """Nobody may read the policies, or enter their folder."""
    (tmp_path / "hold").mkdir()
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    write(folder / "one.yaml", document("one", OURS, "getppid"))
    (folder / "one.yaml").chmod(0o600)
    running = collector("--policy", str(folder), command=in_the_open(tmp_path / "hold"))
    assert is_whose(running.process.pid) == {str(NOBODY)}
    write(folder / "two.yaml", document("two", OURS, "security_file_open"))
    (folder / "two.yaml").chmod(0o600)
    reload(running, "reloaded: 2 policies")
    done = run(GETPPID, f"{NR['openat']} i-100 s/etc/hostname i0 i0")
    names = {"getppid", "security_file_open"}
    running.see(lambda seen: names <= {one.name for one in seen.of(done.pid)} or None, "events")
    write(folder / "one.yaml", "nonsense")
    reload(running, "the policies stay as they were")
    assert f"{folder}/one.yaml:1:1: " in running.stop()


def test_without_a_reload_files_alone_are_opened_anew(
    collector: Begin, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("one", OURS, "getppid"))
    running = collector("--policy", str(path), "--no-reload")
    recording = tmp_path / "collector0/recording"
    recording.rename(tmp_path / "moved")
    write(path, document("two", OURS, "getuid"))
    running.process.send_signal(signal.SIGHUP)
    until(lambda: recording.exists() or None, "a new recording")
    done = run(GETPPID, GETUID)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    [(hello, events)] = parts(recording)
    assert hello.policies == ("one",)
    assert [one.name for one in events if one.task.host_pid == done.pid] == ["getppid"]


def test_a_configuration_file_is_read_anew_too(collector: Begin, run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("events: [getppid]\nscope: [comm=pt-call]\n")
    running = collector("--config", str(config))
    config.write_text("events: [getuid]\nscope: [comm=pt-call]\nnonsense: 1\n")
    reload(running, "the policies stay as they were")
    assert f"--config {config}:3:1: there is no nonsense" in running.stderr()
    config.write_text("events: [getuid]\nscope: [comm=pt-call]\n")
    reload(running)
    done = run(GETPPID, GETUID)
    running.see(lambda seen: seen.of(done.pid) or None, "an event")
    running.stop()
    assert [one.name for one in running.recording.of(done.pid)] == ["getuid"]


def test_readers_see_the_names_of_their_time(collector: Begin, run: Run, tmp_path: Path) -> None:
    """A printer beside the recording, and the detector offline, also in several processes."""
    path = tmp_path / "policies.yaml"
    write(path, document("first", OURS, "ptrace"))
    shown = tmp_path / "shown.json"
    running = collector("--policy", str(path), "-o", f"json:{shown}")
    ptrace = f"{NR['ptrace']} i0 i0 i0 i0"
    one = run(ptrace)
    running.see(lambda seen: seen.of(one.pid) or None, "the first event")
    write(path, document("second", OURS, "getuid"), document("third", OURS, "ptrace"))
    reload(running)
    two = run(ptrace, GETUID)
    running.see(lambda seen: len(seen.of(two.pid)) == 2 or None, "the others")
    running.stop()
    lines = [json.loads(line) for line in shown.read_text().splitlines()]
    lines = [line for line in lines if line["hostProcessId"] in (one.pid, two.pid)]
    assert [(line["eventName"], line["matchedPolicies"]) for line in lines] == [
        ("ptrace", ["first"]), ("ptrace", ["third"]), ("getuid", ["second"]),
    ]  # fmt: skip
    recording = tmp_path / "collector0/recording"
    for more in ([], ["--jobs", "2"]):
        command = [sys.executable, "-m", "detector", "--output", "json", *more, str(recording)]
        found = subprocess.run(command, capture_output=True, check=True, text=True)
        findings = [json.loads(line) for line in found.stdout.splitlines()]
        contexts = [line["Context"] for line in findings]
        ours = [context for context in contexts if context["hostProcessId"] in (one.pid, two.pid)]
        assert [context["matchedPolicies"] for context in ours] == [["first"], ["third"]]
        assert ", errors 0" in found.stderr


def test_it_ends_also_while_it_reloads(collector: Begin, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("p", OURS, "getppid"))
    running = collector("--policy", str(path))
    done = run(GETPPID)
    write(path, document("p", OURS, "getppid", "security_file_open", "task_rename"))
    running.process.send_signal(signal.SIGHUP)
    time.sleep(0.1)  # it may have begun to load
    told = running.stop()
    assert "lost 0, dropped 0" in told
    assert len(running.recording.of(done.pid, "getppid")) == 1


@pytest.mark.parametrize("times", [3])
def test_a_hangup_while_it_reloads_is_not_forgotten(
    times: int, collector: Begin, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "policies.yaml"
    write(path, document("p", OURS, "getppid"))
    running = collector("--policy", str(path))
    for number in range(times):
        write(path, document(f"p{number}", OURS, "getppid", "security_file_open"))
        os.kill(running.process.pid, signal.SIGHUP)
    last = f"p{times - 1}"
    running.see(lambda seen: (seen.hello and last in seen.hello.policies) or None, "the last one")
    done = run(GETPPID)
    running.see(lambda seen: seen.of(done.pid) or None, "an event")
    running.stop()
    assert running.recording.of(done.pid, "getppid")[0].policy_names == [last]
