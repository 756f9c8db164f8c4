# SPDX-License-Identifier: Apache-2.0
"""`--list` and `--list-events`."""

import textwrap
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from detector.selection import Selection
from detector.signature import ANY, Signature
from schemas.events import BY_NAME
from schemas.rendering.columns import escaped
from schemas.rendering.signature import metadata_dict

_PARAGRAPH: Any = {
    "width": 100,
    "initial_indent": "    ",
    "subsequent_indent": "    ",
    "break_long_words": False,
    "break_on_hyphens": False,
}
_ROW = "{:<10} {:<35} {:<7} {}"


def table(signatures: Iterable[Signature]) -> str:
    """ID, NAME, VERSION and DESCRIPTION, a line for each signature."""
    rows = [_ROW.format("ID", "NAME", "VERSION", "DESCRIPTION")]
    for signature in signatures:
        said = signature.metadata
        rows.append(escaped(_ROW.format(said.id, said.name, said.version, said.description)))
    return "\n".join(rows)


def as_json(signatures: Iterable[Signature]) -> str:
    """A list of objects: metadata in Tracee's spelling, and the selected events."""
    listed = list(signatures)
    missing = Selection(listed).missing(BY_NAME)
    waits = {s.key: [name for name in missing if s in missing[name]] for s in listed}
    return msgspec.json.encode(
        [{**_whole(signature), "WaitsFor": waits[signature.key]} for signature in listed]
    ).decode()


def waiting(signatures: Iterable[Signature]) -> str:
    """Which signatures wait for events that no collector gives yet; "" if none does."""
    return told_missing(Selection(signatures).missing(BY_NAME))


def told_missing(
    missing: Mapping[str, Iterable[Signature]], reasons: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Events and the ids of who waits for them, in as few lines as it takes; "" for none."""
    parts = []
    for name, signatures in sorted(missing.items()):
        ids = ", ".join(signature.metadata.id for signature in signatures)
        reason = f" [{reasons[name]}]" if name in reasons else ""
        parts.append(f"{name}{reason} ({ids})")
    return "".join(f"\n{line}" for line in textwrap.wrap("; ".join(parts), **_PARAGRAPH))


def event_list(signatures: Iterable[Signature]) -> str:
    """What to ask the collector for, for `collector --events $(detector --list-events)`.

    Only what a collector knows: no findings of other signatures, no events that are not there yet.
    """
    names = Selection(signatures).events()
    return "all" if names == [ANY] else ",".join(name for name in names if name in BY_NAME)


def _whole(signature: Signature) -> dict[str, Any]:
    selected = [
        {"Source": one.source, "Name": one.name, "Origin": one.origin}
        for one in signature.selectors
    ]
    return {**metadata_dict(signature.metadata), "Events": selected}
