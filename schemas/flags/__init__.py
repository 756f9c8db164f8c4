# SPDX-License-Identifier: Apache-2.0
"""Parsers: from a raw number to the names that rules and people read.

A parser is a function from int to str; unknown bits stay visible as hex. Which tables hold
depends on the machine that recorded the event (Hello's `machine`), not on the one that reads.
"""

from collections.abc import Callable

from schemas.flags import tables

Parser = Callable[[int], str]


def bits(table: dict[int, str], none: str = "0") -> Parser:
    """A set of bits: names in ascending order joined by `|`, `none` for 0.

    An entry of several bits (O_SYNC) takes its bits before the entries that it contains.
    """
    widest_first = sorted(table, key=lambda bit: (-bit.bit_count(), bit))

    def parse(value: int) -> str:
        found, rest = [], value
        for bit in widest_first:
            if rest & bit == bit:
                found.append(bit)
                rest &= ~bit
        names = [table[bit] for bit in sorted(found)]
        return "|".join(names + ([hex(rest)] if rest else [])) or none

    return parse


def value(table: dict[int, str]) -> Parser:
    """One of several values; another one stays a decimal number."""
    return lambda number: table.get(number, str(number))


def _open_flags(table: dict[int, str]) -> Parser:
    rest = bits(table, none="")

    def parse(value: int) -> str:
        access, more = tables.ACCESS[value & tables.ACCMODE], rest(value & ~tables.ACCMODE)
        return f"{access}|{more}" if more else access

    return parse


_permissions = bits(tables.PERMISSION, none="")


def _file_mode(mode: int) -> str:
    """`S_IFREG|S_IRUSR|…`: the type, then the permissions from the owner's to the others'."""
    kind = tables.FILE_TYPE.get(mode & 0o170000, "")
    permissions = _permissions(mode & ~0o170000)
    names = [kind, *reversed(permissions.split("|"))]
    return "|".join(filter(None, names)) or "0"


def _dirfd(number: int) -> str:
    return "AT_FDCWD" if number == -100 else str(number)


PARSERS: dict[str, Parser] = {
    "dirfd": _dirfd,
    "execveat_flags": bits(tables.EXECVEAT),
    "file_mode": _file_mode,
    "finit_module_flags": bits(tables.FINIT_MODULE),
    "memfd_flags": bits(tables.MEMFD),
    "mmap_prot": bits(tables.MMAP_PROT, none="PROT_NONE"),
    "mount_flags": bits(tables.MOUNT),
    "open_flags": _open_flags(tables.OPEN),
    "ptrace_request": value(tables.PTRACE_REQUEST),
}

_OF_ARM64 = {**PARSERS, "open_flags": _open_flags(tables.OPEN_ARM64)}


def parsers(machine: str) -> dict[str, Parser]:
    """The parsers for events of `machine` (as uname -m names it)."""
    return _OF_ARM64 if machine in ("aarch64", "arm64") else PARSERS
