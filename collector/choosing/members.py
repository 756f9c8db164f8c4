# SPDX-License-Identifier: Apache-2.0
"""Parts of a field's value that have a name of their own: of a socket address, address and port."""

from collections.abc import Callable, Mapping
from typing import Any

_HOSTS = ("sin_addr", "sin6_addr", "sun_path")
_PORTS = ("sin_port", "sin6_port")


def _first(value: Mapping[str, str] | None, names: tuple[str, ...]) -> str | None:
    return next((value[name] for name in names if name in value), None) if value else None


def _address(value: Mapping[str, str] | None) -> str | None:
    """The host's address, or the path of a unix socket."""
    return _first(value, _HOSTS)


def _port(value: Mapping[str, str] | None) -> int | None:
    port = _first(value, _PORTS)
    return None if port is None else int(port)


#: member → what it is of the field's value
MEMBERS: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "address": _address,
    "port": _port,
    "family": lambda value: _first(value, ("sa_family",)),
}
