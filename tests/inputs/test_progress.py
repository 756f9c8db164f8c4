# SPDX-License-Identifier: Apache-2.0
"""The progress line: on a terminal, over files, and nowhere else."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from detector.progress import bar
from detector.totals import Totals

_RUN = """
import sys, os
from detector.progress import bar, clearing
from detector.sources import open_source
from detector.totals import Totals
totals = Totals()
shown = bar(sys.argv[1:], totals)
if shown:
    source = open_source(sys.argv[1])
    shown.watch(source)
    totals.events, totals.findings = 12345, 67
    source.on_read(50)
    clear = clearing(shown)
    if clear:
        clear()
    os.write(1, b"a finding\\n")
    shown.close()
else:
    os.write(1, b"no bar\\n")
"""


def run(path: str, *, terminal: bool) -> str:
    ours, theirs = pty.openpty()
    error = theirs if terminal else subprocess.DEVNULL
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    command = [sys.executable, "-P", "-c", _RUN, path]
    subprocess.run(command, stdout=theirs, stderr=error, env=environment, check=True)
    os.close(theirs)
    told = b""
    while True:
        try:
            told += os.read(ours, 4096)
        except OSError:  # the other side is closed, and all was read
            os.close(ours)
            return told.decode()


@pytest.fixture
def recording(tmp_path: Path) -> str:
    path = tmp_path / "some.rec"
    path.write_bytes(bytes(100))
    return str(path)


def test_a_terminal_shows_rate_findings_and_time_left(recording: str) -> None:
    told = run(recording, terminal=True)
    assert "some.rec" in told
    assert "events/s, findings 67" in told
    line = told[: told.index("a finding")]
    assert line.endswith("\r\x1b[2K")  # the finding has the line for itself


def test_without_a_terminal_there_is_none(recording: str) -> None:
    assert run(recording, terminal=False) == "no bar\r\n"


def test_what_has_no_size_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    os.mkfifo(tmp_path / "fifo")
    assert bar(["-"], Totals()) is None
    assert bar([str(tmp_path / "fifo")], Totals()) is None
