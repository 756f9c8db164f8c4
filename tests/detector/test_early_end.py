# SPDX-License-Identifier: Apache-2.0
"""A signal while the signatures are still being loaded."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from detector.opa.binary import locate
from tests.collecting import until
from tests.detector.conftest import DETECTOR


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_and_leaves_no_folder_behind(number: signal.Signals, tmp_path: Path) -> None:
    slow, temporary = tmp_path / "opa", tmp_path / "temporary"
    temporary.mkdir()
    version = f'[ "$1" = version ] && exec {locate()} version'
    slow.write_text(f"#!/bin/sh\n{version}\ntouch {tmp_path}/asked\nexec sleep 60\n")
    slow.chmod(0o755)
    process = subprocess.Popen(
        [*DETECTOR, "--list"],
        env=os.environ | {"PYTRACEE_OPA": str(slow), "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: (tmp_path / "asked").exists() or None, "the bundle's check")
    assert list(temporary.iterdir()) != []
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert said.strip() == ""
    assert list(temporary.iterdir()) == []
