# SPDX-License-Identifier: Apache-2.0
"""`--events`: from names, sets, wildcards and exclusions to event types."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint
from schemas.event_type import EventType
from schemas.events import BY_NAME, CATALOGUE, UNASKED_SETS, sets


def select(texts: Sequence[str]) -> list[EventType]:
    """The events that these comma lists name, in catalogue order.

    A list is of event names, set names, `*` wildcards, and each with `-` before it, which takes
    away. None given, or only exclusions: the sets that are taken unasked.
    """
    items = [item.strip() for text in texts for item in text.split(",") if item.strip()]
    taken = [item for item in items if not item.startswith("-")]
    left_out = [item[1:] for item in items if item.startswith("-")]
    unknown = [item for item in (*taken, *left_out) if not _named(item)]
    if unknown:
        raise OperatorError(*map(_complaint, unknown))
    chosen = {event.id for item in taken or UNASKED_SETS for event in _named(item)}
    chosen -= {event.id for item in left_out for event in _named(item)}
    if not chosen:
        raise OperatorError("--events: nothing is left of it: exclude less")
    return [event for event in CATALOGUE if event.id in chosen]


def _named(item: str) -> list[EventType]:
    """A name of both a set and an event (`time`, `ipc`) is the set, which holds the event."""
    if item in (known := sets()):
        return known[item]
    if item in BY_NAME:
        return [BY_NAME[item]]
    return [event for event in CATALOGUE if "*" in item and fnmatchcase(event.name, item)]


def _complaint(item: str) -> str:
    like = hint(item, [*BY_NAME, *sets()])
    return f"--events: no event or set is named {item!r}{like}: see collector --events list"
