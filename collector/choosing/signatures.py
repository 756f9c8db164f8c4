# SPDX-License-Identifier: Apache-2.0
"""What the detector says of its signatures, where they may be chosen beside events.

Only `pytracee` mixes both: it hands over what `detector --list --output json` prints.
"""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pytracee.service.errors import OperatorError
from schemas.event_type import EventType
from schemas.events import BY_NAME, CATALOGUE

#: names that mean all signatures
ALL = ("all-signatures", "signatures", "detectors")


class Selected(NamedTuple):
    """An event that a signature selects, of `origin` container or host, or * for both."""

    event: EventType
    origin: str


class Signature(NamedTuple):
    """Its event name, what else it may be called by, and the events that it selects."""

    name: str
    names: tuple[str, ...]
    selected: tuple[Selected, ...]


class _Selector(msgspec.Struct, rename="pascal"):
    name: str
    origin: str = "*"
    source: str = "tracee"


class _Listed(msgspec.Struct, rename={"id": "ID", "event_name": "EventName"}):
    id: str
    event_name: str
    properties: dict[str, Any] = msgspec.field(name="Properties", default_factory=dict)
    events: list[_Selector] = msgspec.field(name="Events", default_factory=list)


def read(path: Path) -> list[Signature]:
    """The signatures in such a file. Raises OperatorError if it is none."""
    try:
        return _signatures(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise OperatorError(
            f"--signatures {path}: {error}: write it with detector --list --output json"
        ) from None


def _signatures(data: bytes) -> list[Signature]:
    listed = msgspec.json.decode(data, type=list[_Listed])
    by_name = {one.event_name: one for one in listed}
    return [
        Signature(
            one.event_name,
            (one.event_name, one.id, *_aliases(one)),
            tuple(dict.fromkeys(_selected(one, by_name, {one.event_name}))),
        )
        for one in listed
    ]


def _aliases(listed: _Listed) -> Sequence[str]:
    aliases = listed.properties.get("aliases", [])
    return tuple(map(str, aliases)) if isinstance(aliases, list) else ()


def _selected(
    listed: _Listed, by_name: Mapping[str, _Listed], seen: set[str]
) -> Iterable[Selected]:
    """What the catalogue has of them; of a signature that it selects, what that one selects.

    Events that there are not yet are left out: the detector tells of them.
    """
    for selector in listed.events:
        if selector.name == "*":
            yield from (Selected(event, selector.origin) for event in CATALOGUE)
        if selector.name in BY_NAME:
            yield Selected(BY_NAME[selector.name], selector.origin)
        inner = by_name.get(selector.name)
        if inner is not None and inner.event_name not in seen:
            seen.add(inner.event_name)
            yield from _selected(inner, by_name, seen)


def shipped() -> list[Signature]:
    """Those that the detector has; none where it cannot be asked. It takes a second."""
    asked = subprocess.run(
        [sys.executable, "-P", "-m", "detector", "--list", "--output", "json"],
        check=False,
        capture_output=True,
    )
    try:
        return _signatures(asked.stdout)
    except msgspec.DecodeError:
        return []
