# SPDX-License-Identifier: Apache-2.0
"""`--filter`, and the filters of a policy's rule: what must be in an event, and who did it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from collector.choosing import fields
from collector.choosing.awaited import AWAITED
from collector.choosing.condition import Condition, contradictions
from collector.choosing.grammar import Expression, Written, condition, each, expression
from collector.choosing.kinds import BY_NAME, NAMES
from collector.choosing.scope import of_task
from collector.choosing.values import of_return_value
from pytracee.service.nearest import hint
from schemas.event_type import EventType
from schemas.events import BY_NAME as BY_EVENT

About = Literal["data", "task", "retval"]
#: the words that say what a filter is about
HEADS: dict[str, About] = {
    **dict.fromkeys(("data", "args"), "data"),
    **dict.fromkeys(("scope", "context"), "task"),
    **dict.fromkeys(("retval", "returnValue"), "retval"),
}
#: the events that a name, a set or a wildcard means
Named = Callable[[str], Sequence[EventType]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it was written. `events` is what stands before its first dot, "" for nothing:
    then it is for each event that has what it asks about.
    """

    events: str
    about: About
    name: str  # of the field or of the kind
    asked: Expression


def parse(texts: Iterable[Written], complaints: list[str]) -> list[Filter]:
    """What is wrong with them as texts is added to `complaints`."""
    return each(texts, _read, complaints)


def _read(written: Written) -> Filter:
    asked = expression(written)
    head, dot, rest = asked.key.partition(".")
    if not head:
        raise ValueError("it is not of the form EVENT.KEY=VALUE")
    if not dot or head in HEADS:
        return _without_event(asked)
    inner = rest.partition(".")[0]
    if inner in HEADS or rest in BY_NAME:
        return replace(_without_event(replace(asked, key=rest)), events=head)
    return Filter(head, "data", rest, asked)


def _without_event(asked: Expression) -> Filter:
    head, _, rest = asked.key.partition(".")
    about = HEADS.get(head, "task")
    if about == "retval" and not rest:
        return Filter("", about, head, asked)
    if about == "data" and rest:
        return Filter("", about, rest, asked)
    if about == "task":
        name = rest if head in HEADS else asked.key
        if of_task(replace(asked, key=name)) is not None:
            return Filter("", about, name, asked)
    known = (*NAMES, "retval", "data.NAME")
    raise ValueError(
        f"no filter is named {asked.key!r}{_meant(asked.key, known)}; there are {', '.join(known)}"
    )


def _meant(key: str, known: Sequence[str]) -> str:
    return f" (did you mean data.{key}?)" if key in fields.NAMES else hint(key, known)


def applied(
    filters: Sequence[Filter],
    events: Sequence[EventType],
    named: Named,
    machine: str,
    complaints: list[str],
    *,
    waiting: bool = False,
) -> dict[EventType, tuple[Condition, ...]]:
    """For each event the conditions that it gets of these filters.

    A complaint for each filter that no event can have. `waiting`: beside these there are events
    whose fields are not known yet, so that what none of these has may be theirs.
    """
    made: dict[EventType, list[Condition]] = {event: [] for event in events}
    for one in filters:
        try:
            meant = _meaning(one, events, named)
            for event, found in _apply(one, meant, machine, waiting=waiting).items():
                made[event].append(found)
        except ValueError as error:
            complaints.append(f"{one.asked.place}: {error}")
    complaints += dict.fromkeys(text for group in made.values() for text in contradictions(group))
    return {event: tuple(found) for event, found in made.items()}


def _meaning(one: Filter, events: Sequence[EventType], named: Named) -> Sequence[EventType]:
    if not one.events:
        return events
    meant = named(one.events)
    if not meant:
        if one.events in AWAITED:
            return ()
        raise ValueError(f"no event is named {one.events!r}{hint(one.events, BY_EVENT)}")
    found = [event for event in events if event in meant]
    if not found:
        raise ValueError(f"{one.events} is not among the events: add it to them")
    return found


def _apply(
    one: Filter, events: Sequence[EventType], machine: str, *, waiting: bool
) -> dict[EventType, Condition]:
    if one.about == "data":
        if waiting and not any(one.name in fields.places(event) for event in events):
            return {}
        return fields.conditions(one.asked, one.name, events, machine)
    if one.about == "retval":
        calls = [event for event in events if event.numbers is not None]
        return dict.fromkeys(calls or events, condition(one.asked, "retval", of_return_value()))
    found = of_task(replace(one.asked, key=one.name))
    assert found is not None  # _read has seen to it
    return dict.fromkeys(events, found)


def of_tasks(filters: Iterable[Filter]) -> tuple[Condition, ...]:
    """Those of them that ask whose activity it is, of whatever event."""
    found = (
        of_task(replace(one.asked, key=one.name))
        for one in filters
        if one.about == "task" and not one.events
    )
    return tuple(one for one in found if one is not None)
