# SPDX-License-Identifier: Apache-2.0
"""Filters on what the checks found: a policy has it if one of its rules holds. Scopes do not apply:
what is found is of the machine.
"""

from collections import Counter

import msgspec

from collector.choosing.evaluator import Judge, filters
from collector.context.subjects import Subjects
from collector.turning import Era, addressed
from schemas.events import BY_ID
from schemas.stream.encoder import batch

_HEAD = 5  # bytes of a message before its body


class Sieve:
    """Of one plan."""

    def __init__(self, era: Era, subjects: Subjects, filtered: Counter[str]) -> None:
        """`filtered`: event → records that were nobody's, counted there."""
        self._era, self._subjects, self._filtered = era, subjects, filtered
        self._rules: dict[str, list[tuple[int, Judge]]] = {}
        for bit, policy in enumerate(era.plan.policies):
            for rule in policy.rules:
                if rule.event not in era.plan.asked:
                    continue
                self._rules.setdefault(rule.event.name, []).append((1 << bit, filters(rule)))

    def pass_on(self, message: bytes) -> tuple[bytes, int]:
        """Of a framed batch what is somebody's, and how many records that are."""
        records = [self._record(record) for record in self._era.decoder.split(message[_HEAD:])]
        kept = [record for record in records if record]
        return (batch(kept) if kept else b""), len(kept)

    def _record(self, record: msgspec.Raw) -> bytes:
        """With the policies that it is of, whichever it was looked for by; b"" if there is none."""
        name = BY_ID[self._era.decoder.event_id(record)].name
        policies = self._policies(name, record)
        if not policies:
            self._filtered[name] += 1
            return b""
        return bytes(addressed(record, policies, self._era.generation))

    def _policies(self, name: str, record: msgspec.Raw) -> int:
        if name not in self._rules:
            return 0
        event = self._era.decoder.event(record)
        subject = self._subjects.of(event)
        policies = 0
        for bit, holds in self._rules[name]:
            if holds(event, subject):
                policies |= bit
        return policies
