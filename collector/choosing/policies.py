# SPDX-License-Identifier: Apache-2.0
"""`--policy FILE|DIRECTORY`: policies from YAML, every mistake with its line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from collector.choosing import document, filters, scope
from collector.choosing.condition import Condition
from collector.choosing.events import Chosen, Names, choose, rules
from collector.choosing.grammar import Written
from collector.choosing.policy import Policy, Rule, Waiting
from pytracee.service.document import BadDocument, Part, read
from pytracee.service.reading import content, listed
from schemas.event_type import EventType

SUFFIXES = (".yaml", ".yml")
_LARGEST = 1 << 20  # bytes of a file
_T = TypeVar("_T")


def load(paths: Sequence[Path], names: Names, machine: str, complaints: list[str]) -> list[Policy]:
    """The policies in these files and directories, in their order.

    What is wrong with any of them is added to `complaints`; then the others are there.
    """
    parts = [part for path in paths for part in _documents(path, complaints)]
    read_all = (_Reader(part, names, machine, complaints).policy() for part in parts)
    found = [policy for policy in read_all if policy is not None]
    first: dict[str, str] = {}
    for policy in found:
        if policy.name in first:
            complaints.append(
                f"{policy.place}: the policy in {first[policy.name]} is called {policy.name} too"
            )
        first.setdefault(policy.name, policy.place)
    return found


def _documents(path: Path, complaints: list[str]) -> list[Part]:
    """Of a file, or of all YAML files that lie in a directory (a link counts as what it leads to,
    as in a directory that Kubernetes mounts).
    """
    try:
        there = listed(path)
    except OSError as error:
        complaints.append(_unreadable(path, error))
        return []
    if there is None:
        return _in_file(path, complaints)
    files = [one for one in there if one.suffix in SUFFIXES and one.name[0] != "."]
    if not files:
        complaints.append(f"--policy {path}: no file in it ends in {' or '.join(SUFFIXES)}")
    return [part for file in files for part in _in_file(file, complaints)]


def _in_file(path: Path, complaints: list[str]) -> list[Part]:
    try:
        parts = read(path, content(path, _LARGEST))
    except OSError as error:
        complaints.append(_unreadable(path, error))
    except BadDocument as error:
        complaints.append(str(error))
    else:
        if not parts:
            complaints.append(f"{path}:1:1: no policy is in it")
        return parts
    return []


def _unreadable(path: Path, error: OSError) -> str:
    if error.strerror is None:  # our own words
        return f"--policy {path}: {error}"
    return f"--policy {path}: {error.strerror}: name one that you may read"


class _Reader:
    """One document."""

    def __init__(self, part: Part, names: Names, machine: str, complaints: list[str]) -> None:
        self._part = part
        self._names = names
        self._machine = machine
        self._complaints = complaints

    def policy(self) -> Policy | None:
        """None for a document of another shape."""
        found = self._shaped(self._part, document.Document)
        if found is None:
            for rule in self._items("spec", "rules"):
                self._shaped(rule, document.Rule)
            return None
        chosen = list(map(self._rule, self._items("spec", "rules"), found.spec.rules))
        return Policy(
            found.metadata.name,
            tuple(rule for _, made in chosen for rule in made),
            scope.parse(self._written("spec", "scope"), self._complaints),
            found.metadata.annotations.description,
            waiting=tuple(Waiting(*one) for waiting, _ in chosen for one in waiting),
            place=self._part.place,
        )

    def _shaped(self, part: Part, shape: type[_T]) -> _T | None:
        try:
            return part.read(shape)
        except BadDocument as error:
            if str(error) not in self._complaints:
                self._complaints.append(str(error))
            return None

    def _items(self, *steps: str | int, of: Part | None = None) -> list[Part]:
        part = (of or self._part).get(*steps)
        return part.items() if part else []

    def _written(self, *steps: str | int, of: Part | None = None) -> list[Written]:
        """The texts of a list."""
        return [Written(one.node.value, one.place) for one in self._items(*steps, of=of)]

    def _rule(self, part: Part, rule: document.Rule) -> tuple[Sequence[Written], list[Rule]]:
        """What it waits for, and what is there of it."""
        event = part.get("event")
        assert event is not None  # the shape says so
        if rule.event.startswith("-") or "," in rule.event:
            self._complaints.append(f"{event.place}: a rule is for one name: write a rule for each")
            return (), []
        chosen = choose([Written(rule.event, event.place)], self._names, self._complaints)
        written = filters.parse(self._written("filters", of=part), self._complaints)
        given = self._filters(chosen, written)
        return chosen.waiting, rules(chosen, given, filters.of_tasks(written))

    def _filters(
        self, chosen: Chosen, written: Sequence[filters.Filter]
    ) -> Mapping[EventType, tuple[Condition, ...]]:
        if chosen.events or chosen.waiting:
            return filters.applied(
                written,
                chosen.events,
                self._names.events,
                self._machine,
                self._complaints,
                waiting=bool(chosen.waiting),
            )
        if chosen.signatures:
            self._complaints += [
                f"{one.asked.place}: a finding is not filtered by {one.asked.key}, only by whose "
                "it is: filter the signature's events in a rule of their own"
                for one in written
                if one.about != "task"
            ]
        return {}
