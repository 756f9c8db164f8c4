# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with the selectors of a class."""

from collections.abc import Iterator

from detector.prefilter.condition import Argument, Data, Field
from detector.prefilter.reading import FIELDS
from detector.prefilter.source import roots
from detector.signature import ANY, ORIGINS, SOURCE, Selector
from pytracee.service.nearest import hint
from schemas.events import BY_NAME


def complaints(selectors: object) -> Iterator[str]:
    """Sentences about the signature whose `selectors` these are."""
    given = selectors if isinstance(selectors, list | tuple) else ()
    found = [one for one in given if isinstance(one, Selector)]
    if not found or len(found) < len(given):
        yield "its selectors must be Selectors, at least one"
        return
    names = {one.name for one in found}
    for one in found:
        yield from _complaints(one, names)


def _complaints(one: Selector, names: set[str]) -> Iterator[str]:
    if one.source != SOURCE or one.origin not in (*ORIGINS, ANY):
        yield f"it selects {one.name} of {one.origin}: origins are {', '.join(ORIGINS)}"
    for name in one.instead_of:
        if name not in names:
            yield f"{one.name} is there instead of {name}, which it does not select"
    for root in roots(one.where):
        match root:
            case Field(path) if path not in FIELDS:
                known = map(".".join, FIELDS)
                yield f"its `where` has no field {'.'.join(path)}{hint('.'.join(path), known)}"
            case Argument(name) | Data(name) if one.name in BY_NAME:
                yield from _argument(one.name, name)


def _argument(event: str, name: str) -> Iterator[str]:
    known = [field.name for field in BY_NAME[event].fields]
    if name not in known:
        yield f"its `where`: {event} has no argument {name}{hint(name, known)}"
