# SPDX-License-Identifier: Apache-2.0
"""Python signatures: what they see, in which order, and what their errors cost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.example import example
from detector.selection import Candidate
from schemas.event import Event
from tests.python_signatures.running import Running

Make = Callable[..., Running]
_TENTH = 100_000_000  # ns

ECHO = """
def on_event(self, event):
    self.found({"path": event.data()["pathname"]})
"""
FAILS = """
def on_event(self, event):
    raise KeyError(event.data()["pathname"])
"""


def opened(path: str, at: int = 0) -> Event:
    return example("openat", {"pathname": path}, timestamp=at)


def test_a_finding_has_its_event_and_data(running: Make) -> None:
    made = running(A=ECHO, B=ECHO.replace('{"path": event.data()["pathname"]}', ""))
    event = opened("/x")
    assert made.judge([event]) == []  # what comes next may have been earlier
    [first, second] = made.engine.settle()
    assert first.candidate.event is event
    assert made.told([first, second]) == [(0, "A", {"path": "/x"}), (0, "B", None)]


def test_events_come_in_the_order_of_their_time(running: Make) -> None:
    made = running(A=ECHO)
    events = [opened("b", 20), opened("a", 10), opened("d", 40), opened("c", 30)]
    told = [data["path"] for _, _, data in made.all(events) if data]
    assert told == ["a", "b", "c", "d"]


def test_events_are_held_back_by_event_time_alone(running: Make) -> None:
    made = running(A=ECHO)
    assert made.judge([opened("a", 5), opened("b", 6)]) == []
    assert made.engine.busy
    assert made.judge([opened("c", _TENTH + 5)]) == [(0, "A", {"path": "a"})]
    assert made.judge([opened("late", 1)]) == [(3, "A", {"path": "late"})]
    assert [position for position, _, _ in made.told(made.engine.settle())] == [1, 2]
    assert not made.engine.busy


def test_equal_events_in_whatever_batches_give_equal_findings(running: Make) -> None:
    made = running(A=ECHO)
    events = [opened(str(n), n * 37 % 11 * _TENTH // 4) for n in range(50)]
    whole = made.all(events)
    piece = running(A=ECHO)
    parts = [told for event in events for told in piece.judge([event])]
    assert parts + piece.told(piece.engine.end("test")) == whole
    assert len(whole) == 50


def test_the_next_stream_may_be_older(running: Make) -> None:
    made = running(A=ECHO)
    made.all([opened("x", 10 * _TENTH)])
    assert made.judge([opened("b", 2), opened("a", 1)]) == []
    told = made.told(made.engine.settle())
    assert [position for position, _, _ in told] == [2, 1]


def test_state_lasts_and_signals_come(running: Make) -> None:
    made = running(
        A="""
def __init__(self):
    self.first = None
def on_event(self, event):
    self.first = self.first or event
def on_signal(self, signal):
    self.found({"at the end of": signal.source}, self.first)
def close(self):
    raise RuntimeError("closed")
"""
    )
    first = opened("a", 1)
    matches = made.engine.judge([]) + made.engine.end("nothing")
    assert matches == []
    assert made.errors.count == 1  # found() without any event
    made.judge([first, opened("b", 2)])
    [match] = made.engine.end("tape")
    assert match.candidate.event is first
    assert match.data == {"at the end of": "tape"}
    made.engine.close()
    assert made.errors.count == 2


def test_an_exception_is_told_once_with_its_traceback_and_the_others_go_on(
    running: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    made = running(A=FAILS, B=ECHO, C=FAILS)
    told = made.all([opened("x"), opened("y"), opened("z")])
    assert [signature for _, signature, _ in told] == ["B"] * 3
    assert made.errors.count == 6
    said = capsys.readouterr().err
    assert said.count("Traceback") == 2
    assert "A.py) cannot judge openat at position 0: KeyError('x')" in said
    assert 'A.py", line 9, in on_event' in said
    assert "detector/python/engine.py" not in said
    assert "KeyError: 'y'" not in said


def test_one_that_cannot_be_made_is_told(running: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = running(A="def __init__(self):\n    1 / 0\n" + ECHO, B=ECHO)
    assert [signature for _, signature, _ in made.all([opened("x")])] == ["B"]
    assert "failed in __init__: ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("data", ["{1, 2}", "[1]", "{'x': object()}", "{'x': '\\ud800'}"])
def test_data_that_is_no_json_is_an_error_of_the_signature(running: Make, data: str) -> None:
    made = running(A=f"def on_event(self, event):\n    self.found({data})")
    assert made.all([opened("x")]) == []
    assert made.errors.count == 1


def test_data_are_those_at_the_time_of_the_finding(running: Make) -> None:
    made = running(
        A="""
paths = []
def on_event(self, event):
    self.paths.append(event.data()["pathname"])
    self.found({"paths": self.paths})
"""
    )
    told = made.all([opened("a", 1), opened("b", 2)])
    assert [data["paths"] for _, _, data in told if data] == [["a"], ["a", "b"]]


def test_only_those_that_a_candidate_names_see_it(running: Make) -> None:
    made = running(A=ECHO, B=ECHO)
    [_, second] = made.engine.signatures
    for position, keys in enumerate([("s0", second.key), ("s0",)]):
        made.engine.judge([Candidate(position, opened("x"), keys)])
    assert made.told(made.engine.settle()) == [(0, "B", {"path": "x"})]


COUNTS = """
def __init__(self):
    self.seen = 0
def on_event(self, event):
    self.seen += 1
    self.found({"seen": self.seen})
def close(self):
    raise RuntimeError("closed")
"""


def test_an_object_goes_on_where_its_file_is_the_same(
    running: Make, signatures: Callable[..., Path]
) -> None:
    first = running(A=COUNTS, B=COUNTS, C=COUNTS)
    first.judge([opened("x", 1), opened("x", 2)])
    first.engine.settle()
    directory = signatures(A=COUNTS, B=COUNTS + "\nchanged = True\n")
    (directory / "C.py").unlink()
    second = Running(directory, first)
    first.engine.close()
    assert first.errors.of == {"B": 1, "C": 1}  # those that ended were closed
    told = second.all([opened("x", 3)])
    assert [(name, data) for _, name, data in told] == [("A", {"seen": 3}), ("B", {"seen": 1})]
    second.engine.close()
    assert second.errors.of == {"A": 1, "B": 1}
