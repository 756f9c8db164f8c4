# SPDX-License-Identifier: Apache-2.0
"""Candidates by event time: a little disorder is mended, a jump back is another stream."""

from types import SimpleNamespace
from typing import cast

from detector.python.order import TimeOrder
from detector.selection import Candidate
from schemas.event import Event

MS = 1_000_000


def candidates(*times: int) -> list[Candidate]:
    """One for each time, in ms."""
    events = (cast("Event", SimpleNamespace(timestamp=time * MS)) for time in times)
    return [Candidate(at, event, ("p0",)) for at, event in enumerate(events)]


def times(found: list[Candidate]) -> list[int]:
    return [one.event.timestamp // MS for one in found]


def test_a_tenth_of_a_second_of_disorder_is_mended() -> None:
    order = TimeOrder()
    assert times(list(order.add(candidates(500, 450, 499, 601)))) == [450, 499, 500]
    assert times(list(order.rest())) == [601]


def test_equal_times_keep_their_order() -> None:
    order = TimeOrder()
    found = [*order.add(candidates(7, 7, 7)), *order.rest()]
    assert [one.position for one in found] == [0, 1, 2]


def test_a_jump_back_lets_go_of_what_is_held_and_begins_anew() -> None:
    order = TimeOrder()
    assert times(list(order.add(candidates(9000, 9050, 100, 80, 190)))) == [9000, 9050, 80]
    assert order
    assert times(list(order.rest())) == [100, 190]
