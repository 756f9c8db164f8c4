# SPDX-License-Identifier: Apache-2.0
"""What is decided before anything is done."""

from collections.abc import Callable

import pytest

import collector.loading.plan as plans
from collector.choosing.grammar import option
from collector.choosing.policy import Policy, Rule, Scope
from collector.choosing.scope import parse
from collector.loading.calls import CHAIN_MAX, Call, Place, Taken, places
from collector.loading.filters import EVENT_TESTS
from collector.loading.halves import TESTS_MAX, check_room
from collector.loading.plan import CONTEXT_PROGRAMS, OPTIONAL_PROGRAMS, Plan, decide
from pytracee.service.errors import OperatorError
from schemas.event_type import FOLLOWERS, LEADERS, EventType, Probe, around
from schemas.events import BY_NAME, CATALOGUE


def policy(name: str, *events: str | EventType) -> Policy:
    types = (BY_NAME[event] if isinstance(event, str) else event for event in events)
    return Policy(name, tuple(map(Rule, types)))


def lacks(*places: str) -> Callable[[Probe], str]:
    return lambda probe: f"no {probe.place}" if probe.place in places else ""


BOTH = EventType(
    9000, "both", "Has two probes.", ("x",), (),
    (Probe("lsm/best", ("on_best",)), Probe("tp_btf/next", ("on_next",))),
)  # fmt: skip


def test_the_first_probe_that_the_kernel_has_is_taken() -> None:
    policies = [policy("p", BOTH)]
    assert decide(policies, lacks()).probes[BOTH].place == "lsm/best"
    plan = decide(policies, lacks("lsm/best"))
    assert plan.probes[BOTH].place == "tp_btf/next"
    assert plan.unavailable == {}
    assert "on_next" in plan.programs
    assert "on_best" not in plan.programs


def test_an_event_with_no_probe_left_is_named_with_all_reasons_and_the_others_stay() -> None:
    plan = decide([policy("p", BOTH, "ptrace")], lacks("lsm/best", "tp_btf/next"))
    assert plan.unavailable == {"both": "no lsm/best; no tp_btf/next"}
    assert [event.name for event in plan.asked] == ["ptrace"]


def test_policies_are_bits_in_their_order() -> None:
    plan = decide([policy("a", "ptrace", "open"), policy("b", "ptrace")], lacks())
    assert {event.name: bits for event, bits in plan.asked.items()} == {"ptrace": 3, "open": 1}


def test_only_what_is_needed_is_loaded() -> None:
    assert "on_sys_exit" not in decide([policy("p", "cgroup_mkdir")], lacks()).programs
    plan = decide([policy("p", "ptrace")], lacks())
    assert "on_sys_exit" in plan.programs
    assert "on_sys_enter" not in plan.programs
    assert plan.programs >= CONTEXT_PROGRAMS


def test_a_refused_program_costs_its_events_only() -> None:
    policies = [policy("p", "execve", "ptrace", "sched_process_exec")]
    plan = decide(policies, lacks(), {"on_sys_enter": "the verifier's words"})
    assert plan.unavailable == {"execve": "on_sys_enter: the verifier's words"}
    assert {event.name for event in plan.asked} == {"ptrace", "sched_process_exec"}
    assert "on_sys_enter" not in plan.programs


def selected(plan: Plan, machine: str) -> dict[Place, Call]:
    """Rows of the table of system calls that are not just there to be known by."""
    rows = plan.calls(CATALOGUE, machine)
    return {at: row for at, row in rows.items() if row.policies or row.after or row.taken}


def test_rows_of_the_call_table() -> None:
    plan = decide([policy("p", "ptrace")], lacks())
    assert {place: row.event.name for place, row in selected(plan, "x86_64").items()} == {
        Place(101, compat=False): "ptrace",
        Place(26, compat=True): "ptrace",
    }
    assert selected(plan, "aarch64").keys() == {Place(117, compat=False)}


def test_every_call_is_in_the_table() -> None:
    rows = decide([policy("p", "ptrace")], lacks()).calls(CATALOGUE, "x86_64")
    on_arm64_only = {e for e in CATALOGUE if e.numbers and not any(places(e, "x86_64"))}
    assert {row.event for row in rows.values()} == {
        event for event in CATALOGUE if event.numbers
    } - on_arm64_only


