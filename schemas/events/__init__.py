# SPDX-License-Identifier: Apache-2.0
"""The event catalogue: every event type, each written down once, one table per family.

The C header of `bpf/`, the JSON Schemas and the events page are generated from it by
`scripts/generate`; a test compares it with the BTF of the compiled objects.
"""

import hashlib
from functools import cache

from schemas.event_type import EventType
from schemas.events import (
    bpf,
    cgroup,
    changing,
    credentials,
    executing,
    file,
    integrity,
    kernel_read,
    made,
    mapping,
    module,
    mounts,
    names,
    notify,
    pipe,
    process,
    protecting,
    registering,
    scheduling,
    settings,
    signal_action,
    sockets,
    suspicion,
    syscalls,
    writing,
)

CATALOGUE: tuple[EventType, ...] = (
    *process.EVENTS,
    *file.EVENTS,
    *writing.EVENTS,
    *made.EVENTS,
    *suspicion.EVENTS,
    *signal_action.EVENTS,
    *pipe.EVENTS,
    *scheduling.EVENTS,
    *changing.EVENTS,
    *mapping.EVENTS,
    *protecting.EVENTS,
    *credentials.EVENTS,
    *executing.EVENTS,
    *cgroup.EVENTS,
    *sockets.EVENTS,
    *names.EVENTS,
    *mounts.EVENTS,
    *bpf.EVENTS,
    *module.EVENTS,
    *registering.EVENTS,
    *integrity.EVENTS,
    *kernel_read.EVENTS,
    *notify.EVENTS,
    *settings.EVENTS,
    *syscalls.EVENTS,
)

BY_NAME: dict[str, EventType] = {event.name: event for event in CATALOGUE}
BY_ID: dict[int, EventType] = {event.id: event for event in CATALOGUE}

#: What the collector takes when it is not told: `detection` is all that the shipped signatures
#: select (a test holds it to that).
UNASKED_SETS = ("default", "detection")


@cache
def call_names(machine: str, compat: bool) -> dict[int, str]:
    """Number → name of the system calls of `machine` (as uname -m has it), or the 32-bit ones."""
    architecture = "i386" if compat else "x86_64" if machine == "x86_64" else "arm64"
    numbers = ((getattr(event.numbers, architecture, None), event.name) for event in CATALOGUE)
    return {number: name for number, name in numbers if number is not None}


@cache
def sets() -> dict[str, list[EventType]]:
    """Set name → its events, in catalogue order; `all` holds every event."""
    found: dict[str, list[EventType]] = {"all": list(CATALOGUE)}
    for event in CATALOGUE:
        for name in event.sets:
            found.setdefault(name, []).append(event)
    return found


def digest() -> str:
    """SHA-256 (hex, 16 digits) over ids, names, fields and kinds: equal digest, equal layouts."""
    rows = [
        (event.id, event.name, [(f.name, f.type, f.parser) for f in event.fields])
        for event in CATALOGUE
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
