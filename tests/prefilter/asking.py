# SPDX-License-Identifier: Apache-2.0
"""What OPA itself says about events, and the prefilter over events made of plain JSON values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

from detector.opa import harness
from detector.opa.connection import Connection, Refused
from detector.prefilter.condition import Argument, Data, Field
from detector.prefilter.prefilter import Prefilter, derive
from detector.prefilter.reading import FIELDS, Reading, Root
from detector.prefilter.residual import Residual, ask
from detector.rules import Rules, running
from detector.signature import Signature

Json = dict[str, Any]


class Asked:
    """A set of rules, the OPA that runs them, and the prefilter that was derived of them."""

    def __init__(self, rules: Rules, connection: Connection, limit: float) -> None:
        self.rules = rules
        self.ids = {signature.key: signature.metadata.id for signature in rules.signatures}
        self.prefilter = Prefilter(derive(rules.server, self.ids, limit))
        self._connection = connection

    @cached_property
    def residuals(self) -> dict[str, Residual]:
        return {key: ask(self._connection, key) for key in self.ids}

    def signature(self, stem: str) -> Signature:
        """The signature whose file is so called."""
        return next(one for one in self.rules.signatures if one.path.stem == stem)

    def key(self, stem: str) -> str:
        return self.signature(stem).key

    def matches(self, keys: Sequence[str], events: Sequence[Json]) -> list[set[str]]:
        """For each event the signatures that OPA has a match of; none where it has an error."""
        body = json.dumps({"input": {"candidates": [[keys, event] for event in events]}})
        self._connection.ask(harness.MATCHES, body.encode())
        try:
            answer = json.loads(self._connection.answer())["result"]
        except Refused:
            if len(events) == 1:
                return [set()]
            middle = len(events) // 2
            return self.matches(keys, events[:middle]) + self.matches(keys, events[middle:])
        found: list[set[str]] = [set() for _ in events]
        for index, match in answer:
            found[index] = set(match)
        return found

    def may_match(self, keys: Sequence[str], event: Json) -> tuple[str, ...]:
        """What the prefilter says of the event, read from its JSON."""
        return self.prefilter.may_match(keys, json_reading(event))((event,))


@contextmanager
def asked(directory: Path, limit: float = 30.0) -> Iterator[Asked]:
    with running([directory]) as rules, closing(rules.server.connect(30)) as connection:
        yield Asked(rules, connection, limit)


def json_reading(event: Json) -> Reading:
    """For values that are the event alone. Nothing is known of any value's type.

    `data` must have the names of the arguments, as it has in every event.
    """
    names = tuple(argument["name"] for argument in event["args"])
    roots: list[Root] = [*map(Argument, names), *map(Data, names), *map(Field, FIELDS)]
    expressions = {root: f"take(values[0], {root!r})" for root in roots}
    functions = {"take": _take, "Argument": Argument, "Data": Data, "Field": Field}
    return Reading(event["eventName"], names, 1, expressions, functions)


def _take(event: Json, root: Root) -> Any:
    match root:
        case Argument(name):
            return next(one["value"] for one in event["args"] if one["name"] == name)
        case Data(name):
            return event["data"].get(name)
        case Field(path):
            return reduce(_get, path, event)


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
