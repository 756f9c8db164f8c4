# SPDX-License-Identifier: Apache-2.0
"""Context that can be done without: `--no-process-tree`, `--no-containers-enrich`."""

import os
import subprocess
from collections.abc import Callable

from collector.context.control import ContextState, Kind
from schemas.event import Event
from schemas.stream.messages import Process
from tests.collecting import COLLECTOR, Collecting, needs_kernel
from tests.collector.test_control import control
from tests.conftest import Run
from tests.headers import call_numbers

GETPPID = str(call_numbers("asm/unistd_64.h")["getppid"])


def seen(collector: Callable[..., Collecting], run: Run, *options: str) -> Event:
    """A call of a child of ours, which a scope asks for as that."""
    running = collector("--events", "getppid,sched_process_exit", *options)
    child = run(GETPPID)
    found = running.of(child.pid)[0]
    running.stop()
    return found


@needs_kernel
def test_without_the_tree_an_event_has_no_ancestors_and_scopes_have_them_yet(
    collector: Callable[..., Collecting], run: Run
) -> None:
    scope = ("--scope", f"tree={os.getpid()}")
    whole = seen(collector, run, *scope)
    bare = seen(collector, run, *scope, "--no-process-tree")
    assert whole.ancestors[-1].pid == os.getpid()
    assert bare.ancestors == []
    assert bare.process is not None
    assert whole.process is not None
    assert bare.process.executable == whole.process.executable != b""
    assert bare.task.host_ppid == os.getpid()


def test_a_reader_that_comes_late_is_not_told_the_tree_either() -> None:
    state = ContextState(tree=False)
    state.learn(control(Kind.EXEC, 5, 50, 4, 40, 7, b"/bin/sh"))
    assert list(state.all()) == [Process(5, 50, 0, 0, b"/bin/sh", 7)]
    assert list(state.known.processes.values()) == [Process(5, 50, 4, 40, b"/bin/sh", 7)]


def test_what_asks_for_names_of_runtimes_does_not_go_with_doing_without_them() -> None:
    words = ["-e", "getppid", "-s", "podName=a", "-f", "containerImage=b", "-s", "container"]
    status, said = explained(*words, "--no-containers-enrich")
    assert status == 2
    assert [line.split(":")[1] for line in said] == [
        " --scope podName=a", " --filter containerImage=b",
    ]  # fmt: skip
    assert explained(*words)[0] == 0


def explained(*options: str) -> tuple[int, list[str]]:
    """Exit status, and what is said on stderr."""
    command = [*COLLECTOR, *options, "--explain"]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return asked.returncode, asked.stderr.splitlines()
