# SPDX-License-Identifier: Apache-2.0
"""Python signatures on candidates, in the order of their time.

Their code is trusted as the detector's own is: it runs in this process, and nothing stops one that
does not return.
"""

import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec

from detector.engine import Match
from detector.faults import Faults
from detector.notices import Errors
from detector.python.load import LoadedClass
from detector.python.order import TimeOrder
from detector.python.signature import EndOfStream, Found, PythonSignature
from detector.selection import Candidate
from detector.signature import Signature
from schemas.event import Event


class PythonEngine:
    """One object of each class for the whole run."""

    def __init__(self, classes: Sequence[LoadedClass], errors: Errors) -> None:
        self.signatures: Sequence[Signature] = [one.signature for one in classes]
        self._faults = Faults(self.signatures, errors)
        self._objects: dict[str, PythonSignature] = {}
        self._order = TimeOrder()
        self._now: Candidate | None = None
        self._matches: list[Match] = []
        for one in classes:
            self._make(one)

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

    def close(self) -> None:
        for key, one in self._objects.items():
            self._guard(key, "close", one.close)

    def _make(self, loaded: LoadedClass) -> None:
        key = loaded.signature.key

        def make() -> None:
            made = loaded.made_by()
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
        for candidate in candidates:
            self._now = candidate
            for key in candidate.keys:
                one = self._objects.get(key)
                if one is None:
                    continue
                try:
                    one.on_event(candidate.event)
                except Exception as error:
                    self._faults.cannot_judge(key, candidate, repr(error), _trace(error))
        return self._taken()

    def _guard(self, key: str, what: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            self._faults.add(key, f"failed in {what}: {error!r}", _trace(error))

    def _taken(self) -> list[Match]:
        matches, self._matches = self._matches, []
        return matches


def _plain(data: dict[str, Any] | None) -> dict[str, Any] | None:
    """As JSON will show it, and as it is now. Raises TypeError for what is no JSON."""
    return msgspec.json.decode(msgspec.json.encode(data), type=dict[str, Any] | None)


def _trace(error: Exception) -> str:
    """Without our own frame, the first one."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    return "".join(traceback.format_exception(error.with_traceback(inner))).rstrip()
