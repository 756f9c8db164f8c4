# SPDX-License-Identifier: Apache-2.0
"""What signatures do wrong in this process: told once per signature, and counted."""

from collections.abc import Iterable

from detector.notices import Errors
from detector.selection import Candidate
from detector.signature import Signature


class Faults:
    """Of one engine and one run."""

    def __init__(self, signatures: Iterable[Signature], errors: Errors) -> None:
        self._signatures = {signature.key: signature for signature in signatures}
        self._errors = errors
        self._told: set[str] = set()

    def cannot_judge(self, key: str, candidate: Candidate, reason: str, trace: str = "") -> None:
        """One signature failed on one event."""
        place = f"{candidate.event.name} at position {candidate.position}"
        self.add(key, f"cannot judge {place}: {reason}", trace)

    def add(self, key: str, what: str, trace: str = "") -> None:
        """`what` completes a sentence that begins with the signature's id and file.

        `trace`, a traceback, is told below it.
        """
        signature = self._signatures[key]
        name = signature.metadata.id
        if key in self._told:
            self._errors.more(name)
            return
        self._told.add(key)
        told = f"{name} ({signature.path}) {what}; its further errors are only counted"
        self._errors.add(name, f"{told}\n{trace}" if trace else told)
