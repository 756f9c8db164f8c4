# SPDX-License-Identifier: Apache-2.0
"""What engines give, and what the loop asks of those in this process: CEL's and Python's."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from detector.selection import Candidate
from detector.signature import Signature


class Match(NamedTuple):
    """`data` is None where the signature just said yes."""

    candidate: Candidate
    key: str
    data: dict[str, Any] | None


class Engine(Protocol):
    """Judges candidates by its signatures. Their keys are unique over all engines."""

    @property
    def signatures(self) -> Sequence[Signature]: ...

    @property
    def busy(self) -> bool:
        """Whether something is held back, which `settle` would judge."""

    def judge(self, candidates: Sequence[Candidate]) -> list[Match]:
        """Matches of the candidates, and of earlier ones that were held back until now.

        Of a candidate's keys those of other engines are left alone.
        """

    def settle(self) -> list[Match]:
        """Judge what is held back, because nothing more came for a while."""

    def end(self, source: str) -> list[Match]:
        """As `settle`, and the signatures are told that the stream `source` is at its end."""

    def close(self) -> None:
        """The run is over. Nothing is judged any more."""