def test_calls_that_tell_of_another_event_go_on_with_its_follower() -> None:
    hooks = {"lsm/file_open", "fentry/security_file_open", "kprobe/security_file_open"}
    plan = decide([policy("p", "security_file_open")], lacks(*hooks))
    [(name, place)] = plan.followers.items()
    assert (name, place > 0) == ("after_open", True)
    rows = selected(plan, "x86_64").values()
    assert {row.event.name for row in rows} == {"open", "openat", "openat2", "creat"}
    assert all((row.policies, row.after, row.followers) == (0, 1, bytes([place])) for row in rows)


def test_a_program_has_the_same_place_in_every_plan() -> None:
    """As it is called by its place, while one plan follows another."""
    hooks = lacks(*(probe.place for event in CATALOGUE for probe in event.probes[:-1]))
    everything = decide([policy("p", *(event.name for event in CATALOGUE))], hooks)
    assert len(set(everything.followers.values())) == len(everything.followers) > 1
    for event in CATALOGUE:
        one = decide([policy("p", event.name)], hooks)
        assert one.followers.items() <= everything.followers.items()
        assert one.leaders.items() <= everything.leaders.items()


def test_no_call_has_more_followers_or_leaders_than_a_row_has_places_for() -> None:
    chains: dict[str, set[str]] = {}
    for event in CATALOGUE:
        for probe in event.probes:
            assert not probe.calls or probe.leaders or probe.followers
            for call in probe.calls:
                assert BY_NAME[call].numbers
                chains.setdefault(f"before {call}", set()).update(probe.leaders)
                chains.setdefault(f"after {call}", set()).update(probe.followers)
    assert max(map(len, chains.values())) <= CHAIN_MAX


def test_a_call_goes_on_with_each_follower_that_an_event_of_its_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for prefix in (LEADERS, FOLLOWERS):
        places = {f"{prefix}told{at}": at + 1 for at in range(2)}
        monkeypatch.setitem(plans._PLACES, prefix, places)
    first, second = (
        EventType(9001 + at, f"told{at}", "Told.", ("x",), (), (around(f"told{at}", "open"),))
        for at in range(2)
    )
    plan = decide([policy("a", first, second), policy("b", second)], lacks())
    row = plan.calls(CATALOGUE, "x86_64")[Place(2, compat=False)]
    assert (row.before, row.leaders, row.after, row.followers) == (3, b"\1\2", 3, b"\1\2")


def test_calls_are_kept_from_entry_for_the_check_of_a_program() -> None:
    hooks = ("lsm/bprm_check_security", "fentry/security_bprm_check", "kprobe/security_bprm_check")
    plan = decide([policy("p", "security_bprm_check")], lacks(*hooks))
    rows = selected(plan, "x86_64").values()
    assert {row.event.name for row in rows} == {"execve", "execveat"}
    assert all(row.taken is Taken.FROM_ENTRY and not row.policies for row in rows)


def test_every_program_that_a_probe_names_is_there_and_the_other_way() -> None:
    from collector.loading.libbpf import Object
    from tests.collecting import ROOT

    there = set(Object(ROOT / "collector/objects/x86_64.bpf.o").programs)
    named = {name for event in CATALOGUE for probe in event.probes for name in probe.programs}
    assert there == named | CONTEXT_PROGRAMS | OPTIONAL_PROGRAMS


def test_there_is_room_for_the_tests_of_all_events() -> None:
    assert EVENT_TESTS * len(CATALOGUE) <= TESTS_MAX


def scope(text: str) -> Scope:
    return parse(option("--scope", [text]), [])


def test_more_values_than_the_kernel_has_room_for_are_a_mistake() -> None:
    """As many as fit are none; numbers and texts have a table each."""
    pids, paths = range(1, 1 << 17), range(1 << 16)
    few = (
        f"pid={','.join(map(str, pids[: 1 << 16]))}",
        f"exec={','.join(f'/x{n}' for n in paths[: 1 << 15])}",
    )
    for text in few:
        check_room(decide([Policy("p", (Rule(BY_NAME["ptrace"]),), scope(text))], lacks()))
    many = (f"pid={','.join(map(str, pids))}", f"exec={','.join(f'/x{n}' for n in paths)}")
    for text, words in zip(many, ("131,071 numbers", "65,536 texts"), strict=True):
        plan = decide([Policy("p", (Rule(BY_NAME["ptrace"]),), scope(text))], lacks())
        with pytest.raises(OperatorError, match=f"the policies name {words}.*name fewer"):
            check_room(plan)
