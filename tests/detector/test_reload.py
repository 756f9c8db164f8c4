# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: new signatures from the next event on, no event lost, files made again."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.stream.messages import Bye, encode
from tests.collecting import until
from tests.detector.conftest import DETECTOR
from tests.detector.rego import signature
from tests.recordings import batch, hello, record

Make = Callable[..., Path]
TRACEME = record("ptrace", {"request": 0})
ALWAYS = "tracee_match if true"


class Live:
    """A detector at work on a pipe that stays open."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._out, self._err = folder / "out", folder / "err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [*DETECTOR, *options], stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=folder
            )
        self.write(encode(hello()))

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def found(self, name: str) -> int:
        return self.told(f"Signature ID: {name}\n")

    def told(self, text: str) -> int:
        return self._out.read_text().count(text)

    def tells(self, text: str) -> None:
        until(lambda: self.told(text) or None, text)

    def said(self, text: str, times: int = 1) -> None:
        until(lambda: self._err.read_text().count(text) >= times or None, text)

    def end(self) -> str:
        self.write(encode(Bye(events=0, lost=0)))
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(30) == 0
        return self._err.read_text()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    started: list[Live] = []

    def begin(*options: str) -> Live:
        started.append(Live(tmp_path, *options))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def test_new_signatures_judge_what_comes_after(live: Callable[..., Live], signatures: Make) -> None:
    directory = signatures(mine=signature("OLD", ALWAYS))
    running = live("--signatures-dir", str(directory))
    running.write(batch([TRACEME] * 3))
    until(lambda: running.found("OLD") == 3 or None, "the old one's findings")
    signatures(mine=signature("NEW", ALWAYS))
    running.process.send_signal(signal.SIGHUP)
    running.said("reloaded: ")
    running.write(batch([TRACEME] * 5))
    assert "events 8, selected 8, findings 16" in running.end()
    assert [running.found(name) for name in ("OLD", "NEW", "TRC-2")] == [3, 5, 8]


def test_what_cannot_be_loaded_changes_nothing(live: Callable[..., Live], signatures: Make) -> None:
    directory = signatures(mine=signature("MINE", ALWAYS))
    running = live("--signatures-dir", str(directory), "--signatures", "MINE")
    running.write(batch([TRACEME]))
    until(lambda: running.found("MINE") or None, "a finding")
    (directory / "mine.rego").write_text("package broken\n\nx := nope(1)\n")
    running.process.send_signal(signal.SIGHUP)
    running.said("the signatures stay as they were")
    running.said(f"detector: {directory}/mine.rego:3:6: undefined function ")
    running.write(batch([TRACEME]))
    running.end()
    assert running.found("MINE") == 2


def test_a_file_that_was_moved_away_is_made_again(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    running = live("--signatures", "TRC-2", "--output", "json:found")
    running.write(batch([TRACEME]))
    found = tmp_path / "found"
    until(lambda: (found.exists() and found.read_text()) or None, "a finding")
    found.rename(tmp_path / "found.1")
    running.process.send_signal(signal.SIGHUP)
    running.said("reloaded")
    running.write(batch([TRACEME] * 2))
    running.end()
    assert len(found.read_text().splitlines()) == 2
    assert len((tmp_path / "found.1").read_text().splitlines()) == 1


COUNTS = """\
from detector.python import PythonSignature, Selector, SignatureMetadata

class Counts(PythonSignature):
    metadata = SignatureMetadata(id="COUNTS", name="Counts")
    selectors = [Selector("ptrace")]

    def __init__(self):
        self.seen = 0

    def on_event(self, event):
        self.seen += 1
        self.found({"seen": self.seen})
"""


def test_python_signatures_remember(live: Callable[..., Live], signatures: Make) -> None:
    directory = signatures(mine=signature("OLD", ALWAYS))
    (directory / "counts.py").write_text(COUNTS)
    options = ("--signatures", "COUNTS", "--signatures-dir", str(directory), "--output", "json")
    running = live(*options)
    for number in (1, 2):
        running.write(batch([TRACEME] * 2))
        running.tells(f'"seen":{2 * number}')
        running.process.send_signal(signal.SIGHUP)
        running.said("reloaded: ", number)
    running.write(batch([TRACEME]))
    running.end()
    assert [running.told(f'"seen":{seen}') for seen in (1, 3, 5)] == [1, 1, 1]
