# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests: real collectors, and the compiled trigger."""

import signal
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.collecting import COLLECTOR, Collecting, Done, finish, start, trigger

#: whose events the shared collector takes: the trigger's, under all names that tests run it by; a
#: program run from a descriptor is called after the descriptor or, since 6.14, after its file
COMMS = "pt-call,pt-other,pt-script,4,memfd:pt-memory"

Run = Callable[..., Done]

# How long one example takes says more about the machine than about us.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# A shell has what it runs in the background ignore Ctrl-C, and all that this starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled trigger."""
    return trigger(tmp_path_factory.mktemp("triggers"))


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collecting]:
    """One collector for many tests: every event, of the triggers only."""
    folder = tmp_path_factory.mktemp("live")
    running = Collecting(folder, "--events", "all", "--scope", f"comm={COMMS}")
    yield running
    running.kill()


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Callable[..., Collecting]]:
    """Start collectors of one's own."""
    started: list[Collecting] = []
    number = count()

    def begin(*options: str, command: Sequence[str] = COLLECTOR) -> Collecting:
        folder = tmp_path / f"collector{next(number)}"
        folder.mkdir()
        started.append(Collecting(folder, *options, command=command))
        return started[-1]

    yield begin
    for one in started:
        one.kill()


@pytest.fixture
def run(program: Path) -> Run:
    """Run the trigger with these steps to its end."""
    return lambda *steps, **options: finish(start(program, *steps, **options))
