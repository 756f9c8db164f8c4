# SPDX-License-Identifier: Apache-2.0
"""Python signatures on candidates, in the order of their time.

Their code is trusted as the detector's own is: it runs in this process. A call that takes too long
is given up, and a signature with several such calls is set aside.
"""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec

from detector.engine import Match
from detector.faults import Faults
from detector.notices import Errors
from detector.python.limit import Limit, Overrun
from detector.python.load import Code, LoadedClass
from detector.python.order import TimeOrder
from detector.python.signature import EndOfStream, Found, PythonSignature
from detector.selection import Candidate
from detector.signature import Signature
from detector.suspension import Suspension
from schemas.event import Event


class PythonEngine:
    """One object of each class for the whole run.

    `kept` are objects of another engine that go on, by what their class is made of.
    """

    def __init__(
        self,
        classes: Sequence[LoadedClass],
        errors: Errors,
        suspension: Suspension,
        kept: Mapping[Code, PythonSignature] = MappingProxyType({}),
    ) -> None:
        self.signatures: Sequence[Signature] = [one.signature for one in classes]
        self._codes = {one.signature.key: one.code for one in classes}
        self._faults = Faults(self.signatures, errors)
        self._suspension = suspension
        self._limit = Limit()
        self._objects: dict[str, PythonSignature] = {}
        self._order = TimeOrder()
        self._calls = 0
        self._now: Candidate | None = None
        self._matches: list[Match] = []
        for one in classes:
            self._make(one, kept.get(one.code))

    @property
    def busy(self) -> bool:
        """Whether something is held back."""
        return bool(self._order)

    def judge(self, candidates: Sequence[Candidate]) -> list[Match]:
        """Matches of the candidates whose turn has come."""
        ours = (one for one in candidates if not self._objects.keys().isdisjoint(one.keys))
        return self._judge(self._order.add(ours))

    def settle(self) -> list[Match]:
        return self._judge(self._order.rest())

    def end(self, source: str) -> list[Match]:
        """Judges what is held back, then tells all signatures that the stream ended."""
        matches = self.settle()
        for key, one in self._objects.items():
            self._guard(key, "on_signal", partial(one.on_signal, EndOfStream(source)))
        self._order.restart()
        return matches + self._taken()

    def give_away(self, codes: Set[Code]) -> dict[Code, PythonSignature]:
        """The objects of these classes, which are not this engine's any more."""
        keys = [key for key, code in self._codes.items() if code in codes]
        return {self._codes[key]: self._objects.pop(key) for key in keys if key in self._objects}

    def close(self) -> None:
        for key, one in self._objects.items():
            self._guard(key, "close", one.close)

    def _make(self, loaded: LoadedClass, kept: PythonSignature | None) -> None:
        key = loaded.signature.key

        def make() -> None:
            made = kept or loaded.made_by()
            made._found = self._callback(key)
            self._objects[key] = made

        self._guard(key, "__init__", make)

    def _callback(self, key: str) -> Found:
        def found(event: Event | None, data: dict[str, Any] | None) -> None:
            now = self._now
            if event is None and now is None:
                raise ValueError("found() needs an event where none is in hand")
            if event is not None and (now is None or event is not now.event):
                now = Candidate(now.position if now else 0, event, (key,))
            assert now is not None
            self._matches.append(Match(now, key, _plain(data)))

        return found

    def _judge(self, candidates: Iterable[Candidate]) -> list[Match]:
        with self._limit:
            for candidate in candidates:
                self._now = candidate
                for key in candidate.keys:
                    one = self._objects.get(key)
                    if one is not None and self._suspension.admits(key):
                        self._see(one, key, candidate)
        return self._taken()

    def _see(self, one: PythonSignature, key: str, candidate: Candidate) -> None:
        limit = self._limit
        self._calls += 1
        try:
            try:  # a tick may come at any point: what it raises must find a handler
                limit.number = self._calls
                one.on_event(candidate.event)
            finally:
                limit.number = 0
        except Overrun as error:
            self._faults.cannot_judge(key, candidate, str(error), _trace(error))
            self._suspension.strike(key)
        except Exception as error:
            self._faults.cannot_judge(key, candidate, repr(error), _trace(error))

    def _guard(self, key: str, what: str, call: Callable[[], None]) -> None:
        try:
            with self._limit.call():
                call()
        except (Exception, Overrun) as error:
            said = str(error) if isinstance(error, Overrun) else repr(error)
            self._faults.add(key, f"failed in {what}: {said}", _trace(error))

    def _taken(self) -> list[Match]:
        matches, self._matches = self._matches, []
        return matches


def _plain(data: dict[str, Any] | None) -> dict[str, Any] | None:
    """As JSON will show it, and as it is now. Raises TypeError for what is no JSON."""
    return msgspec.json.decode(msgspec.json.encode(data), type=dict[str, Any] | None)


def _trace(error: BaseException) -> str:
    """Without our own frame, the first one."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    return "".join(traceback.format_exception(error.with_traceback(inner))).rstrip()
