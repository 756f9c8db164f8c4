# SPDX-License-Identifier: Apache-2.0
"""A finding: a signature matched an event."""

from dataclasses import dataclass, field
from typing import Any

from schemas.event import Event


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


@dataclass(frozen=True, slots=True)
class Finding:
    """`data` is what the signature gave beside a plain yes, None if nothing."""

    signature: SignatureMetadata
    event: Event
    data: dict[str, Any] | None
    position: int  # of the event among all that were read, from 0

    @property
    def order(self) -> tuple[int, int, str]:
        """Findings are told by the time of their events."""
        return self.event.timestamp, self.position, self.signature.id
