# SPDX-License-Identifier: Apache-2.0
"""All engines as one: batches of candidates in, their matches out, batch by batch in order.

OPA answers later than the engines of this process do, so a batch is finished when all of its
matches are there, and told after those before it.
"""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from detector.engine import Engine, Match
from detector.ledger import Ledger
from detector.opa.engine import RegoEngine
from detector.selection import Candidate
from detector.suspension import Suspension


@dataclass(slots=True)
class _Batch:
    matches: list[Match] = field(default_factory=list)
    waits: bool = False  # for OPA


class Engines:
    def __init__(
        self,
        rego: RegoEngine,
        others: Sequence[Engine],
        ledger: Ledger,
        suspension: Suspension,
    ) -> None:
        self._ledger = ledger
        self._suspension = suspension
        self._rego = rego
        self._others = others
        self._elsewhere = frozenset(one.key for engine in others for one in engine.signatures)
        self._batches: deque[_Batch] = deque()

    @property
    def busy(self) -> bool:
        """Whether matches are still to come."""
        return bool(self._batches) or any(engine.busy for engine in self._others)

    @property
    def in_flight(self) -> int:
        """Batches that are not finished."""
        return len(self._batches)

    def is_for_opa(self, candidate: Candidate) -> bool:
        return not self._elsewhere.issuperset(candidate.keys)

    def submit(self, candidates: Sequence[Candidate]) -> list[Match]:
        """Judge a batch; gives the matches of those batches that are finished now."""
        batch = _Batch()
        self._batches.append(batch)
        self._ledger.judge(candidates)
        for engine in self._others:
            batch.matches += self._timed(engine, candidates)
        asked = list(self._for_rego(candidates))
        if asked:
            self._ledger.sample(asked, self._rego.measure)
            batch.waits = True
            self._answered(self._rego.submit(asked))
        return self._finished()

    def collect(self) -> list[Match]:
        """What has been finished meanwhile; does not wait."""
        self._answered(self._rego.collect())
        return self._finished()

    def settle(self) -> list[Match]:
        """Nothing more came for a while: wait for OPA, and judge what engines hold back."""
        self._answered(self._rego.drain())
        held = [match for engine in self._others for match in engine.settle()]
        return self._finished() + held

    def end(self, source: str) -> list[Match]:
        """As `settle`; the stream `source` is at its end."""
        self._answered(self._rego.drain())
        held = [match for engine in self._others for match in engine.end(source)]
        return self._finished() + held

    def close(self) -> None:
        self._rego.close()
        for engine in self._others:
            engine.close()

    def _timed(self, engine: Engine, candidates: Sequence[Candidate]) -> list[Match]:
        start = time.perf_counter()
        matches = engine.judge(candidates)
        own = {signature.key for signature in engine.signatures}
        keys = [key for one in candidates for key in one.keys if key in own]
        self._ledger.share(keys, time.perf_counter() - start)
        return matches

    def _for_rego(self, candidates: Iterable[Candidate]) -> Iterable[Candidate]:
        """Candidates without the keys of the other engines, and of those that are set aside.

        Without any key they are left out.
        """
        admits = self._suspension.admits
        for candidate in candidates:
            if self._elsewhere.isdisjoint(candidate.keys) and not self._suspension:
                yield candidate
            elif keys := tuple(
                key for key in candidate.keys if key not in self._elsewhere and admits(key)
            ):
                yield candidate._replace(keys=keys)

    def _answered(self, answers: Iterable[Sequence[Match]]) -> None:
        waiting = (batch for batch in self._batches if batch.waits)
        for matches, batch in zip(answers, waiting, strict=False):
            batch.matches += matches
            batch.waits = False

    def _finished(self) -> list[Match]:
        found: list[Match] = []
        while self._batches and not self._batches[0].waits:
            found += self._batches.popleft().matches
        return found
