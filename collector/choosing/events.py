# SPDX-License-Identifier: Apache-2.0
"""What names of events mean: events, sets, wildcards, signatures, and what is not there yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import NamedTuple, TypeVar

from collector.choosing import signatures
from collector.choosing.awaited import AWAITED
from collector.choosing.condition import Condition, Form
from collector.choosing.grammar import Written, shown
from collector.choosing.policy import Rule
from collector.choosing.signatures import Selected, Signature
from pytracee.service.nearest import hint
from schemas.event_type import EventType
from schemas.events import BY_NAME, CATALOGUE, UNASKED_SETS, sets

_T = TypeVar("_T")
#: what people know an event by → what it is called here, as in the kernel
_ALSO_CALLED = {"security_post_read_file": "security_kernel_post_read_file"}
_ORIGINS = {
    origin: (Condition("container", "=", (value,), Form.NUMBER, text=text),)
    for origin, value, text in (("container", 1, "container"), ("host", 0, "not-container"))
}


class Chosen(NamedTuple):
    """What a list of names means. `waiting`: names of what is not there yet."""

    events: tuple[EventType, ...]
    signatures: tuple[Signature, ...] = ()
    waiting: tuple[Written, ...] = ()


class Names:
    """`given`: signatures that may be named; none where only the collector is asked."""

    def __init__(self, given: Sequence[Signature] = ()) -> None:
        self._given = given

    @cached_property
    def _shipped(self) -> set[str]:
        """Names of signatures, to say what a name is that is no event's."""
        return {*signatures.ALL, *(name for one in signatures.shipped() for name in one.names)}

    def events(self, item: str) -> list[EventType]:
        """A name of both a set and an event (`time`, `ipc`) is the set, which holds the event."""
        if item in (known := sets()):
            return known[item]
        if (name := _ALSO_CALLED.get(item, item)) in BY_NAME:
            return [BY_NAME[name]]
        return [event for event in CATALOGUE if "*" in item and fnmatchcase(event.name, item)]

    def signatures(self, item: str) -> list[Signature]:
        if item in signatures.ALL:
            return list(self._given)
        return [
            one
            for one in self._given
            if item in one.names or ("*" in item and fnmatchcase(one.name, item))
        ]

    def known(self, item: str) -> bool:
        return bool(self.events(item) or self.signatures(item) or item in AWAITED)

    def complaint(self, item: str) -> str:
        if not self._given and item in self._shipped:
            return f"{item} is a signature: use pytracee, which has them beside events"
        signed = [name for one in self._given for name in one.names]
        like = hint(item, [*BY_NAME, *sets(), *signed, *AWAITED])
        what = "event, set or signature" if self._given else "event or set"
        return f"no {what} is named {shown(item)!r}{like}: see collector --events list"


def choose(texts: Iterable[Written], names: Names, complaints: list[str]) -> Chosen:
    """The events and signatures that these comma lists name, events in catalogue order.

    A list is of names, `*` wildcards, and each with `-` before it, which takes away. None given,
    or only exclusions: the sets that are taken unasked.
    """
    items = [Written(item, place) for text, place in texts for item in _split(text)]
    taken = [item for item in items if not item.text.startswith("-")]
    left_out = [item.text[1:] for item in items if item.text.startswith("-")]
    named = [(item.place, item.text.removeprefix("-")) for item in items]
    complaints += [f"{at}: {names.complaint(name)}" for at, name in named if not names.known(name)]
    asked = [item.text for item in taken] or list(UNASKED_SETS)
    events = _less(names.events, asked, left_out)
    return Chosen(
        tuple(event for event in CATALOGUE if event in events),
        tuple(_less(names.signatures, asked, left_out)),
        tuple(item for item in taken if item.text in AWAITED and item.text not in left_out),
    )


def _split(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _less(
    means: Callable[[str], Iterable[_T]], taken: Iterable[str], left_out: Iterable[str]
) -> list[_T]:
    """What `taken` means, each once, without what `left_out` means."""
    barred = {one for item in left_out for one in means(item)}
    found = dict.fromkeys(one for item in taken for one in means(item))
    return [one for one in found if one not in barred]


def rules(
    chosen: Chosen,
    filters: Mapping[EventType, tuple[Condition, ...]],
    of_task: tuple[Condition, ...] = (),
) -> list[Rule]:
    """A rule for each event with its filters, and one for each event that signatures select.

    A signature judges all that it selects, so its rules have of the filters only `of_task`: whose
    activity.
    """
    shown_events = [Rule(event, filters.get(event, ())) for event in chosen.events]
    selecting: dict[Selected, list[str]] = {}
    for signature in chosen.signatures:
        for selected in signature.selected:
            selecting.setdefault(selected, []).append(signature.name)
    judged = [
        Rule(selected.event, (*_ORIGINS.get(selected.origin, ()), *of_task), tuple(names))
        for selected, names in selecting.items()
    ]
    return shown_events + judged
