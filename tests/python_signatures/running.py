# SPDX-License-Identifier: Apache-2.0
"""Python signatures on hand-made events, without the program around them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detector.notices import Errors
from detector.python.engine import PythonEngine
from detector.python.load import load
from detector.selection import Candidate
from detector.suspension import Suspension
from schemas.event import Event

#: what a finding told: the position of its event, the signature's id, its data
Told = tuple[int, str, dict[str, Any] | None]


class Running:
    """The signatures of a directory, in an engine. All of them see every event."""

    def __init__(self, directory: Path, before: "Running | None" = None) -> None:
        """`before`: what ran until its signatures were loaded again."""
        classes, problems = load([directory])
        assert not problems
        self.errors = Errors()
        self._ids = {one.signature.key: one.signature.metadata.id for one in classes}
        kept = before.engine.give_away({one.code for one in classes}) if before else {}
        self.suspension = Suspension(self._ids, self.errors)
        self.engine: PythonEngine = PythonEngine(classes, self.errors, self.suspension, kept)
        self._position = 0

    def judge(self, events: Sequence[Event]) -> list[Told]:
        candidates = []
        for event in events:
            keys = ("s0", *self._ids)
            candidates.append(Candidate(self._position, event, keys))
            self._position += 1
        return self.told(self.engine.judge(candidates))

    def told(self, matches: Sequence[Any]) -> list[Told]:
        return [(one.candidate.position, self._ids[one.key], one.data) for one in matches]

    def all(self, events: Sequence[Event]) -> list[Told]:
        """To the end of their stream."""
        return [*self.judge(events), *self.told(self.engine.end("test"))]
