# SPDX-License-Identifier: Apache-2.0
"""What is wrong on a kernel is told: by the verdict, by the page, by its notes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.events import CATALOGUE
from tests.collecting import Line, Recording
from tests.lab import page as page_module
from tests.lab.case import Case, NotHere, Outcome, Pairs, compare, verdict
from tests.lab.job import outcomes
from tests.lab.page import cases_of, complaints, page
from tests.lab.trial import CASES, Trial
from tests.lab.ways import WITHOUT, best

RIGHT = Trial(
    "1.2.3",
    1.5,
    {
        way: {event.name: probe.place for event in CATALOGUE if (probe := best(event, way))}
        for way in WITHOUT
    },
    {},
    {},
    dict.fromkeys(CASES, ""),
)


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[Recording]:
    """A recording without an event."""
    path = tmp_path / "recording"
    path.touch()
    found = Recording(path)
    yield found
    found.close()


def row(text: str, head: str) -> str:
    [found] = [line for line in text.splitlines() if line.startswith(f"| {head} |")]
    return found


def test_a_page_where_all_is_right() -> None:
    text = page([RIGHT, replace(RIGHT, release="4.5.6", load=2.25)])
    assert row(text, "event") == "| event | 1.2.3 | 4.5.6 |"
    assert row(text, "loading") == "| loading | 1.5 s | 2.2 s |"
    assert row(text, "`ptrace`") == "| `ptrace` | ✓ tp_btf/sys_exit | ✓ tp_btf/sys_exit |"
    assert "✗" not in text.partition("| event |")[2]
    assert "## Notes" not in text


def test_what_is_wrong_has_its_mark_and_its_note() -> None:
    [case, *_] = cases_of("ptrace")
    claimed = next(case for case in CASES if case.claim)
    wrong = replace(RIGHT, verdicts={**RIGHT.verdicts, case: "pid: 1 instead of 2", claimed: "no"})
    text = page([RIGHT, wrong])
    assert row(text, "`ptrace`").endswith("| ✓ tp_btf/sys_exit | ✗ tp_btf/sys_exit |")
    assert row(text, claimed.claim).endswith("| ✓ | ✗ |")
    assert f"- 1.2.3: `ptrace` ({case}): pid: 1 instead of 2\n" in text


def test_what_is_not_there_is_named_with_its_reason() -> None:
    lacking = replace(RIGHT, unavailable={"ptrace": "no such place"}, refused={"a/on_b": "EPERM"})
    assert row(page([lacking]), "`ptrace`") == "| `ptrace` | not here |"
    assert complaints(lacking) == [
        "`ptrace` is not here: no such place",
        "`a/on_b` was refused: EPERM",
    ]


def test_an_event_that_nothing_causes_is_named_not_triggered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = tuple(case for case in CASES if case.event != "ptrace")
    monkeypatch.setattr(page_module, "CASES", others)
    assert row(page([RIGHT]), "`ptrace`").endswith("| not triggered: tp_btf/sys_exit |")


def case(check: Pairs) -> Case:
    return Case("ptrace", ("101",), lambda _: check)


def pairs_or_not_here() -> Pairs:
    yield "one", 1, 1
    raise NotHere("no such call")


def test_a_verdict_names_each_difference(nothing: Recording) -> None:
    done = Outcome(1, 0, (), {}, nothing)
    assert verdict(case(compare({"a": 1, "b": 2}, {"a": 1, "b": 2})), done) == ""
    assert verdict(case(compare({"a": 1, "b": 2}, {"a": 3, "c": 4})), done) == (
        "a: 3 instead of 1; b: None instead of 2; c: 4 instead of None"
    )
    assert verdict(case(pairs_or_not_here()), done) == "no such call"


def test_an_event_that_did_not_come_is_not_seen(nothing: Recording) -> None:
    works = Line(1, 0, (0,) * 6)
    done = Outcome(1, 0, (works, works), {}, nothing)
    assert verdict(cases_of("getppid")[0], done) == "getppid not seen"


def test_what_a_guest_printed_is_told_apart_by_case(nothing: Recording) -> None:
    printed = (
        "noise\ncase 0\npid 7\n7 -2 1 2 3 4 5 6\nstatus 3\n"
        "case 1\npid 8\nstatus 139\nstat 2049 12 81a4 17.000000005 /a file\n{}\n"
    )
    first, second = outcomes(printed, [(nothing, "x"), (nothing, "")])
    assert (first.pid, first.status, first.calls) == (7, 3, (Line(7, -2, (1, 2, 3, 4, 5, 6)),))
    assert (second.pid, second.status, second.calls) == (8, 139, ())
    assert (first.place, second.place) == ("x", "")
    found = second.files["/a file"]
    assert (found.dev, found.inode, found.mode) == (8 << 20 | 1, 12, 0o100644)
    assert found.ctime == 17_000_000_005
