# SPDX-License-Identifier: Apache-2.0
"""Signatures that are set aside: they judge no more, and do not look like quiet ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.engines import Engines
from detector.ledger import Ledger
from detector.notices import Errors
from detector.selection import Candidate
from detector.suspension import Suspension
from tests.detector.judging import events, judge
from tests.detector.rego import ALWAYS, signature


def test_three_strikes(capsys: pytest.CaptureFixture[str]) -> None:
    errors = Errors()
    made = Suspension({"a": "A-1", "b": "B-1"}, errors)
    for _ in range(3):
        assert made.admits("a")
        assert not made
        made.strike("a")
    made.strike("b")
    assert made
    assert [made.admits(key) for key in "aba"] == [False, True, False]
    assert (made.names(), errors.of) == (["A-1"], {"A-1": 2})
    assert capsys.readouterr().err.count("is suspended") == 1


def test_opa_is_not_asked_about_them(signatures: Callable[..., Path]) -> None:
    directory = signatures(a=signature("A", ALWAYS), b=signature("B", ALWAYS))
    with judge(directory) as made:
        keys = tuple(one.key for one in made.rules.signatures)
        engines = Engines(made.engine, [], Ledger(), made.suspension)

        def found() -> list[str]:
            candidates = [Candidate(0, events(["x"])[0], keys)]
            return [one.key for one in (*engines.submit(candidates), *engines.settle())]

        assert found() == list(keys)
        for key in keys:
            for _ in range(3):
                made.suspension.strike(key)
            expected = [one for one in keys if made.suspension.admits(one)]
            assert found() == expected
    assert made.errors.of == {"A": 4, "B": 2}


def test_the_table_of_costs_shows_them() -> None:
    ledger = Ledger()
    ledger.evaluations.update("ab")
    rows = ledger.table({"a": "A-1", "b": "B-1"}, {}, ["B-1"]).splitlines()
    assert [row.endswith("  suspended") for row in rows] == [False, False, True]
