# SPDX-License-Identifier: Apache-2.0
"""The `tests` of CEL signatures: events that they are to match, or not."""

from collections.abc import Iterable, Iterator

from detector.cel.engine import CelEngine
from detector.cel.load import Case, CelSignature
from detector.example import from_flat
from detector.notices import Errors
from detector.outcome import Outcome
from detector.selection import Candidate
from detector.signature import ANY


def run_cases(signatures: Iterable[CelSignature]) -> Iterator[Outcome]:
    """The outcome of every case, at its own line."""
    for one in signatures:
        for at, case in enumerate(one.cases):
            place = one.part.get("tests", at) or one.part
            row = place.problem("").row
            name = f"{one.signature.metadata.id} {case.name or f'case {at + 1}'}"
            yield Outcome(one.signature.path, row, name, _failure(one, case))


def _failure(one: CelSignature, case: Case) -> str:
    try:
        event = from_flat(case.event)
    except ValueError as error:
        return str(error)
    if not any(selector.name in (ANY, event.name) for selector in one.signature.selectors):
        return f"it does not select {event.name}"
    errors = Errors()
    candidate = Candidate(0, event, (one.signature.key,))
    matched = bool(CelEngine([one], errors).judge([candidate]))
    if errors.count:
        return "it cannot judge this event"
    if matched == case.match:
        return ""
    return "it matches" if matched else "it does not match"
