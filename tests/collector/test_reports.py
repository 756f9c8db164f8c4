# SPDX-License-Identifier: Apache-2.0
"""`collector --events list` and `collector doctor`: all events, and the truth of this machine."""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collector.reports import machine
from collector.reports.availability import Availability
from collector.reports.listing import lines
from pytracee.service.capabilities import effective
from schemas.event_type import Probe
from schemas.events import BY_NAME, CATALOGUE
from tests.collecting import COLLECTOR


def printed(*words: str) -> str:
    done = subprocess.run([*COLLECTOR, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def report() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(printed("doctor", "--output", "json"))
    return found


def test_the_list_has_a_line_for_every_event_in_columns() -> None:
    rows = printed("--events", "list").splitlines()
    assert [row.split()[0] for row in rows] == [event.name for event in CATALOGUE]
    begins = {row.index(",".join(BY_NAME[row.split()[0]].sets)) for row in rows}
    assert len(begins) == 1
    assert all(row.split(None, 2)[2] for row in rows)


def test_the_list_and_the_report_agree(report: Mapping[str, Any]) -> None:
    listed = json.loads(printed("--events", "list", "--output", "json"))
    assert [one["name"] for one in report["events"]] == [one["name"] for one in listed]
    for one in listed:
        places = [probe.place for probe in BY_NAME[one["name"]].probes]
        assert (one["probe"] in places) is not bool(one["unavailable"])


def test_a_reason_is_said_once() -> None:
    event = BY_NAME["getppid"]
    found = Availability(event, None, {"a": "no kprobes", "b": "no kprobes", "c": "no trace"})
    assert lines([found]) == [f"getppid  {','.join(event.sets)}  not here: no kprobes; no trace"]
    there = Availability(event, Probe("tp_btf/sys_exit", ()), {})
    assert lines([there])[0].endswith("  tp_btf/sys_exit")


def test_the_report_says_what_the_machine_says(report: Mapping[str, Any]) -> None:
    assert report["kernel"]["release"].startswith(platform.release())
    assert report["versions"]["python"].startswith(platform.python_version())
    assert sys.executable in report["versions"]["python"]
    settings = "kernel/unprivileged_bpf_disabled"
    assert report["kernel"][settings] == Path(f"/proc/sys/{settings}").read_text().strip()
    assert set(report["mounts"]) >= {"tracefs", "bpf", "securityfs", "cgroup2"}
    if effective() >> 21 & 1:
        assert report["privileges"]["enough"] == "yes"
        assert "programs in" in report["loading"]["tried"]


def test_the_report_as_text_names_what_is_missing(report: Mapping[str, Any]) -> None:
    text = printed("doctor")
    for title in ("versions", "kernel", "privileges", "mounts", "container runtimes", "features"):
        assert f"\n{title}\n" in f"\n{text}"
    for one in report["events"]:
        if one["unavailable"]:
            assert f"  {one['name']} " in text


def test_without_privilege_the_report_says_so_and_goes_on() -> None:
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--reuid=65534", "--clear-groups"]
    done = subprocess.run(
        [*drop, *COLLECTOR, "doctor"], capture_output=True, text=True, check=False
    )
    if "setpriv" in done.stderr:
        pytest.skip(done.stderr)
    if done.returncode and re.search("Permission|No module named collector", done.stderr):
        pytest.skip("this tree cannot be read by others than its owner")
    assert done.returncode == 0, done.stderr
    assert "no privilege to load kernel programs" in done.stdout


def test_a_kernel_whose_configuration_is_not_to_be_had() -> None:
    assert "configuration" in machine.configuration([])
    found = machine.configuration(["CONFIG_BPF_SYSCALL=y", "# CONFIG_MODULES is not set"])
    assert (found["CONFIG_BPF_SYSCALL"], found["CONFIG_MODULES"]) == ("y", "n")


def test_a_wrong_option_of_the_report() -> None:
    words = [*COLLECTOR, "doctor", "--output", "xml"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
