# SPDX-License-Identifier: Apache-2.0
"""`--no-prefilter` is the same detector, but slower."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.rendering.event import event_dict
from schemas.stream.messages import Container, encode
from schemas.stream.parser import Batch, StreamReader
from tests.recordings import TASK, hello, record, recording

ODD = Path(__file__).parent / "odd"
CGROUP = 4242


def records(count: int) -> Iterator[bytes]:
    """Mostly of interest to nobody; some of everything that the signatures look for.

    Their times go back here and there, as those of several CPUs do.
    """
    chosen = random.Random(1)
    for at in range(count):
        name, args = chosen.choices(EVENTS, WEIGHTS)[0]
        task = TASK._replace(
            comm=chosen.choice([b"nginx", b"sh", b"cat"]),
            cgroup_id=chosen.choice([42, CGROUP]),
        )
        flags = chosen.choice([0, 1 << 62]) if task.cgroup_id == CGROUP else 0
        yield record(name, args, timestamp=1000 * (at ^ 5), flags=flags, task=task)


EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("security_file_open", {"pathname": "/usr/lib/x.so", "flags": 0}),
    ("openat", {"dirfd": -100, "pathname": "/etc/passwd", "flags": 0}),
    ("security_file_open", {"pathname": "/etc/ld.so.preload", "flags": 1}),
    ("security_file_open", {"pathname": "/proc/1/mem", "flags": 2}),
    ("security_file_open", {"pathname": "/etc/shadow", "flags": 2}),
    ("security_file_open", {"pathname": "/sys/fs/cgroup/x/release_agent", "flags": 1}),
    ("ptrace", {"request": 0, "pid": 0}),
    ("ptrace", {"request": 4, "pid": 1}),
    ("sched_process_exec", {"pathname": "memfd:x", "argv": ["x"], "env": ["LD_PRELOAD=/x.so"]}),
    ("execve", {"pathname": "/bin/sh", "argv": ["sh", "-c"], "envp": ["LD_PRELOAD=/x.so"]}),
    ("security_bprm_check", {"pathname": "/bin/sh"}),
]  # fmt: skip
WEIGHTS = [40, 40] + [2] * (len(EVENTS) - 2)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "events.rec"
    known = encode(hello()) + encode(Container(CGROUP, "c" * 64))
    path.write_bytes(known + recording(records(3000), batch_size=100))
    return path


@pytest.fixture(scope="module")
def lines(recorded: Path) -> Path:
    """The same as Tracee's JSON."""
    path = recorded.with_suffix(".json")
    with recorded.open("rb") as file, path.open("wb") as to:
        for message in StreamReader(file):
            if isinstance(message, Batch):
                for event in map(message.decoder.event, message.records):
                    to.write(msgspec.json.encode(event_dict(event, event.parsed())) + b"\n")
    return path


OPTIONS = [(), ("--signatures-dir", str(ODD))]


@pytest.mark.parametrize("options", OPTIONS, ids=["shipped", "odd"])
def test_lines_give_the_same_findings(lines: Path, options: tuple[str, ...]) -> None:
    same_with_and_without(lines, options)


@pytest.mark.parametrize("options", OPTIONS, ids=["shipped", "odd"])
def test_findings_and_their_order_are_the_same(recorded: Path, options: tuple[str, ...]) -> None:
    same_with_and_without(recorded, options)


def same_with_and_without(recorded: Path, options: tuple[str, ...]) -> None:
    with_it = detect(recorded, *options)
    without = detect(recorded, *options, "--no-prefilter")
    assert with_it.stdout == without.stdout
    assert with_it.stderr == without.stderr  # the totals among it
    assert with_it.stdout.count(b"\n") > 100


def detect(recorded: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "detector", "--output", "json", *options, str(recorded)],
        capture_output=True,
        env=os.environ,
        timeout=120,
        check=True,
    )
