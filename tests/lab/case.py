# SPDX-License-Identifier: Apache-2.0
"""A case: what a guest does, and how what was seen of it is judged on the host."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.event import Event
from tests.collecting import Line, Recording
from tests.headers import call_numbers

NR = call_numbers("asm/unistd_64.h")
GETPPID = str(NR["getppid"])
FOLDER = "/run/trial"  # in the guest, on a tmpfs: each case has a folder of its own below it
PROGRAM = f"{FOLDER}/pt-call"
OTHER = f"{FOLDER}/pt-other"  # the same program under another name


class NotSeen(Exception):
    """What should have been seen was not, at all."""


class NotHere(Exception):
    """This kernel cannot do what the case asks of it."""


@dataclass(frozen=True)
class File:
    """What stat(1) said of a file in the guest, in the kernel's terms."""

    dev: int
    inode: int
    mode: int
    ctime: int  # ns since the epoch


@dataclass(frozen=True)
class Outcome:
    """What the guest did for one case, and the recording of the round that it was part of."""

    pid: int
    status: int  # as the shell gives it: 128 + number for a signal
    calls: tuple[Line, ...]
    files: Mapping[str, File]
    recording: Recording
    place: str = ""  # of the probe that the case's event had in this round
    told: Mapping[str, str] = field(default_factory=dict)  # what `before` said: told NAME VALUE

    def events(self, name: str, pid: int = 0) -> list[Event]:
        """Raises NotSeen where there is none."""
        found = self.recording.of(pid or self.pid, name)
        if not found:
            raise NotSeen(f"{name} not seen")
        return found

    def last(self, name: str, pid: int = 0) -> Event:
        return self.events(name, pid)[-1]


Pairs = Iterator[tuple[str, object, object]]  # what, as it must be, as it was seen


@dataclass(frozen=True)
class Case:
    """Steps of tests/triggers/call.c that cause `event`.

    `claim` names what else the case shows: a line of its own on the page.
    """

    event: str
    steps: tuple[str, ...]
    check: Callable[[Outcome], Pairs]
    claim: str = ""
    before: str = (
        ""  # shell, in the case's folder; it may say what `start` does, which runs the trigger
    )
    also: tuple[str, ...] = ()  # other events that are looked at, besides system calls
    files: tuple[str, ...] = field(default=())  # whose stat(1) is wanted, after the trigger
    round: str = "all"

    def __str__(self) -> str:
        return f"{self.event}: {self.claim or ' '.join(self.steps)}"[:60]


def verdict(case: Case, outcome: Outcome) -> str:
    """ "" where all was seen as it must be, else what was not."""
    try:
        wrong = [
            f"{what}: {str(seen)[:200]} instead of {str(wanted)[:200]}"
            for what, wanted, seen in case.check(outcome)
            if wanted != seen
        ]
    except (NotHere, NotSeen) as error:
        return str(error)
    return "; ".join(wrong)


def compare(wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> Pairs:
    """A pair for each key of either."""
    for key in {**wanted, **seen}:
        yield key, wanted.get(key), seen.get(key)
