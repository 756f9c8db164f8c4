# SPDX-License-Identifier: Apache-2.0
"""Signatures on hand-made events through the engine, without the program around it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from detector.engine import Match
from detector.notices import Errors
from detector.opa.blame import Blame
from detector.opa.engine import RegoEngine
from detector.rules import Rules, running
from detector.selection import Candidate
from detector.suspension import Suspension
from schemas.event import Event
from schemas.stream.parser import Batch, Parser
from tests.recordings import TASK, record, recording


def events(comms: Sequence[str]) -> list[Event]:
    """A ptrace event for each command name."""
    records = [record("ptrace", {"request": 0}, task=TASK._replace(comm=c.encode())) for c in comms]
    batches = [item for item in Parser().feed(recording(records)) if isinstance(item, Batch)]
    return [item.decoder.event(one) for item in batches for one in item.records]


class Judge:
    """An engine over `rules` and what it found."""

    def __init__(self, rules: Rules, timeout: float = 2.0) -> None:
        self.rules = rules
        self.errors = Errors()
        by_key = {signature.key: signature for signature in rules.signatures}
        ids = {key: one.metadata.id for key, one in by_key.items()}
        self.suspension = Suspension(ids, self.errors)
        blame = Blame(by_key, rules.bundle, self.errors, self.suspension)
        self.engine = RegoEngine(rules.server, rules.bundle.fields, blame, timeout)
        self.matches: list[Match] = []
        self._position = 0

    def submit(self, comms: Sequence[str]) -> None:
        """A batch: a ptrace event for each command name, for all signatures to see."""
        keys = tuple(signature.key for signature in self.rules.signatures)
        candidates = []
        for event in events(comms):
            candidates.append(Candidate(self._position, event, keys))
            self._position += 1
        self.matches += chain(*self.engine.submit(candidates))

    def drain(self) -> None:
        self.matches += chain(*self.engine.drain())

    def found(self) -> list[tuple[int, str]]:
        """(position, signature id) of all matches, in order."""
        names = {signature.key: signature.metadata.id for signature in self.rules.signatures}
        return sorted((match.candidate.position, names[match.key]) for match in self.matches)


@contextmanager
def judge(directory: Path, timeout: float = 2.0) -> Iterator[Judge]:
    with running([directory]) as rules:
        assert not rules.problems
        made = Judge(rules, timeout)
        yield made
        made.engine.close()


def opas(pid: int) -> list[int]:
    """The processes of a detector's OPA, by what the kernel calls them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in children if Path(f"/proc/{one}/comm").read_text() == "opa\n"]
