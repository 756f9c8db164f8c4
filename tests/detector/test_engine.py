# SPDX-License-Identifier: Apache-2.0
"""Every candidate is judged or reported, whatever becomes of OPA or of a signature."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.detector.judging import judge
from tests.detector.rego import ALWAYS, signature

Make = Callable[..., Path]

ODD = signature("ODD", 'tracee_match := {"comm": input.processName} if input.processName != "even"')
POISONED = signature(
    "POISONED", 'tracee_match if contradiction\n\ncontradiction := input.processName\n\n'
    'contradiction := "other" if input.processName == "poison"',
)  # fmt: skip
RUNAWAY = signature(
    "RUNAWAY",
    'tracee_match if {\n\tinput.processName == "slow"\n'
    "\tsome i in numbers.range(1, 100000)\n"
    "\tsome j in numbers.range(1, 100000)\n\ti * j == -1\n}",
)
SLOW = signature(
    "SLOW",
    "tracee_match if {\n\tcount([n | some n in numbers.range(1, 5000); n % 7 == 1]) > 1\n}",
)
HUNGRY = signature(
    "HUNGRY",
    'tracee_match if {\n\tinput.processName == "hungry"\n'
    "\tcount(numbers.range(1, 40000000)) == 0\n}",
)


def test_matches_carry_their_event_and_data(signatures: Make) -> None:
    with judge(signatures(odd=ODD, always=signature("ALWAYS", ALWAYS))) as made:
        made.submit(["odd", "even", "odd"])
        made.drain()
        told = [(0, "ALWAYS"), (0, "ODD"), (1, "ALWAYS"), (2, "ALWAYS"), (2, "ODD")]
        assert made.found() == told
        data = {(m.candidate.position, m.key): m.data for m in made.matches if m.data}
        assert list(data.values()) == [{"comm": "odd"}, {"comm": "odd"}]


def test_killed_under_load_it_finds_the_same(signatures: Make) -> None:
    batches = [["odd", "even"] * 50] * 40
    with judge(signatures(odd=ODD)) as calm:
        for batch in batches:
            calm.submit(batch)
        calm.drain()
    with judge(signatures(odd=ODD)) as harried:
        pids = set()
        for number, batch in enumerate(batches):
            harried.submit(batch)
            if number % 10 == 5:
                pid = harried.rules.server.pid
                assert pid is not None
                pids.add(pid)
                os.kill(pid, signal.SIGKILL)
        harried.drain()
        pids.add(harried.rules.server.pid or 0)
    assert len(pids) == 5
    assert len(calm.found()) == 2000
    assert harried.found() == calm.found()
    assert harried.errors.count == 0


def test_a_poisoned_event_costs_only_its_own_signature(
    signatures: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    directory = signatures(odd=ODD, poisoned=POISONED)
    with judge(directory) as made:
        made.submit(["even"] * 60 + ["poison"] + ["even"] * 60)
        made.submit(["even"] * 20)
        made.drain()
        assert [one for one in made.found() if one[1] == "ODD"] == [(60, "ODD")]
        others = sorted({*range(141)} - {60})
        assert [at for at, name in made.found() if name == "POISONED"] == others
        assert made.errors.count == 1
    told = capfd.readouterr().err
    assert "POISONED cannot judge ptrace at position 60" in told
    line = POISONED.splitlines().index('contradiction := "other" if input.processName == "poison"')
    assert f"{directory}/poisoned.rego:{line + 1}:1: complete rules must not" in told


def test_a_flood_of_errors_is_counted_whole_and_told_in_part(
    signatures: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    with judge(signatures(poisoned=POISONED)) as made:
        made.submit(["poison", "even"] * 16)
        made.drain()
        assert made.errors.count == 16
        assert len(made.found()) == 16
    told = capfd.readouterr().err
    assert told.count("cannot judge") == 5
    assert "further errors are counted, not told" in told


def test_a_runaway_is_given_up_then_suspended_and_the_others_go_on(
    signatures: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    with judge(signatures(odd=ODD, runaway=RUNAWAY), timeout=0.5) as made:
        made.submit(["even", "slow", "slow", "slow", "slow", "odd"])
        made.drain()
        made.submit(["slow", "odd"])
        made.drain()
        told = [(at, "ODD") for at in (1, 2, 3, 4, 5, 6, 7)]
        assert made.found() == told
        # four slow ones, and what it would have judged after its suspension
        assert made.errors.count >= 5
        assert made.suspension.names() == ["RUNAWAY"]
    told_text = capfd.readouterr().err
    assert "RUNAWAY cannot judge ptrace at position 1: it ran too long" in told_text
    assert "RUNAWAY is suspended" in told_text


def test_one_that_is_slow_loses_nothing(signatures: Make) -> None:
    """A batch of it takes longer than may be, an event does not."""
    with judge(signatures(slow=SLOW, odd=ODD), timeout=0.5) as made:
        made.submit(["even"] * 60)
        made.drain()
        assert made.found() == [(at, "SLOW") for at in range(60)]
        assert made.errors.count == 0


def test_a_rule_that_eats_all_memory_ends_its_opa_and_not_the_others_findings(
    signatures: Make, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("detector.opa.server._MEMORY", 192 << 20)
    with judge(signatures(odd=ODD, hungry=HUNGRY), timeout=60) as made:
        made.submit(["even", "hungry", "odd"])
        made.drain()
        assert made.found() == [(1, "ODD"), (2, "ODD")]
        assert made.errors.count == 1
    told = capfd.readouterr().err
    assert "HUNGRY cannot judge ptrace at position 1: OPA died of it" in told


def test_a_match_that_is_no_match_is_an_error(
    signatures: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    directory = signatures(
        text=signature("TEXT", 'tracee_match := "yes"'),
        empty=signature("EMPTY", "tracee_match := {}"),
        no=signature("NO", "tracee_match := false"),
    )
    with judge(directory) as made:
        made.submit(["any"])
        made.drain()
        assert made.found() == [(0, "EMPTY")]
        assert made.errors.count == 1
    assert "tracee_match must be true or an object, and is a str" in capfd.readouterr().err
