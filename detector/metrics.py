# SPDX-License-Identifier: Apache-2.0
"""What `/metrics` tells of a run, and what `/healthz` looks at."""

from collections.abc import Iterator

from detector.detect import Detection
from detector.notices import Errors
from pytracee.service.metric import Value

_PREFIX = "pytracee_detector_"


def values(detection: Detection, errors: Errors) -> Iterator[Value]:
    """Counters since the start, and the queues as they are now."""
    totals, ledger = detection.totals, detection.ledger
    yield _count("events", "Events read", totals.events)
    yield _count("selected", "Events that a signature selects", totals.selected)
    yield _count("candidates", "Events that a signature may match, after the prefilter",
                 totals.candidates)  # fmt: skip
    yield _count("lost", "Records that the kernel could not deliver", totals.lost)
    yield _count("dropped", "Events that the collector had no room for", totals.dropped)
    yield _count("context_lost", "Records on processes and containers that the kernel could not "
                 "deliver", totals.context_lost)  # fmt: skip
    yield _count("errors", "Errors", errors.count)
    yield _count("opa_batches", "Batches that OPA answered", ledger.batches)
    yield _count("opa_seconds", "Seconds from question to answer", ledger.opa_seconds)
    yield _count("opa_restarts", "Times that OPA was started again", ledger.restarts)
    ids = detection.signature_ids()
    for what, counted in (("findings", ledger.findings), ("evaluations", ledger.evaluations)):
        samples = {ids.get(key, key): float(n) for key, n in list(counted.items())}
        yield Value(f"{_PREFIX}{what}", f"{what.title()} by signature", samples, "signature")
    suspended = dict.fromkeys(detection.suspended, 1.0)
    yield Value(f"{_PREFIX}suspended", "Signatures that are set aside because they take too long",
                suspended, "signature", True)  # fmt: skip
    waiting = {"pending": detection.pending, "judged": detection.in_flight}
    depths = {name: float(depth) for name, depth in waiting.items()}
    yield Value(f"{_PREFIX}queue_depth", "Candidates and batches that wait", depths, "queue", True)


def _count(name: str, help_text: str, number: float) -> Value:
    return Value(f"{_PREFIX}{name}", help_text, {"": float(number)})
