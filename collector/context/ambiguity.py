# SPDX-License-Identifier: Apache-2.0
"""Beginnings of container ids that fit more than one container: said, with the ids."""

from collections.abc import Iterable, Sequence

from collector.choosing.grammar import Written, expression
from collector.choosing.policy import Policy
from collector.notices import warn
from schemas.stream.messages import Container

_NAMED = 5  # containers


class Ambiguity:
    """Looks at containers as they become known; a beginning is told once. Who writes `*` means all
    that begin so.
    """

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._untold = {  # beginning → where it stands
            value: condition.place
            for policy in policies
            for condition in policy.conditions()
            if condition.key == "container=ID"
            for value in expression(Written(condition.text, condition.place)).values
            if "*" not in value
        }

    def look(self, containers: Iterable[Container]) -> None:
        """At all that there are now."""
        if not self._untold:
            return
        known = sorted({one.id for one in containers})
        for beginning, place in tuple(self._untold.items()):
            fitting = [one for one in known if one.startswith(beginning)]
            if len(fitting) > 1:
                del self._untold[beginning]
                warn(_text(beginning, place, fitting))


def _text(beginning: str, place: str, fitting: Sequence[str]) -> str:
    more = ", …" if len(fitting) > _NAMED else ""
    return (
        f"{place}: {len(fitting)} containers begin with {beginning}, and all of them are meant: "
        f"{', '.join(fitting[:_NAMED])}{more}: write more of the id, or {beginning}* for all"
    )
