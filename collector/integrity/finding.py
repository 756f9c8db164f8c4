# SPDX-License-Identifier: Apache-2.0
"""What a check found: an event's name and its arguments."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from collector.integrity.memory import Memory
from collector.integrity.symbols import Symbols


class Found(NamedTuple):
    event: str
    args: dict[str, Any]


class View(NamedTuple):
    """What a check may look at. The symbols are as new as the last module."""

    memory: Memory
    symbols: Symbols


#: raises Unreadable, LookupError where what it looks for is not to be had
Check = Callable[[View], Iterable[Found]]
