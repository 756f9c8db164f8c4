# SPDX-License-Identifier: Apache-2.0
"""print_mem_dump: kernel memory, as it was asked for by symbol or address."""

import platform
from collections.abc import Iterator
from typing import NamedTuple

from collector.integrity.finding import Found, View
from collector.integrity.memory import Unreadable
from collector.integrity.symbols import SYSTEM
from collector.notices import say

LENGTH = 50  # bytes, where it is not said; as in Tracee
LENGTH_MAX = 1 << 15


class Request(NamedTuple):
    """What is to be dumped: a symbol, also as `owner:symbol`, or an address."""

    symbol: str = ""
    address: int = 0
    length: int = LENGTH


def check(view: View, requests: list[Request]) -> Iterator[Found]:
    for request in requests:
        try:
            yield Found("print_mem_dump", _dumped(view, request))
        except (LookupError, Unreadable) as error:
            say(f"print_mem_dump: {error}")


def _dumped(view: View, request: Request) -> dict[str, object]:
    address = _address(view, request)
    symbol = view.symbols.at(address)
    _, _, wanted = request.symbol.rpartition(":")
    return {
        "bytes": view.memory.read(address, min(request.length, LENGTH_MAX)),
        "address": address,
        "length": min(request.length, LENGTH_MAX),
        "caller_context_id": 0,
        "arch": platform.machine(),
        "symbol_name": wanted or symbol.name,
        "symbol_owner": symbol.owner,
    }


def _address(view: View, request: Request) -> int:
    if not request.symbol:
        return request.address
    owner, _, name = request.symbol.rpartition(":")
    found = view.symbols.address(name, owner or SYSTEM)
    if not found:
        raise LookupError(f"/proc/kallsyms has no symbol {request.symbol}")
    return found
