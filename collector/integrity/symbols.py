# SPDX-License-Identifier: Apache-2.0
"""The kernel's symbols, as /proc/kallsyms has them (lib/kallsyms.c, kernel/kallsyms.c).

Addresses are all 0 to a reader whom the kernel does not want to see them: with
kernel.kptr_restrict=1 one without CAP_SYSLOG, with 2 everyone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

KALLSYMS = Path("/proc/kallsyms")
MODULES = Path("/proc/modules")
SYSTEM = "system"  # the owner of what is no module's, as in Tracee
HIDDEN = "hidden"  # the owner of an address that is nobody's
_DIGITS = 16  # of an address


class Symbol(NamedTuple):
    name: str
    address: int
    owner: str  # a module, `bpf`, `system`, or `hidden`: nobody's

    @property
    def hook(self) -> dict[str, str]:
        """As events show it."""
        return {"SymbolName": self.name, "ModuleOwner": self.owner}


class Symbols:
    """A table of symbols. Read as it is made; the order by address is made when first needed."""

    def __init__(self, data: bytes, modules: Mapping[str, range]) -> None:
        """`data`: what /proc/kallsyms says; `modules`: where each lies."""
        self._data = data
        self._modules = modules

    @classmethod
    def read(cls) -> "Symbols":
        return cls(KALLSYMS.read_bytes(), shown_modules())

    def address(self, name: str, owner: str = SYSTEM) -> int | None:
        """Where the first symbol of this name is that the owner has."""
        end = "\n" if owner == SYSTEM else f"\t[{owner}]\n"
        at = self._data.find(f" {name}{end}".encode())
        if at < 0:
            return None
        begin = self._data.rfind(b"\n", 0, at) + 1
        return int(self._data[begin:at].partition(b" ")[0], 16)

    @cached_property
    def text(self) -> range:
        """Where the kernel's own code lies. Raises LookupError where that cannot be told."""
        bounds = self.address("_stext"), self.address("_etext")
        if not bounds[0] or not bounds[1]:
            raise LookupError("/proc/kallsyms does not say where the kernel's code lies")
        return range(bounds[0], bounds[1])

    @cached_property
    def _lines(self) -> list[bytes]:
        """By address, which is 16 digits at the beginning of each; those of one place in the
        order in which the kernel names them.
        """
        lines = self._data.splitlines()
        lines.sort(key=lambda line: line[:_DIGITS])
        return lines

    def at(self, address: int) -> Symbol:
        """What lies there: the last symbol that begins at or before it, and ends where the next
        begins. Among several at one place, the first that the kernel names.
        """
        place = b"%016x" % address
        after = bisect_right(self._lines, place, key=_place)
        if not after or not address:
            return Symbol("", address, HIDDEN)
        first = bisect_left(self._lines, _place(self._lines[after - 1]), key=_place)
        digits, _, rest = self._lines[first].decode(errors="replace").partition(" ")
        name, _, owner = rest[2:].partition("\t")
        owner, begin = owner.strip("[]"), int(digits, 16)
        # of what is no module's (a program, a trampoline), only its beginning is known
        within = self._modules.get(owner, range(begin, begin + 1)) if owner else self.text
        if address not in within:
            return Symbol("", address, HIDDEN)
        return Symbol(name, begin, owner or SYSTEM)


def _place(line: bytes) -> bytes:
    return line[:_DIGITS]


def shown_modules() -> dict[str, range]:
    """Name → where it lies, of the modules in /proc/modules; none where the kernel takes none."""
    if not MODULES.exists():
        return {}
    rows = [line.split() for line in MODULES.read_text().splitlines()]
    begins = [(row[0], int(row[1]), int(row[5], 16)) for row in rows]
    return {name: range(begin, begin + size) for name, size, begin in begins}


def hidden_addresses() -> str:
    """Why addresses of symbols cannot be had; "" where they can."""
    try:
        with KALLSYMS.open("rb") as file:
            lines = [file.readline() for _ in range(16)]
    except OSError as error:
        return f"/proc/kallsyms: {error.strerror}"
    if any(int(line.partition(b" ")[0], 16) for line in lines if line):
        return ""
    return (
        "/proc/kallsyms hides addresses: sysctl kernel.kptr_restrict=1 (and CAP_SYSLOG) lets "
        "them be seen"
    )
