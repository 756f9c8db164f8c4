# SPDX-License-Identifier: Apache-2.0
"""A signature: what it says of itself, and the events that it selects."""

import re
from dataclasses import dataclass
from pathlib import Path

from detector.prefilter.condition import Condition
from schemas.finding import SignatureMetadata

ANY = "*"  # as a selector's name or origin
SOURCE = "tracee"  # the one source of events that there is
ORIGINS = ("host", "container", "container-init")


@dataclass(frozen=True, slots=True)
class Selector:
    """Events of one name and origin, ANY for all.

    host: no container; container-init: the runtime, while it sets a container up; container: what
    runs in it afterwards.

    where: what must hold of the event, as far as that is known before it is decoded. It only saves
    work: events for which it does not hold may come all the same (`--no-prefilter`).
    instead_of: events that the signature selects too, and does not need where a stream has this.
    """

    name: str = ANY
    origin: str = ANY
    source: str = SOURCE
    where: Condition = True
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """`key` names it to its engine, `path` is its file."""

    key: str
    metadata: SignatureMetadata
    selectors: tuple[Selector, ...]
    path: Path


def event_name(name: str) -> str:
    """The event name of a signature that gives itself none: "Anti-Debugging" → anti_debugging."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
