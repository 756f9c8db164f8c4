# SPDX-License-Identifier: Apache-2.0
"""Options that belong together, as one decorator of a click command."""

from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def grouped(*options: Callable[[Any], Any]) -> Callable[[_F], _F]:
    """`options` are click's, and stand in --help in this order."""

    def decorate(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
