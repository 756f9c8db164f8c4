# SPDX-License-Identifier: Apache-2.0
"""What `data.NAME` is in an event: a field of the catalogue, or a part of a socket address."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from collector.choosing.condition import Condition, Form, Pattern
from collector.choosing.grammar import Expression, condition
from collector.choosing.scope import with_usr
from collector.choosing.values import Reading, of_field, ranged
from pytracee.service.nearest import hint
from schemas.event_type import EventType, Field
from schemas.events import CATALOGUE
from schemas.kinds import Kind

#: member of a socket address → how its values are read
_READINGS = {
    "address": Reading(Form.TEXT, Pattern),
    "port": ranged(Kind.U32),
    "family": Reading(Form.TEXT, Pattern),
}
_MEMBERS = {"addr": "address", "port": "port", "sa_family": "family"}
#: kind → the member that a field of it goes by
_PARTS = {Kind.HOOKS: "hooks", Kind.NAMED_HOOKS: "named_hooks"}
_OWN_ADDRESS = frozenset(("bind", "getsockname"))  # calls whose address is the caller's


class Place(NamedTuple):
    """Where the value is: a field, or of a socket address a member."""

    field: Field
    member: str = ""


def places(event: EventType) -> dict[str, Place]:
    """All names that `data.` can be followed by.

    A socket address goes by its field's name, by the side that it is of (`remote_addr`,
    `remote_port`), and with its members (`addr.port`).
    """
    found: dict[str, Place] = {}
    for field in event.fields:
        if field.kind != Kind.SOCKADDR:
            found[field.name] = Place(field, _PARTS.get(field.kind, ""))
            continue
        side = "local" if _is_local(event, field) else "remote"
        for name, member in _MEMBERS.items():
            found.setdefault(f"{field.name}.{name}", Place(field, member))
            found.setdefault(f"{side}_{name.removeprefix('sa_')}", Place(field, member))
        found[field.name] = Place(field, "address")
    return found


def _is_local(event: EventType, field: Field) -> bool:
    return event.name in _OWN_ADDRESS or field.name.startswith("local")


def conditions(
    asked: Expression, name: str, events: Sequence[EventType], machine: str
) -> dict[EventType, Condition]:
    """For each of the events that has it, and whose values can be such. Raises ValueError if that
    is none of them.
    """
    there = {event: places(event) for event in events}
    having = {event: found[name] for event, found in there.items() if name in found}
    if not having:
        raise ValueError(_missing(name, events, {one for found in there.values() for one in found}))
    made: dict[EventType, Condition] = {}
    wrong: list[str] = []
    for event, place in having.items():
        try:
            made[event] = _condition(asked, name, event, place, machine)
        except ValueError as error:
            wrong.append(f"{event.name}: {error}" if len(events) > 1 else str(error))
    if not made:
        raise ValueError(next((one for one in wrong if "did you mean" in one), wrong[0]))
    return made


def _condition(
    asked: Expression, name: str, event: EventType, place: Place, machine: str
) -> Condition:
    if name == "pathname" and event.numbers is None:
        asked = with_usr(asked)
    reading = _READINGS.get(place.member) or of_field(place.field, machine)
    return condition(asked, f"data.{name}", reading, place.field.name, place.member)


def _missing(name: str, events: Sequence[EventType], known: Iterable[str]) -> str:
    names = sorted(known)
    whose = events[0].name if len(events) == 1 else "none of the events"
    has = "has no field" if len(events) == 1 else "has a field"
    there = f"; there are {', '.join(names)}" if len(events) == 1 and names else ""
    return f"{whose} {has} {name!r}{hint(name, names)}{there}"


#: every name that any event's `data.` can be followed by
NAMES: frozenset[str] = frozenset(name for event in CATALOGUE for name in places(event))
