# SPDX-License-Identifier: Apache-2.0
"""An address that is none is told before anything is loaded."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("address", ["nonsense", ":", "3366", ":99999", "localhost:http"])
@pytest.mark.parametrize("program", ["collector", "detector"])
def test_a_bad_address_is_told_at_once(program: str, address: str) -> None:
    command = [sys.executable, "-m", program, "--metrics", "--listen-addr", address]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert f"{program}: --listen-addr {address}: give [HOST]:PORT, such as :3366\n" in done.stderr
    assert "Traceback" not in done.stderr
