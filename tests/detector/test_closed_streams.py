# SPDX-License-Identifier: Apache-2.0
"""Standard streams that were closed before the start, or take nothing."""

import subprocess
from pathlib import Path

import pytest

from tests.detector.conftest import DETECTOR
from tests.recordings import record, recording


def run(closed: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A detector with these redirections."""
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *DETECTOR, *arguments]
    return subprocess.run(shell, capture_output=True, text=True, check=False)


def test_a_closed_standard_input_is_told() -> None:
    done = run("<&-")
    assert done.returncode == 2
    assert done.stderr == "detector: standard input is closed: run `collector | detector`\n"


@pytest.mark.parametrize("what", ["--list", "findings"])
def test_a_closed_standard_output_is_told(what: str, tmp_path: Path) -> None:
    (tmp_path / "x.rec").write_bytes(recording([record("ptrace", {"request": 0})]))
    done = run(">&-", "--list" if what == "--list" else str(tmp_path / "x.rec"))
    assert done.returncode in (1, 2)
    assert "cannot write to stdout: it was closed before the start" in done.stderr
    assert "Traceback" not in done.stderr


def test_findings_in_a_file_need_no_standard_stream(tmp_path: Path) -> None:
    (tmp_path / "x.rec").write_bytes(recording([record("ptrace", {"request": 0})]))
    found = tmp_path / "found"
    done = run("<&- >&- 2>&-", str(tmp_path / "x.rec"), "--output", f"json:{found}")
    assert done.returncode == 0
    [line] = found.read_text().splitlines()  # and not what was meant for stderr
    assert '"TRC-2"' in line


def test_a_list_that_found_no_room_is_a_failure() -> None:
    done = run(">/dev/full", "--list")
    assert done.returncode == 1
    assert "cannot write to stdout: No space left on device" in done.stderr
