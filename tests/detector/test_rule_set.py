# SPDX-License-Identifier: Apache-2.0
"""The rule set as a whole: nothing missing, nothing twice, and each signature says what it is."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any

import pytest

from detector.rules import shipped
from schemas.events import BY_NAME, sets
from tests.detector.conftest import DETECTOR

#: id, other ids, event name: what Tracee v0.8.1 and today's Tracee ship, as far as it needs no
#: state, and beneath it what is ours
RULE_SET = """
TRC-2      TRC-102           anti_debugging
TRC-3      -                 code_injection
TRC-4      TRC-104           dynamic_code_loading
TRC-5      TRC-105           fileless_execution
TRC-6      TRC-1017          kernel_module_loading
TRC-7      TRC-107           ld_preload
TRC-8      TRC-108           k8s_service_account_token
TRC-9      TRC-1022          dropped_executable
TRC-10     TRC-1018          k8s_cert_theft
TRC-11     TRC-1014          disk_mount
TRC-12     TRC-1016          illegitimate_shell
TRC-14     TRC-1010          cgroup_release_agent
TRC-15     TRC-1030,DRV-002  syscall_hooking
TRC-103    -                 ptrace_code_injection
TRC-106    -                 cgroup_notify_on_release
TRC-109    -                 aslr_inspection
TRC-1011   -                 core_pattern_modification
TRC-1012   -                 default_loader_mod
TRC-1015   -                 hidden_file_created
TRC-1019   -                 docker_abuse
TRC-1020   -                 proc_fops_hooking
TRC-1021   -                 proc_kcore_read
TRC-1023   -                 proc_mem_access
TRC-1024   -                 proc_mem_code_injection
TRC-1025   -                 process_vm_write_inject
TRC-1026   -                 rcd_modification
TRC-1027   -                 scheduled_task_mod
TRC-1028   -                 sudoers_modification
TRC-1029   -                 sched_debug_recon
TRC-1031   -                 system_request_key_mod
DRV-003    -                 hooked_seq_ops_detector
PYT-1      -                 hidden_kernel_module_detector
PYT-2      -                 host_namespace_entry
PYT-3      -                 uid0_without_setuid
PYT-4      -                 container_escape
PYT-5      -                 privilege_escalation
"""

#: signatures of containers alone, all events of theirs
CONTAINERS_ONLY = {
    *("TRC-8", "TRC-9", "TRC-11", "TRC-14", "TRC-106", "TRC-1011"),
    *("TRC-1019", "TRC-1021", "TRC-1029", "TRC-1031", "PYT-2", "TRC-13"),
}


@pytest.fixture(scope="module")
def listed() -> list[dict[str, Any]]:
    """Every shipped signature as `detector --list` gives it."""
    command = [*DETECTOR, "--list", "--output", "json"]
    found: list[dict[str, Any]] = json.loads(subprocess.check_output(command))
    return found


def rows() -> list[tuple[str, list[str], str]]:
    """(id, aliases, event name) of each line of the table."""
    split = [line.split() for line in RULE_SET.strip().splitlines()]
    return [(one, [] if more == "-" else more.split(","), name) for one, more, name in split]


def aliases(signature: dict[str, Any]) -> list[str]:
    found: list[str] = signature["Properties"].get("aliases", [])
    return found


def test_every_row_is_there_once(listed: list[dict[str, Any]]) -> None:
    found = Counter((one["ID"], ",".join(aliases(one)), one["EventName"]) for one in listed)
    for name, others, event in rows():
        assert found[(name, ",".join(others), event)] == 1


def test_every_file_has_its_row() -> None:
    texts = (path.read_text() for path in shipped().glob("*.rego"))
    ids = [one for text in texts for one in re.findall(r'^\t"id": "(.*)",$', text, re.MULTILINE)]
    assert sorted(ids) == sorted(name for name, _, _ in rows())


def test_no_two_share_an_id_or_an_event_name(listed: list[dict[str, Any]]) -> None:
    ids = Counter(name for one in listed for name in (one["ID"], *aliases(one)))
    events = Counter(one["EventName"] for one in listed)
    assert max((ids | events).values()) == 1


def test_none_is_named_like_an_event_of_the_kernel(listed: list[dict[str, Any]]) -> None:
    assert not {one["EventName"] for one in listed} & BY_NAME.keys()


def test_none_selects_its_own_finding(listed: list[dict[str, Any]]) -> None:
    """Nor that of one which selects its: findings would feed themselves without end."""
    selects = {one["EventName"]: {event["Name"] for event in one["Events"]} for one in listed}
    TopologicalSorter(selects).prepare()  # raises CycleError


def test_umbrellas_select_signatures_that_are_there(listed: list[dict[str, Any]]) -> None:
    names = {one["EventName"] for one in listed}
    umbrellas = [one for one in listed if one["ID"] in ("TRC-3", "PYT-4", "PYT-5")]
    assert len(umbrellas) == 3
    for one in umbrellas:
        assert {event["Name"] for event in one["Events"]} < names


def test_origins(listed: list[dict[str, Any]]) -> None:
    inside = {
        one["ID"] for one in listed if {event["Origin"] for event in one["Events"]} == {"container"}
    }
    assert inside == CONTAINERS_ONLY


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_says_what_it_is(
    listed: list[dict[str, Any]], row: tuple[str, list[str], str]
) -> None:
    [one] = (one for one in listed if one["ID"] == row[0])
    said = one["Properties"]
    assert one["Name"]
    assert one["Description"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", one["Version"])
    assert said["Severity"] in range(5)
    assert re.fullmatch(r"attack-pattern--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", said["id"])
    technique = said["external_id"].replace(".", "/")
    assert said["references"][0] == f"https://attack.mitre.org/techniques/{technique}/"
    tactic, _, name = said["MITRE ATT&CK"].partition(": ")
    assert tactic.lower().replace(" ", "-") == said["Category"]
    # the guide gives this one, from before the technique had its name of today
    assert name == said["Technique"] or row[0] == "TRC-2"


def test_the_detection_set_is_what_they_select(detector: Callable[..., Any]) -> None:
    selected = detector("--list-events").stdout.strip().split(",")
    assert sorted(event.name for event in sets()["detection"]) == selected
