# SPDX-License-Identifier: Apache-2.0
"""CEL signatures on candidates: all that are to see an event in one evaluation."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detector.cel.expression import Broken
from detector.cel.load import CelSignature
from detector.cel.values import ACCESSORS
from detector.engine import Match
from detector.faults import Faults
from detector.notices import Errors
from detector.selection import Candidate
from detector.signature import Signature
from schemas.event import Event
from schemas.rendering.event import event_dict

if TYPE_CHECKING:
    from detector.cel.program import Program


class CelEngine:
    """Stateless: nothing is held back."""

    def __init__(self, signatures: Sequence[CelSignature], errors: Errors) -> None:
        self.signatures: Sequence[Signature] = [one.signature for one in signatures]
        self._by_key = {one.signature.key: one for one in signatures}
        self._faults = Faults(self.signatures, errors)
        self._teams: dict[tuple[str, ...], _Team] = {}

    @property
    def busy(self) -> bool:
        """Whether something is held back: never."""
        return False

    def judge(self, candidates: Sequence[Candidate]) -> list[Match]:
        """Matches in the order of the candidates."""
        matches = []
        for candidate in candidates:
            keys = tuple(key for key in candidate.keys if key in self._by_key)
            if keys:
                found = self._team(keys).judge(candidate, self._faults)
                matches += [Match(candidate, key, None) for key in found]
        return matches

    def settle(self) -> list[Match]:
        return []

    def end(self, source: str) -> list[Match]:
        del source
        return []

    def close(self) -> None:
        """Nothing to release."""

    def _team(self, keys: tuple[str, ...]) -> "_Team":
        team = self._teams.get(keys)
        if team is None:
            team = self._teams[keys] = _Team([self._by_key[key] for key in keys])
        return team


class _Team:
    """Signatures that see the same events."""

    def __init__(self, members: Sequence[CelSignature]) -> None:
        from detector.cel.program import Program  # dear: only for those who have signatures

        self._keys = [one.signature.key for one in members]
        self._alone = [Program([one.expression]) for one in members]
        self._whole: Program | None = None
        try:
            self._whole = Program([one.expression for one in members])
        except RuntimeError:  # one by one they are not too long
            self._whole = None

    def judge(self, candidate: Candidate, faults: Faults) -> list[str]:
        """Keys of those that match."""
        if self._whole is not None:
            try:
                answers = self._whole.run(_values(self._whole, candidate.event))
            except Broken:  # by one of them, or by a value that is not there: the others count
                pass
            else:
                return [key for key, yes in zip(self._keys, answers, strict=True) if yes]
        return [
            key
            for key, program in zip(self._keys, self._alone, strict=True)
            if _matches(key, program, candidate, faults)
        ]


def _matches(key: str, program: "Program", candidate: Candidate, faults: Faults) -> bool:
    try:
        return program.run_alone(_values(program, candidate.event))
    except Broken as error:
        faults.cannot_judge(key, candidate, str(error))
        return False


def _values(program: "Program", event: Event) -> Mapping[str, Any]:
    """What the program's variables stand for; without those that the event has no value for."""
    parsed = event.parsed()
    flat = event_dict(event, parsed)
    names = [field.name for field in event.layout.fields]
    texts, raw = dict(zip(names, parsed, strict=True)), event.data()
    found = {f"input.{name}": field.of(flat) for name, field in program.fields.items()}
    for variable, argument in program.arguments.items():
        accessor = ACCESSORS[argument.accessor]
        value = (texts if accessor.parsed else raw).get(argument.name)
        found[variable] = accessor.convert(value)
    return {name: value for name, value in found.items() if value is not None}
