# SPDX-License-Identifier: Apache-2.0
"""Filters on what the checks found: a policy has it if one of its rules holds. Scopes do not apply:
what is found is of the machine.
"""

import struct
from collections import Counter

import msgspec

from collector.choosing.evaluator import Judge, filters
from collector.context.subjects import Subjects
from collector.loading.plan import Plan
from schemas.stream.decoder import Decoder
from schemas.stream.encoder import batch

_POLICIES = 25  # where they lie in a record
_HEAD = 5  # bytes of a message before its body
_U64 = struct.Struct(">Q")


class Sieve:
    """Of one plan."""

    def __init__(
        self, plan: Plan, decoder: Decoder, subjects: Subjects, filtered: Counter[str]
    ) -> None:
        """`filtered`: event → records that were nobody's, counted there."""
        self._decoder, self._subjects, self._filtered = decoder, subjects, filtered
        self._rules: dict[str, list[tuple[int, Judge]]] = {}
        for bit, policy in enumerate(plan.policies):
            for rule in policy.rules:
                self._rules.setdefault(rule.event.name, []).append((1 << bit, filters(rule)))

    def pass_on(self, message: bytes) -> tuple[bytes, int]:
        """Of a framed batch what is somebody's, and how many records that are."""
        records = [self._record(record) for record in self._decoder.split(message[_HEAD:])]
        kept = [record for record in records if record]
        return (batch(kept) if kept else b""), len(kept)

    def _record(self, record: msgspec.Raw) -> bytes:
        """With the policies that it is of; b"" if there is none."""
        event = self._decoder.event(record)
        subject = self._subjects.of(event)
        policies = 0
        for bit, holds in self._rules.get(event.name, ()):
            if event.policies & bit and holds(event, subject):
                policies |= bit
        if not policies:
            self._filtered[event.name] += 1
            return b""
        narrowed = bytearray(record)
        _U64.pack_into(narrowed, _POLICIES, policies)
        return bytes(narrowed)
