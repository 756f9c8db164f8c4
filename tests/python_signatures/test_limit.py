# SPDX-License-Identifier: Apache-2.0
"""Signatures that do not return: given up, told, and set aside after a few times."""

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.python import limit as limit_module
from detector.python import load as load_module
from detector.python.limit import Limit, Overrun
from detector.python.load import load
from tests.python_signatures.running import Running
from tests.python_signatures.test_engine import ECHO, opened

ENDLESS = """
def on_event(self, event):
    try:
        while event.data()["pathname"] == "/slow":
            pass
    except Exception:
        self.found({"caught": True})
"""
ASLEEP = """
def on_event(self, event):
    import time
    time.sleep(1000 if event.data()["pathname"] == "/slow" else 0)
"""


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit_module.Limit.__init__, "__defaults__", (0.3,))


@pytest.mark.parametrize("body", [ENDLESS, ASLEEP])
def test_one_that_does_not_return_is_given_up_then_set_aside(
    running: Callable[..., Running], body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = running(A=body, B=ECHO)
    paths = ["/slow", "/x", "/slow", "/slow", "/slow", "/x"]
    told = made.all([opened(path, at) for at, path in enumerate(paths)])
    assert told == [(at, "B", {"path": path}) for at, path in enumerate(paths)]
    assert made.errors.of == {"A": 5}  # three given up, two not seen
    assert made.suspension.names() == ["A"]
    said = capsys.readouterr().err
    assert "A.py) cannot judge openat at position 0: it ran too long and was given up" in said
    assert ", in on_event" in said
    assert "A is suspended" in said


def test_other_methods_are_given_up_too(
    running: Callable[..., Running], capsys: pytest.CaptureFixture[str]
) -> None:
    ever = "\n    while True: pass\n"
    made = running(
        A=f"def on_signal(self, signal):{ever}{ECHO}", B=f"def __init__(self):{ever}{ECHO}"
    )
    assert [name for _, name, _ in made.all([opened("/x")])] == ["A"]
    made.engine.close()
    said = capsys.readouterr().err
    assert "failed in on_signal: it ran too long" in said
    assert "failed in __init__: it ran too long" in said


def test_a_file_that_is_never_imported_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "_IMPORT", 0.2)
    (tmp_path / "ever.py").write_text("x = 1\nwhile x:\n    pass\n")
    found, [problem] = load([tmp_path])
    assert not found
    assert (problem.path.name, problem.row) in {("ever.py", 2), ("ever.py", 3)}
    assert "it ran too long and was given up" in problem.message


def test_what_runs_at_two_ticks_is_too_long() -> None:
    limit = Limit()
    for number in (1, 2, 0, 0, 0, 3, 2):
        limit.number = number
        limit.tick()
    with pytest.raises(Overrun):
        limit.tick()
