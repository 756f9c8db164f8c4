# SPDX-License-Identifier: Apache-2.0
"""Parts of a field's value: of a socket address the address and the port, of hooks the names."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_HOSTS = ("sin_addr", "sin6_addr", "sun_path")
_PORTS = ("sin_port", "sin6_port")


def _first(value: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((value[name] for name in names if name in value), None)


def _address(value: Mapping[str, str]) -> str | None:
    """The host's address, or the path of a unix socket."""
    return _first(value, _HOSTS)


def _port(value: Mapping[str, str]) -> int | None:
    port = _first(value, _PORTS)
    return None if port is None else int(port)


def _symbols(hooks: Iterable[Mapping[str, str]]) -> list[str]:
    return [name for hook in hooks for name in hook.values()]


#: member → what it is of the field's value
MEMBERS: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "address": _address,
    "port": _port,
    "family": lambda value: _first(value, ("sa_family",)),
    "hooks": _symbols,
    "named_hooks": lambda value: [*value, *_symbols(value.values())],
}
