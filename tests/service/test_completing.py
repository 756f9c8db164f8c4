# SPDX-License-Identifier: Apache-2.0
"""What the commands offer a shell that completes."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", ["collector", "pytracee"])
@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("sched_process_ex", {"sched_process_exec", "sched_process_exit"}),
        ("openat,-sched_process_ex", {"openat,-sched_process_exec", "openat,-sched_process_exit"}),
        ("lsm_h", {"lsm_hooks"}),
        ("nothing", set()),
    ],
)
def test_names_of_events_and_sets_in_lists(command: str, begun: str, offered: set[str]) -> None:
    asked = {
        f"_{command.upper()}_COMPLETE": "bash_complete",
        "COMP_WORDS": f"{command} --events {begun}",
        "COMP_CWORD": "2",
    }
    made = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            f"from {command}.cli import command as c; c(prog_name={command!r})",
        ],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in made.stdout.splitlines() if line]
    assert {line.partition(",")[2] for line in lines} == offered
