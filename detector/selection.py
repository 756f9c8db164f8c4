# SPDX-License-Identifier: Apache-2.0
"""Which signatures see an event: by its name and origin."""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from detector.signature import ANY, ORIGINS, Signature
from schemas.event import Event
from schemas.stream.messages import Layout

#: origin → keys of the signatures that select it; origins that nobody selects are not in it
ByOrigin = Mapping[str, tuple[str, ...]]


class Candidate(NamedTuple):
    """An event and the keys of the signatures that are to judge it."""

    position: int
    event: Event
    keys: tuple[str, ...]


class Selection:
    """The selectors of all signatures, turned round."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self.signatures = {signature.key: signature for signature in signatures}
        #: event name → (place of the signature, origin, key), for each of its selectors
        self._rows: dict[str, list[tuple[int, str, str]]] = {}
        self._of_findings: dict[str, ByOrigin] = {}
        #: (key, event name) → events, of which any one makes this one needless to it
        self._instead: dict[tuple[str, str], set[str]] = {}
        for place, signature in enumerate(self.signatures.values()):
            for selector in signature.selectors:
                row = (place, selector.origin, signature.key)
                self._rows.setdefault(selector.name, []).append(row)
                for name in selector.instead_of:
                    self._instead.setdefault((signature.key, name), set()).add(selector.name)

    def ids(self) -> dict[str, str]:
        """Id by key."""
        return {key: signature.metadata.id for key, signature in self.signatures.items()}

    def events(self) -> list[str]:
        """Names of all selected events; just ANY if a signature selects every event."""
        names = {s.name for signature in self.signatures.values() for s in signature.selectors}
        return [ANY] if ANY in names else sorted(names)

    def by_id(self, layouts: Mapping[int, Layout]) -> dict[int, ByOrigin]:
        """For the events of one stream. An id that nobody selects is not in it."""
        there = {layout.name for layout in layouts.values()}
        found = {number: self.of_event(layout.name, there) for number, layout in layouts.items()}
        return {number: origins for number, origins in found.items() if origins}

    def of_event(self, name: str, there: Set[str]) -> ByOrigin:
        """Who sees such an event in a stream that has the events `there`."""
        found = {origin: self._keys(name, origin) for origin in ORIGINS}
        needless = {key for key, one in self._instead if one == name and self._has(key, one, there)}
        kept = {o: tuple(key for key in keys if key not in needless) for o, keys in found.items()}
        return {origin: keys for origin, keys in kept.items() if keys}

    @property
    def preferred(self) -> frozenset[str]:
        """Events that some signature takes instead of others, where they are."""
        return frozenset(name for names in self._instead.values() for name in names)

    def by_name(self, name: str) -> ByOrigin:
        """For findings as events: who selects them by their name. ANY means kernel events."""
        if name not in self._of_findings:
            found = {origin: self._keys(name, origin, any_name=False) for origin in ORIGINS}
            self._of_findings[name] = {origin: keys for origin, keys in found.items() if keys}
        return self._of_findings[name]

    def missing(self, there: Iterable[str]) -> dict[str, list[Signature]]:
        """Events that signatures select, that are not `there` and are no signature's findings.

        Where a signature can do without an event, because there is another, it does not miss it.
        """
        findings = {signature.metadata.event_name for signature in self.signatures.values()}
        known = {ANY, *there, *findings}
        found: dict[str, list[Signature]] = {}
        for key, signature in self.signatures.items():
            replaced = {s.name for s in signature.selectors if not known.isdisjoint(s.instead_of)}
            for name in sorted({selector.name for selector in signature.selectors} - known):
                if name not in replaced and not self._has(key, name, known):
                    found.setdefault(name, []).append(signature)
        return found

    def _has(self, key: str, name: str, there: Set[str]) -> bool:
        """Whether the signature has something better there than this event."""
        return not there.isdisjoint(self._instead.get((key, name), ()))

    def _keys(self, name: str, origin: str, *, any_name: bool = True) -> tuple[str, ...]:
        rows = self._rows.get(name, []) + (self._rows.get(ANY, []) if any_name else [])
        fitting = {(place, key) for place, wanted, key in rows if wanted in (origin, ANY)}
        return tuple(key for _, key in sorted(fitting))


def origin_of(event: Event) -> str:
    """Where an event happened, as a selector's `origin` has it."""
    return origin(started=event.container_started, contained=event.container is not None)


def origin(*, started: bool, contained: bool) -> str:
    """Of an event in a container, or in one that has begun its own program."""
    if started:
        return "container"
    return "container-init" if contained else "host"
