# SPDX-License-Identifier: Apache-2.0
"""print_mem_dump: kernel memory, as it was asked for by symbol or address."""

import platform
from collections.abc import Iterator
from typing import NamedTuple

from collector.choosing.condition import Bits, Pattern
from collector.choosing.policy import Policy, Rule
from collector.integrity.finding import Found, View
from collector.integrity.memory import Unreadable
from collector.integrity.symbols import SYSTEM
from collector.notices import warn

LENGTH = 50  # bytes, where it is not said; as in Tracee
LENGTH_MAX = 1 << 15


class Request(NamedTuple):
    """What is to be dumped: a symbol, of the kernel itself or of a module, or an address."""

    symbol: str = ""
    owner: str = SYSTEM
    address: int = 0
    length: int = LENGTH


def requests(policy: Policy) -> Iterator[Request]:
    """What a policy's filters name. A rule that names nothing is told of."""
    for rule in policy.rules:
        if rule.event.name != "print_mem_dump":
            continue
        symbols, addresses = _named(rule, "symbol_name"), _named(rule, "address")
        [owner, *_] = _named(rule, "symbol_owner") or [SYSTEM]
        [length, *_] = _named(rule, "length") or [LENGTH]
        if not symbols and not addresses:
            warn(
                "print_mem_dump has nothing to show: name it, as in "
                "--filter print_mem_dump.data.symbol_name=NAME (or data.address, data.length)"
            )
        for symbol in symbols:
            yield Request(str(symbol), str(owner), length=int(length))
        for address in addresses:
            yield Request(address=int(address), length=int(length))


def _named(rule: Rule, field: str) -> list[int | str]:
    """The values that the field is to be equal to."""
    conditions = [one for one in rule.filters if one.field == field and one.operator == "="]
    values = [value for one in conditions for value in one.values]
    return [value.text if isinstance(value, Pattern) else int(value) for value in values
            if not isinstance(value, Bits)]  # fmt: skip


def check(view: View, requests: list[Request]) -> Iterator[Found]:
    """Raises LookupError, after what there is, for what is not."""
    missing = []
    for request in requests:
        try:
            yield Found("print_mem_dump", _dumped(view, request))
        except (LookupError, Unreadable) as error:
            missing.append(str(error))
    if missing:
        raise LookupError(f"print_mem_dump: {'; '.join(missing)}")


def _dumped(view: View, request: Request) -> dict[str, object]:
    address = _address(view, request)
    symbol = view.symbols.at(address)
    return {
        "bytes": view.memory.read(address, min(request.length, LENGTH_MAX)),
        "address": address,
        "length": min(request.length, LENGTH_MAX),
        "caller_context_id": 0,
        "arch": platform.machine(),
        "symbol_name": request.symbol or symbol.name,
        "symbol_owner": symbol.owner,
    }


def _address(view: View, request: Request) -> int:
    if not request.symbol:
        return request.address
    found = view.symbols.address(request.symbol, request.owner)
    if not found:
        raise LookupError(f"/proc/kallsyms has no symbol {request.symbol}")
    return found
