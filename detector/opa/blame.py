# SPDX-License-Identifier: Apache-2.0
"""Which signature failed on which event: counted, told at the user's file and line.

A signature that runs away, or kills OPA, costs everyone seconds each time: after a few times it is
suspended, and each event that it would have judged counts as an error.
"""

from collections import Counter
from collections.abc import Mapping

from detector.notices import Errors, say
from detector.opa.bundle import Bundle
from detector.opa.connection import Gone, Refused, TimedOut
from detector.selection import Candidate
from detector.signature import Signature

_STRIKES = 3  # evaluations that had to be given up


class Blame:
    """Of one run."""

    def __init__(self, signatures: Mapping[str, Signature], bundle: Bundle, errors: Errors) -> None:
        self._signatures = signatures
        self._bundle = bundle
        self._errors = errors
        self._strikes: Counter[str] = Counter()

    def failed(self, candidate: Candidate, error: Gone | Refused | TimedOut) -> None:
        """One signature cannot judge one event."""
        key = candidate.keys[0]
        self._add(candidate, key, self._reason(error))
        if isinstance(error, Refused):
            return
        self._strikes[key] += 1
        if self._strikes[key] == _STRIKES:
            say(f"{self._name(key)} is suspended: it was given up {_STRIKES} times")

    def wrong_match(self, candidate: Candidate, key: str, match: object) -> None:
        """`tracee_match` had a value that is no match."""
        kind = "null" if match is None else type(match).__name__
        self._add(candidate, key, f"tracee_match must be true or an object, and is a {kind}")

    def without_suspended(self, candidates: list[Candidate]) -> list[Candidate]:
        """Those whose signature may still judge (each candidate has one key); counts the others."""
        kept = [one for one in candidates if self._strikes[one.keys[0]] < _STRIKES]
        for one in candidates:
            if self._strikes[one.keys[0]] >= _STRIKES:
                self._errors.more(self._name(one.keys[0]))
        return kept

    def _add(self, candidate: Candidate, key: str, reason: str) -> None:
        name = self._name(key)
        place = f"{candidate.event.name} at position {candidate.position}"
        self._errors.add(name, f"{name} cannot judge {place}: {reason}")

    def _reason(self, error: Gone | Refused | TimedOut) -> str:
        if isinstance(error, TimedOut):
            return "it ran too long and was given up"
        if isinstance(error, Gone):
            return "OPA died of it (out of memory, most likely)"
        return str(self._bundle.problem(error.complaint) or error)

    def _name(self, key: str) -> str:
        return self._signatures[key].metadata.id
