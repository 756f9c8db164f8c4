# SPDX-License-Identifier: Apache-2.0
"""Socket addresses, as events give them."""

import ipaddress
from errno import EINPROGRESS, EINTR
from typing import Any, NamedTuple

from schemas.event import Event

FAMILIES = ("AF_INET", "AF_INET6")
_UNDER_WAY = (0, -EINPROGRESS, -EINTR)


class Remote(NamedTuple):
    """A host on the internet. `ip` has one spelling: IPv4 in IPv6 is IPv4."""

    ip: str
    port: str


def remote_of(event: Event) -> Remote | None:
    """Of a connection; None for another family, or where the address could not be read."""
    address = event.data().get("addr" if event.name == "connect" else "remote_addr")
    if not isinstance(address, dict) or address.get("sa_family") not in FAMILIES:
        return None
    ip = one_spelling(address.get("sin_addr") or address.get("sin6_addr"))
    port = address.get("sin_port") or address.get("sin6_port")
    return Remote(ip, str(port)) if ip and port else None


def one_spelling(ip: Any) -> str | None:
    """None for what is no IP address."""
    try:
        found = ipaddress.ip_address(ip) if isinstance(ip, str) else None
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found) if found else None


def was_refused(event: Event) -> bool:
    """Whether it is a call of connect(2) that came to nothing at once."""
    return event.name == "connect" and event.return_value not in _UNDER_WAY
