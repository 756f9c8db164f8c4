# SPDX-License-Identifier: Apache-2.0
"""The prefilter of signatures: made of what OPA and selectors say, used for each stream."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from types import MappingProxyType

from detector.notices import say
from detector.opa.connection import Gone, Refused, TimedOut
from detector.opa.server import OpaServer
from detector.prefilter.condition import Condition
from detector.prefilter.precondition import precondition
from detector.prefilter.predicate import MayMatch, compiled
from detector.prefilter.reading import Reading
from detector.prefilter.residual import Residual, ask
from detector.prefilter.translate import translate
from detector.signature import Selector

_LIMIT = 2.5  # seconds for OPA to evaluate one signature partially


class Prefilter:
    """`residuals` and `selectors` by the signature's key; who is in neither sees what it selects.

    A residual holds for the rules and data that OPA had when it was asked: after a change of
    either, the prefilter is to be derived again.
    """

    def __init__(
        self,
        residuals: Mapping[str, Residual],
        selectors: Mapping[str, Sequence[Selector]] = MappingProxyType({}),
    ) -> None:
        self._residuals = residuals
        self._selectors = selectors

    def may_match(self, keys: Sequence[str], reading: Reading) -> MayMatch:
        """Which of these signatures may match an event: a function over its record's values."""
        try:
            return compiled({key: self._condition(key, reading) for key in keys}, reading)
        except Exception:  # too deep or too long for Python, or not of a shape that we know
            return compiled(dict.fromkeys(keys, True), reading)

    def _condition(self, key: str, reading: Reading) -> Condition:
        if key in self._residuals:
            return translate(self._residuals[key], reading.view)
        selectors = self._selectors.get(key)
        return True if selectors is None else precondition(selectors, reading.view)


def derive(
    server: OpaServer, signatures: Mapping[str, str], limit: float = _LIMIT
) -> dict[str, Residual]:
    """Ask OPA about each signature (key → id). What it cannot say costs time, never a finding.

    Raises ServerFailed if OPA died and cannot be started again.
    """
    residuals: dict[str, Residual] = {}
    for key, name in signatures.items():
        with closing(server.connect(limit)) as connection:
            try:
                residuals[key] = ask(connection, key)
            except (Refused, TimedOut, ValueError, LookupError, TypeError) as error:
                reason = f"OPA took more than {limit} s" if isinstance(error, TimedOut) else error
            except Gone:
                reason = "OPA died of it"
                server.restart()
            else:
                continue
        say(f"{name} has no prefilter, so every event that it selects goes to OPA: {reason}")
    return residuals
