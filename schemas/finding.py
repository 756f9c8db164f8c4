# SPDX-License-Identifier: Apache-2.0
"""A finding: a signature matched an event."""

from dataclasses import dataclass, field
from typing import Any

from schemas.event import ARGUMENTS, Event, Shape
from schemas.stream.messages import FieldLayout, Layout

_TYPES = {str: "string", bool: "bool", int: "int", float: "float64", list: "[]interface {}"}


@dataclass(frozen=True, slots=True)
class SignatureMetadata:
    """What a signature says of itself (`__rego_metadoc__`)."""

    id: str
    name: str
    version: str = ""
    event_name: str = ""  # the finding's name as an event: "anti_debugging"
    description: str = ""
    tags: tuple[str, ...] = ()
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other ids of the same detection: TRC-102 is what TRC-2 is called today."""
        found = self.properties.get("aliases", ())
        return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class Finding:
    """`data` is what the signature gave beside a plain yes, None if nothing."""

    signature: SignatureMetadata
    event: Event
    data: dict[str, Any] | None
    position: int  # of the event among all that were read, from 0

    @property
    def name(self) -> str:
        """As an event, for other signatures and in tables."""
        return self.signature.event_name or self.signature.id

    @property
    def order(self) -> tuple[int, int, str]:
        """Findings are told by the time of their events."""
        return self.event.timestamp, self.position, self.signature.id


class FindingEvent(Event):
    """A finding as an event that other signatures may select: its data are the arguments.

    `signature` is whose finding it is; `descent` are the keys of all signatures that it comes of,
    none of which sees it: so a chain of findings ends.
    """

    __slots__ = ("descent", "signature")

    def __init__(self, finding: Finding, descent: frozenset[str]) -> None:
        data, cause = finding.data or {}, finding.event
        fields = tuple(FieldLayout(name, _type(value), 0) for name, value in data.items())
        super().__init__(
            cause.hello,
            Shape(Layout(0, finding.name, fields), {}),
            cause.timestamp,
            cause.return_value,
            cause.policies,
            cause.generation,
            cause.flags & ~ARGUMENTS,
            cause.task,
            list(data.values()),
            cause.process,
            cause.container,
            cause.joiner,
        )
        self.signature = finding.signature
        self.descent = descent


def _type(value: Any) -> str:
    """What `args[].type` calls a JSON value."""
    return _TYPES.get(type(value), "interface {}")
