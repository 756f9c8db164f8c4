# SPDX-License-Identifier: Apache-2.0
"""`--log`: what is told of a process, where, and in which form."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytracee.service.errors import OperatorError
from pytracee.service.notices import Level, Log, log_of
from tests.collecting import Collecting

PRINTER = "from pytracee.service.notices import *; [say('me', l.name, l) for l in Level]"


def told(words: str) -> str:
    """What a process tells that inherits these words."""
    done = subprocess.run(
        [sys.executable, "-c", PRINTER],
        env={"PYTRACEE_LOG": words, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def test_a_level_hides_what_matters_less() -> None:
    levels = [level.name for level in Level]
    for at, level in enumerate(levels):
        lines = [f"me: {name}" for name in levels[at:]]
        assert told(level.lower()).splitlines() == lines
    assert told("").splitlines() == told("info").splitlines()


def test_json_has_a_line_for_each() -> None:
    lines = [json.loads(line) for line in told("warn option:log-format=json").splitlines()]
    assert [(one["level"], one["program"], one["message"]) for one in lines] == [
        ("warn", "me", "WARN"),
        ("error", "me", "ERROR"),
    ]


@pytest.mark.parametrize("word", ["", "loud", "option:log-file=", "option:log-format=xml", "INFO"])
def test_a_wrong_word_is_told_with_the_right_ones(word: str) -> None:
    with pytest.raises(OperatorError, match=r"^--log .*: give .*"):
        log_of(["debug", word])


def test_the_last_word_of_a_kind_counts() -> None:
    words = ["debug", "error", "option:log-format=json", "option:log-file=/tmp/x y"]
    assert log_of(words) == Log(Level.ERROR, "json", "/tmp/x y")


def test_a_collectors_log_goes_to_its_file_and_on_in_a_new_one(
    collector: Callable[..., Collecting], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    one = collector("--events", "openat", "--log", "debug", "--log", f"option:log-file={log}")
    assert "openat is seen by" in log.read_text()
    moved = log.rename(tmp_path / "log.1")
    one.process.send_signal(1)
    one.see(lambda _: log.exists() or None, "a new log")
    one.stop()
    assert log.read_text().startswith("collector: events ")
    assert "collector: events " not in moved.read_text()
    assert one.stderr() == ""
