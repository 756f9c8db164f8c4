# SPDX-License-Identifier: Apache-2.0
"""`--events`: names, sets, wildcards, exclusions."""

import pytest

from collector.choosing.awaited import AWAITED
from collector.choosing.events import Chosen, Names, choose, rules
from collector.choosing.grammar import Written
from collector.choosing.signatures import Selected, Signature
from schemas.events import BY_NAME, CATALOGUE, sets
from tests.choosing.writing import wrong

EXECVE, OPEN = BY_NAME["execve"], BY_NAME["security_file_open"]
SIGNATURES = [
    Signature("one", ("one", "TRC-1"), (Selected(EXECVE, "*"), Selected(OPEN, "container"))),
    Signature("two", ("two", "TRC-2", "TRC-102"), (Selected(EXECVE, "*"), Selected(OPEN, "host"))),
]


def chosen(*texts: str, names: Names | None = None) -> Chosen:
    complaints: list[str] = []
    found = choose([Written(text, "--events") for text in texts], names or Names(), complaints)
    assert complaints == []
    return found


def names(*texts: str) -> list[str]:
    return [event.name for event in chosen(*texts).events]


def test_names_come_in_the_catalogues_order_and_once() -> None:
    assert names("ptrace,execve", "execve") == ["execve", "ptrace"]
    assert names("ptrace, execve") == ["execve", "ptrace"]


def test_a_set_is_its_events() -> None:
    assert names("containers") == [event.name for event in sets()["containers"]]
    assert {"cgroup_mkdir", "container_create"} <= set(names("containers"))
    assert names("all") == [event.name for event in CATALOGUE]


def test_wildcards() -> None:
    assert names("openat*") == ["openat", "openat2"]
    assert names("init_mod*", "*nit_module") == ["do_init_module", "init_module", "finit_module"]


def test_exclusions_take_away_names_sets_and_wildcards() -> None:
    assert names("openat*,-openat") == ["openat2"]
    others = [event.name for event in CATALOGUE if "syscalls" not in event.sets]
    assert names("all", "-syscalls", "-sched*") == [
        name for name in others if not name.startswith("sched")
    ]


def test_a_name_of_a_set_and_of_an_event_is_the_set_with_the_event() -> None:
    for name in ("time", "ipc"):
        assert name in names(name)
        assert names(name) == [event.name for event in sets()[name]]


@pytest.mark.parametrize("texts", [(), ("",), ("-ptrace",)])
def test_none_asked_is_the_default_and_what_the_signatures_need(texts: tuple[str, ...]) -> None:
    unasked = {event.name for name in ("default", "detection") for event in sets()[name]}
    assert set(names(*texts)) == unasked - {text[1:] for text in texts}


def test_all_unknown_names_are_told_with_their_nearest() -> None:
    complaints = wrong(["ptrce,execve", "-exceve", "zzz"])
    assert complaints[0].startswith("--events: no event or set is named 'ptrce' (did you mean ptra")
    assert "did you mean execve?" in complaints[1]
    assert len(complaints) == 3
    assert "did you mean" not in complaints[2]


def test_a_wildcard_that_fits_nothing_and_a_selection_of_nothing() -> None:
    assert "zzz*" in wrong(["zzz*"])[0]
    assert wrong(["ptrace,-ptrace"]) == ["--events: nothing is left of it: exclude less"]


def test_what_is_not_there_yet_is_waited_for() -> None:
    name = min(AWAITED)
    found = chosen(f"execve,{name}")
    assert found.events == (EXECVE,)
    assert found.waiting == (Written(name, "--events"),)
    assert chosen(name, f"-{name}").waiting == ()
    assert wrong([f"{name[:-1]}"]) != []


def test_nothing_is_waited_for_that_is_there() -> None:
    assert AWAITED & {*BY_NAME, *sets()} == set()


def test_an_event_goes_by_the_name_that_people_know() -> None:
    assert chosen("security_post_read_file") == chosen("security_kernel_post_read_file")


def test_a_signature_is_for_pytracee() -> None:
    (said,) = wrong(["anti_debugging"])
    assert (
        said
        == "--events: anti_debugging is a signature: use pytracee, which has them beside events"
    )
    assert "use pytracee" in wrong(["TRC-2"])[0]
    assert "use pytracee" in wrong(["all-signatures"])[0]


def test_signatures_are_chosen_beside_events() -> None:
    given = Names(SIGNATURES)
    found = chosen("ptrace,one", "TRC-102", names=given)
    assert [one.name for one in found.signatures] == ["one", "two"]
    assert [event.name for event in found.events] == ["ptrace"]
    assert chosen("all-signatures,-two", names=given).signatures == (SIGNATURES[0],)
    assert chosen("t*o", names=given).signatures == (SIGNATURES[1],)


def test_a_rule_for_what_is_shown_and_one_for_what_signatures_select() -> None:
    made = rules(chosen("execve,all-signatures", names=Names(SIGNATURES)), {})
    assert [(rule.event.name, rule.signatures, len(rule.filters)) for rule in made] == [
        ("execve", (), 0),
        ("execve", ("one", "two"), 0),
        ("security_file_open", ("one",), 1),
        ("security_file_open", ("two",), 1),
    ]
    assert [rule.filters[0].values for rule in made[2:]] == [(1,), (0,)]
