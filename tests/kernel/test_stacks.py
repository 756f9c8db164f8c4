# SPDX-License-Identifier: Apache-2.0
"""The stack that is told with an event, compared with /proc and with what the program says."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from schemas.rendering.event import rule_input
from tests.collecting import ROOT, Collecting, finish, needs_kernel, start
from tests.kernel.test_context import waits

pytestmark = needs_kernel

Start = Callable[..., Collecting]
STACKS = ("--output", "option:stack-addresses")


def test_the_first_address_is_where_the_program_is(collector: Start, program: Path) -> None:
    live = collector("--events", "read,sched_process_exit", "--scope", "comm=pt-call", *STACKS)
    process = start(program, "wait")
    waits(process.pid)
    *_, place = Path(f"/proc/{process.pid}/syscall").read_text().split()
    finish(process)
    live.of(process.pid)
    event = live.recording.of(process.pid, "read")[-1]
    assert event.stack
    assert event.stack[0] == int(place, 16)
    assert rule_input(event)["stackAddresses"] == event.stack


def test_the_next_are_where_functions_return_to(collector: Start, tmp_path: Path) -> None:
    nested = tmp_path / "pt-nested"
    options = ["-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-Wall", "-Werror"]
    source = ROOT / "tests" / "triggers" / "nested.c"
    subprocess.run(["cc", *options, "-o", nested, source], check=True)
    place = tmp_path / "events.json"
    live = collector("--events", "getppid,sched_process_exit", "--scope", "comm=pt-nested", *STACKS,
                     "--output", f"json:{place}")  # fmt: skip
    printed = subprocess.run([nested], capture_output=True, text=True, check=True).stdout.split()
    inner, outer, pid = map(int, printed)
    live.of(pid)
    [event] = live.recording.of(pid, "getppid")
    assert event.stack
    assert event.stack[1:3] == (inner, outer)
    assert len(event.stack) <= 20
    live.stop()
    lines = map(json.loads, place.read_text().splitlines())
    [line] = (one for one in lines if one["eventName"] == "getppid")
    assert line["stackAddresses"] == list(event.stack)


def test_without_the_option_there_is_none(live: Collecting, program: Path) -> None:
    done = finish(start(program, "39"))
    live.of(done.pid)
    assert {event.stack for event in live.recording.of(done.pid)} == {None}
