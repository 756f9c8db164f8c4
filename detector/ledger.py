# SPDX-License-Identifier: Apache-2.0
"""What each signature does and costs, for `--stats` and the metrics.

Counting is always on: it costs something per candidate, not per event. Time is measured only
where it was asked for, on a sample of the batches: OPA tells it of a batch, not of a signature.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from detector.selection import Candidate

_SAMPLE = 16  # every so many batches one is measured, signature by signature
_ROW = "{:<12} {:>12} {:>10} {:>10} {:>10} {:>8}"


class Ledger:
    """Of one run, by the signatures' keys."""

    def __init__(self, *, timed: bool = False) -> None:
        self.evaluations: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.batches = 0  # that OPA answered
        self.opa_seconds = 0.0  # from question to answer, waiting included
        self.restarts = 0  # of OPA
        self.timed = timed
        self._seconds: dict[str, float] = defaultdict(float)  # of the sample
        self._sampled: Counter[str] = Counter()  # evaluations in it
        self._submitted = 0

    def take_over(self, old: "Ledger", keys: Mapping[str, str]) -> None:
        """After a reload: go on with the counts of the old one; `keys` are old key → new key."""
        self.batches, self.restarts = old.batches, old.restarts
        self.opa_seconds, self.timed = old.opa_seconds, old.timed
        for key, new in keys.items():
            self.evaluations[new], self.findings[new] = old.evaluations[key], old.findings[key]
            self._seconds[new], self._sampled[new] = old._seconds[key], old._sampled[key]

    def judge(self, candidates: Iterable[Candidate]) -> None:
        """These are about to be judged."""
        for candidate in candidates:
            self.evaluations.update(candidate.keys)

    def sample(
        self, candidates: Sequence[Candidate], measure: Callable[[Sequence[Candidate]], float]
    ) -> None:
        """Of every so many batches `measure`, in seconds, what each signature takes of it."""
        self._submitted += 1
        if not self.timed or self._submitted % _SAMPLE != 1:
            return
        for key in {key for candidate in candidates for key in candidate.keys}:
            its = [one._replace(keys=(key,)) for one in candidates if key in one.keys]
            self._seconds[key] += measure(its)
            self._sampled[key] += len(its)

    def share(self, keys: Sequence[str], seconds: float) -> None:
        """An engine took this long for these evaluations together."""
        for key in keys:
            self._seconds[key] += seconds / len(keys)
            self._sampled[key] += 1

    def seconds(self, key: str) -> float:
        """What a signature has taken: its mean in the sample times its evaluations."""
        sampled = self._sampled[key]
        return self._seconds[key] / sampled * self.evaluations[key] if sampled else 0.0

    def table(
        self, names: Mapping[str, str], errors: Mapping[str, int], suspended: Collection[str] = ()
    ) -> str:
        """A line per signature that did anything, the dearest first; `names` are ids by key.

        `suspended` are ids.
        """
        rows = [_ROW.format("SIGNATURE", "EVALUATIONS", "SECONDS", "US EACH", "FINDINGS", "ERRORS")]
        for key in sorted(names, key=lambda one: (-self.seconds(one), names[one])):
            count, name = self.evaluations[key], names[key]
            if count or errors.get(name):
                spent = self.seconds(key)
                each = f"{spent / count * 1e6:.1f}" if count and spent else "-"
                cells = (count, f"{spent:.3f}", each, self.findings[key], errors.get(name, 0))
                rows.append(_ROW.format(name, *cells) + "  suspended" * (name in suspended))
        return "\n".join(rows)


def timed(act: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
