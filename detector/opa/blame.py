# SPDX-License-Identifier: Apache-2.0
"""Which signature failed on which event: counted, told at the user's file and line."""

from collections.abc import Mapping

from detector.notices import Errors
from detector.opa.bundle import Bundle
from detector.opa.connection import Gone, Refused, TimedOut
from detector.selection import Candidate
from detector.signature import Signature
from detector.suspension import Suspension


class Blame:
    """Of one run."""

    def __init__(
        self,
        signatures: Mapping[str, Signature],
        bundle: Bundle,
        errors: Errors,
        suspension: Suspension,
    ) -> None:
        self._signatures = signatures
        self._bundle = bundle
        self._errors = errors
        self._suspension = suspension

    def failed(self, candidate: Candidate, error: Gone | Refused | TimedOut) -> None:
        """One signature cannot judge one event."""
        key = candidate.keys[0]
        self._add(candidate, key, self._reason(error))
        if not isinstance(error, Refused):
            self._suspension.strike(key)

    def wrong_match(self, candidate: Candidate, key: str, match: object) -> None:
        """`tracee_match` had a value that is no match."""
        kind = "null" if match is None else type(match).__name__
        self._add(candidate, key, f"tracee_match must be true or an object, and is a {kind}")

    def without_suspended(self, candidates: list[Candidate]) -> list[Candidate]:
        """Those whose signature may still judge (each candidate has one key); counts the others."""
        return [one for one in candidates if self._suspension.admits(one.keys[0])]

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
