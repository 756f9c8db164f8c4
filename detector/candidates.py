# SPDX-License-Identifier: Apache-2.0
"""Records → candidates: whoever selects the event may match it, or it goes no further.

The hot path. An event that nobody selects costs one look at its id; one that is selected, and that
no signature can match, costs splitting its record into values.
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from detector.notices import Errors
from detector.prefilter.predicate import MayMatch
from detector.prefilter.prefilter import Prefilter
from detector.prefilter.reading import reading
from detector.selection import ByOrigin, Candidate, Selection
from detector.signature import ORIGINS
from detector.totals import Totals
from schemas.event import CONTAINER_STARTED
from schemas.stream.decoder import CONTEXT, FLAGS, Decoder
from schemas.stream.parser import Batch

#: a record's values → keys of those that may match; None if nobody selects the event at all
_Judge = Callable[[Sequence[Any]], tuple[str, ...] | None]


class Candidates:
    """Of the records that follow one Hello: those that `decoder` reads.

    `elsewhere` are keys of signatures that another process judges by; `passed` are the positions
    of the records for them, until who reads it clears it.
    """

    def __init__(
        self,
        decoder: Decoder,
        selection: Selection,
        prefilter: Prefilter,
        errors: Errors,
        totals: Totals,
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        self.decoder = decoder
        self.passed: list[int] = []
        self._elsewhere = elsewhere
        self._errors = errors
        self._totals = totals
        self._judges = _Judges(decoder, selection, prefilter)

    def of(self, batch: Batch, first: int) -> Iterator[Candidate]:
        """In the order of the records; `first` is the position of the first one."""
        judges, decoder = self._judges, self.decoder
        for position, record in enumerate(batch.records, first):
            try:
                judge = judges[decoder.event_id(record)]
                if judge is None:
                    continue
                values = decoder.values(record)
                keys = judge(values)
                if keys is None:
                    continue
                self._totals.selected += 1
                if keys and self._elsewhere:
                    keys = self._here(position, keys)
                if not keys:
                    continue
                event = decoder.event_of(values)
                candidate = Candidate(position, event, keys)
            except Exception as error:  # a damaged record can break its reading in any way
                self._errors.add("unreadable events", f"event at position {position}: {error!r}")
            else:
                self._totals.candidates += 1
                yield candidate

    def _here(self, position: int, keys: tuple[str, ...]) -> tuple[str, ...]:
        if self._elsewhere.isdisjoint(keys):
            return keys
        self.passed.append(position)
        return tuple(key for key in keys if key not in self._elsewhere)


class _Judges(dict[int, _Judge | None]):
    """By event id, made when the first such event comes: most streams have few kinds of events.

    None for an event that nobody selects.
    """

    def __init__(self, decoder: Decoder, selection: Selection, prefilter: Prefilter) -> None:
        self._decoder = decoder
        self._prefilter = prefilter
        self._selected = selection.by_id(decoder.layouts)

    def __missing__(self, event_id: int) -> _Judge | None:
        origins = self._selected.get(event_id)
        made = _judge(self._decoder, event_id, origins, self._prefilter) if origins else None
        self[event_id] = made
        return made


def _judge(decoder: Decoder, event_id: int, origins: ByOrigin, prefilter: Prefilter) -> _Judge:
    here = reading(decoder, event_id)
    judges = {origin: prefilter.may_match(keys, here) for origin, keys in origins.items()}
    if len(judges) == len(ORIGINS) and len(set(origins.values())) == 1:
        return next(iter(judges.values()))  # most signatures select every origin
    return _by_origin(judges, decoder)


def _by_origin(judges: Mapping[str, MayMatch], decoder: Decoder) -> _Judge:
    started, init, host = (judges.get(o) for o in ("container", "container-init", "host"))
    cgroup, containers = _cgroup(decoder.hello.context), decoder.joiner.containers

    def judge(values: Sequence[Any]) -> tuple[str, ...] | None:
        if values[FLAGS] & CONTAINER_STARTED:
            chosen = started
        elif cgroup(values[CONTEXT]) in containers:
            chosen = init
        else:
            chosen = host
        return chosen(values) if chosen else None

    return judge


def _cgroup(context: Sequence[tuple[str, str]]) -> Callable[[bytes], int]:
    """The control group in a record's context, without the rest of it; 0 where it has none."""
    codes, names = [code for _, code in context], [name for name, _ in context]
    if "cgroup_id" not in names:
        return lambda _: 0
    at = names.index("cgroup_id")
    before = struct.calcsize("<" + "".join(codes[:at]))
    read = struct.Struct(f"<{before}x{codes[at]}").unpack_from
    return lambda data: int(read(data)[0])
