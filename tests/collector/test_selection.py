# SPDX-License-Identifier: Apache-2.0
"""`--events`: names, sets, wildcards, exclusions."""

import pytest

from collector.choosing.selection import select
from pytracee.service.errors import OperatorError
from schemas.events import CATALOGUE, sets


def names(*texts: str) -> list[str]:
    return [event.name for event in select(texts)]


def test_names_come_in_the_catalogues_order_and_once() -> None:
    assert names("ptrace,execve", "execve") == ["execve", "ptrace"]
    assert names("ptrace, execve") == ["execve", "ptrace"]


def test_a_set_is_its_events() -> None:
    assert names("containers") == ["cgroup_mkdir", "cgroup_rmdir"]
    assert names("all") == [event.name for event in CATALOGUE]


def test_wildcards() -> None:
    assert names("openat*") == ["openat", "openat2"]
    assert names("init_*", "*t_module") == ["init_module", "finit_module"]


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
    with pytest.raises(OperatorError) as raised:
        select(["ptrce,execve", "-exceve", "zzz"])
    complaints = raised.value.complaints
    assert "'ptrce' (did you mean ptrace?)" in complaints[0]
    assert len(complaints) == 3
    assert "did you mean" not in "".join(text for text in complaints if "zzz" in text)


def test_a_wildcard_that_fits_nothing_and_a_selection_of_nothing() -> None:
    with pytest.raises(OperatorError, match=r"zzz\*"):
        select(["zzz*"])
    with pytest.raises(OperatorError, match="nothing is left"):
        select(["ptrace,-ptrace"])
