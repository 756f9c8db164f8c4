# SPDX-License-Identifier: Apache-2.0
"""`--trace`, as v0.8.1 had it for all at once: an event, a set, a scope or a filter."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from collector.choosing.filters import HEADS
from collector.choosing.grammar import Written, expression

_EVENTS = ("event", "e", "set", "s")
_NET = "packets are events now: --events net_packet_ipv4 and its like"


@dataclass(slots=True)
class Asked:
    """What was asked for, by what it is about."""

    events: list[Written] = field(default_factory=list)
    scopes: list[Written] = field(default_factory=list)
    filters: list[Written] = field(default_factory=list)

    def trace(self, written: Written) -> None:
        """Put a text of `--trace` where it belongs. Raises ValueError for one of another form."""
        asked = expression(written)
        name, dot, rest = asked.key.partition(".")
        if asked.key in _EVENTS:
            self.events += _names(written, asked.operator, asked.values)
        elif asked.key == "net" and asked.operator:
            raise ValueError(_NET)
        elif dot:
            self.filters.append(_of_event(written, name, rest))
        else:
            self.scopes.append(written)


def _names(written: Written, operator: str | None, values: Iterable[str]) -> list[Written]:
    if operator not in ("=", "!="):
        raise ValueError("events are chosen with event=NAME[,NAME…] or event!=NAME[,NAME…]")
    sign = "-" if operator == "!=" else ""
    return [Written(f"{sign}{value}", written.place) for value in values]


def _of_event(written: Written, name: str, rest: str) -> Written:
    """`EVENT.NAME…` is an argument here, also where a kind of scope is called so (`kill.pid`)."""
    if rest.partition(".")[0] in HEADS:
        return written
    return Written(f"{name}.data.{written.text[len(name) + 1 :]}", written.place)
