# SPDX-License-Identifier: Apache-2.0
"""SIGHUP puts other policies in force without losing or doubling an event."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Recording, needs_kernel
from tests.reloading.policies import document, parts, reload, write

pytestmark = needs_kernel

Begin = Callable[..., Collecting]
PRODUCER = Path(__file__).parent / "producer.py"
RELOADS = 6


@pytest.fixture
def producer() -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-S", str(PRODUCER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        yield one
        one.kill()


def numbered(events: list[Event], name: str) -> "Counter[int]":
    """How often each call is there."""
    if name == "getpgid":
        return Counter(one.data()["pid"] for one in events if one.name == name)
    return Counter(int(one.data()["argv"][1]) for one in events if one.name == name)


def has_turned(recording: Recording, generation: int) -> bool | None:
    return recording.events[-1].generation == generation or None


def test_every_call_is_there_once(
    producer: "subprocess.Popen[bytes]", collector: Begin, tmp_path: Path
) -> None:
    """Of events that all the plans ask for, whatever bits their policies have."""
    scope = [f"tree={producer.pid}"]
    kept = document("kept", scope, "getpgid", "execve", "sched_process_exec")
    odd = document("odd", scope, "getpgid", "wait4")
    even = document("even", scope, "execve", "getuid")
    path = tmp_path / "policies.yaml"
    write(path, odd, kept)
    running = collector("--policy", str(path))
    for number in range(1, RELOADS + 1):
        order = (kept, odd) if number % 2 else (even, kept)
        write(path, *order)
        reload(running)
        running.see(partial(has_turned, generation=number), "an event")
    output, _ = producer.communicate(b"")
    calls, children = map(int, output.split())
    running.stop()
    found = parts(tmp_path / "collector0/recording")
    assert [hello.generation for hello, _ in found] == list(range(RELOADS + 1))
    for hello, events in found:
        assert {one.generation for one in events} <= {hello.generation}
        assert all(
            "kept" in one.policy_names
            for one in events
            if one.name in ("getpgid", "execve", "sched_process_exec")
        )
    events = [one for _, some in found for one in some]
    begun = min(numbered(events, "getpgid"))
    assert numbered(events, "getpgid") == Counter(range(begun, calls))
    for name in ("execve", "sched_process_exec"):
        seen = numbered(events, name)
        assert seen == Counter(range(min(seen), children)), name
    assert not running.recording.lost
