# SPDX-License-Identifier: Apache-2.0
"""`collector --explain`: the plan in words, without privilege and with nothing loaded."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from collector.choosing.awaited import AWAITED
from collector.loading.plan import decide
from collector.reports.explaining import explain
from tests.choosing.writing import policy
from tests.collecting import COLLECTOR, ROOT

POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


def explained(*options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*POWERLESS, *COLLECTOR, "--explain", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_each_event_has_its_probe_its_policies_and_its_filters() -> None:
    plan = decide([policy(["ptrace"], ["uid=0"], ["retval<0"])], lambda _: "")
    made = explain(plan)
    assert str(made).startswith("policy default (bit 0): uid=0 [kernel: scope_values]\nptrace: ")
    (event,) = made.events
    assert (event.name, event.policies, event.rules[0].filters[0].text) == (
        "ptrace", "0x1", "retval<0",
    )  # fmt: skip
    assert event.programs == plan.probes[plan.policies[0].events[0]].programs


def test_what_the_kernel_lacks_is_told() -> None:
    plan = decide([policy(["ptrace"])], lambda _: "no such thing")
    assert "ptrace: not to be had here: no such thing" in str(explain(plan))


@pytest.mark.skipif(not Path("/sys/kernel/btf/vmlinux").exists(), reason="needs a kernel with BTF")
def test_it_needs_no_privilege_and_loads_nothing() -> None:
    name = min(AWAITED)
    done = explained("-e", f"ptrace,{name}", "-o", "json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert [event["name"] for event in made["events"]] == ["ptrace"]
    assert made["policies"][0]["waiting"] == [name]
    assert f"{name} is not there yet: the rule waits for it" in done.stderr
    assert "without privilege some probes cannot be tried" in done.stderr


def test_complaints_are_the_same_as_without_it() -> None:
    done = explained("-e", "ptrce", "-s", "pdi=1", "-f", "retval<x")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 3
    assert done.stdout == ""
