# SPDX-License-Identifier: Apache-2.0
"""What is decided before anything is done."""

from collections.abc import Callable

from collector.loading.calls import Place, Taken
from collector.loading.plan import CONTEXT_PROGRAMS, Policy, decide, without
from schemas.event_type import EventType, Probe
from schemas.events import BY_NAME, CATALOGUE


def policy(name: str, *events: str) -> Policy:
    return Policy(name, tuple(BY_NAME[event] for event in events))


def lacks(*places: str) -> Callable[[Probe], str]:
    return lambda probe: f"no {probe.place}" if probe.place in places else ""


BOTH = EventType(
    9000, "both", "Has two probes.", ("x",), (),
    (Probe("lsm/best", ("a/on_best",)), Probe("tp_btf/next", ("b/on_next",))),
)  # fmt: skip


def test_the_first_probe_that_the_kernel_has_is_taken() -> None:
    policies = [Policy("p", (BOTH,))]
    assert decide(policies, lacks()).probes[BOTH].place == "lsm/best"
    plan = decide(policies, lacks("lsm/best"))
    assert plan.probes[BOTH].place == "tp_btf/next"
    assert plan.unavailable == {}
    assert "b/on_next" in plan.programs
    assert "a/on_best" not in plan.programs


def test_an_event_with_no_probe_left_is_named_with_all_reasons_and_the_others_stay() -> None:
    plan = decide([Policy("p", (BOTH, BY_NAME["ptrace"]))], lacks("lsm/best", "tp_btf/next"))
    assert plan.unavailable == {"both": "no lsm/best; no tp_btf/next"}
    assert [event.name for event in plan.asked] == ["ptrace"]


def test_policies_are_bits_in_their_order() -> None:
    plan = decide([policy("a", "ptrace", "open"), policy("b", "ptrace")], lacks())
    assert {event.name: bits for event, bits in plan.asked.items()} == {"ptrace": 3, "open": 1}


def test_only_what_is_needed_is_loaded() -> None:
    assert "syscalls/on_sys_exit" not in decide([policy("p", "cgroup_mkdir")], lacks()).programs
    plan = decide([policy("p", "ptrace")], lacks())
    assert "syscalls/on_sys_exit" in plan.programs
    assert "syscalls/on_sys_enter" not in plan.programs
    assert plan.programs >= CONTEXT_PROGRAMS


def test_a_refused_program_costs_its_events_only() -> None:
    before = decide([policy("p", "execve", "ptrace", "sched_process_exec")], lacks())
    plan = without(before, {"syscalls/on_sys_enter": "the verifier's words"}, lacks())
    assert plan.unavailable == {"execve": "syscalls/on_sys_enter: the verifier's words"}
    assert {event.name for event in plan.asked} == {"ptrace", "sched_process_exec"}
    assert "syscalls/on_sys_enter" not in plan.programs


def test_rows_of_the_call_table() -> None:
    rows = decide([policy("p", "ptrace")], lacks()).calls(CATALOGUE, "x86_64")
    assert {place: row.event.name for place, row in rows.items()} == {
        Place(101, compat=False): "ptrace",
        Place(26, compat=True): "ptrace",
    }
    rows = decide([policy("p", "ptrace")], lacks()).calls(CATALOGUE, "aarch64")
    assert rows.keys() == {Place(117, compat=False)}


def test_calls_that_open_files_are_in_the_table_for_security_file_open() -> None:
    rows = decide([policy("p", "security_file_open")], lacks()).calls(CATALOGUE, "x86_64")
    assert {row.event.name for row in rows.values()} == {"open", "openat", "openat2"}
    assert all((row.policies, row.opened) == (0, 1) for row in rows.values())


def test_calls_are_kept_from_entry_for_the_check_of_a_program() -> None:
    rows = decide([policy("p", "security_bprm_check")], lacks()).calls(CATALOGUE, "x86_64")
    assert {row.event.name for row in rows.values()} == {"execve", "execveat"}
    assert all(row.taken is Taken.FROM_ENTRY and not row.policies for row in rows.values())


def test_every_program_that_a_probe_names_is_one_of_an_object_and_the_other_way() -> None:
    from collector.loading.libbpf import Object
    from tests.collecting import ROOT

    there = {
        f"{path.name.removesuffix('.bpf.o')}/{name}"
        for path in (ROOT / "collector/objects").glob("*.bpf.o")
        for name in Object(path).programs
    }
    assert there == decide([Policy("all", CATALOGUE)], lacks()).programs
