# SPDX-License-Identifier: Apache-2.0
"""`--signatures`: some of the signatures, by id, alias or event name."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from detector.signature import Signature
from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint


def choose(signatures: Sequence[Signature], texts: Sequence[str]) -> list[Signature]:
    """Those that these comma lists name, in their order; all if nothing is named.

    An item is a name with `*` wildcards, or `-` and one, which takes away. Raises OperatorError
    for items that name nothing, and where nothing is left.
    """
    items = [item.strip() for text in texts for item in text.split(",") if item.strip()]
    known = [name for signature in signatures for name in _names(signature)]
    complaints = [
        f"--signatures: none has the id or event name {item!r}{hint(item, known)}"
        for item in (item.removeprefix("-") for item in items)
        if not any(_is(signature, item) for signature in signatures)
    ]
    if complaints:
        raise OperatorError(*complaints)
    wanted = [item for item in items if not item.startswith("-")] or ["*"]
    barred = [item[1:] for item in items if item.startswith("-")]
    chosen = [
        signature
        for signature in signatures
        if any(_is(signature, item) for item in wanted)
        and not any(_is(signature, item) for item in barred)
    ]
    if not chosen:
        raise OperatorError("there is no signature that can run: see --signatures")
    return chosen


def _names(signature: Signature) -> tuple[str, ...]:
    said = signature.metadata
    return (said.id, said.event_name, *said.aliases)


def _is(signature: Signature, item: str) -> bool:
    return any(fnmatchcase(name, item) for name in _names(signature))


def inner(chosen: Sequence[Signature], signatures: Sequence[Signature]) -> list[Signature]:
    """Signatures that were not chosen, but whose findings a chosen one takes as events."""
    found: list[Signature] = []
    todo = list(chosen)
    while todo:
        names = {selector.name for selector in todo.pop().selectors}
        for one in signatures:
            if one.metadata.event_name in names and one not in (*chosen, *found):
                found.append(one)
                todo.append(one)
    return found
