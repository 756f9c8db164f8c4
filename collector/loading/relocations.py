# SPDX-License-Identifier: Apache-2.0
"""Which maps each program of an object names: from its relocations (ELF64, man 5 elf).

libbpf makes every map of an object, and most are buffers for programs that are not loaded. It does
not tell which those are before it has made them.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEADER = struct.Struct("<40xQ10xHHH")  # e_shoff, e_shentsize, e_shnum, e_shstrndx
_SECTION = struct.Struct("<II16xQQII16x")  # sh_name, sh_type, offset, size, sh_link, sh_info
_SYMBOL = struct.Struct("<IBxHQQ")  # st_name, st_info, st_shndx, st_value, st_size
_RELOCATION = struct.Struct("<QQ")  # r_offset, r_info
_IMMEDIATE = struct.Struct("<4xi")  # of an instruction
_INSTRUCTION = 8  # bytes
_SYMBOLS, _RELOCATIONS = 2, 9  # SHT_SYMTAB, SHT_REL
_FUNCTION, _WHOLE_SECTION = 2, 3  # STT_FUNC, STT_SECTION
_CALL = 10  # R_BPF_64_32


@dataclass(frozen=True, slots=True)
class _Section:
    name: bytes
    kind: int
    data: bytes
    link: int
    info: int


@dataclass(frozen=True, slots=True)
class _Symbol:
    name: str
    section: int
    begin: int
    end: int
    kind: int

    @property
    def function(self) -> bool:
        return self.kind == _FUNCTION


def used_maps(path: Path) -> dict[str, set[str]]:
    """Function → maps that it, or a function that it calls, names."""
    sections = _sections(path.read_bytes())
    table = next(one for one in sections if one.kind == _SYMBOLS)
    symbols = list(_read_symbols(table, sections[table.link].data))
    maps = [section.name for section in sections].index(b".maps")
    named: dict[str, set[str]] = {one.name: set() for one in symbols if one.function}
    called: dict[str, set[str]] = {name: set() for name in named}
    for user, symbol in _relocations(sections, symbols):
        if symbol.section == maps:
            named[user].add(symbol.name)
        elif symbol.function:
            called[user].add(symbol.name)
    return {name: set().union(*(named[one] for one in _reached(name, called))) for name in named}


def _reached(name: str, called: dict[str, set[str]]) -> set[str]:
    """A function and all that it calls, at whatever depth."""
    found, new = {name}, {name}
    while new := set().union(*(called[one] for one in new)) - found:
        found |= new
    return found


def _sections(data: bytes) -> list[_Section]:
    offset, size, count, names_at = _HEADER.unpack_from(data)
    rows = [_SECTION.unpack_from(data, offset + size * at) for at in range(count)]
    found = [(name, kind, data[at : at + n], link, info) for name, kind, at, n, link, info in rows]
    names = found[names_at][2]
    return [_Section(_text(names, name), *rest) for name, *rest in found]


def _text(table: bytes, at: int) -> bytes:
    return table[at : table.index(b"\0", at)]


def _read_symbols(table: _Section, names: bytes) -> Iterator[_Symbol]:
    for name, info, section, value, size in _SYMBOL.iter_unpack(table.data):
        text = _text(names, name).decode()
        yield _Symbol(text, section, value, value + size, info & 15)


def _relocations(sections: list[_Section], symbols: list[_Symbol]) -> Iterator[tuple[str, _Symbol]]:
    """(function, what it refers to)."""
    functions: dict[int, list[_Symbol]] = {}
    for one in symbols:
        if one.function:
            functions.setdefault(one.section, []).append(one)
    for section in sections:
        inside = functions.get(section.info, []) if section.kind == _RELOCATIONS else []
        for offset, info in _RELOCATION.iter_unpack(section.data) if inside else ():
            user, symbol = _at(inside, offset), symbols[info >> 32]
            if info & 0xFFFFFFFF == _CALL and symbol.kind == _WHOLE_SECTION:
                # Of a static function only its section has a symbol; the call says where it begins.
                (after,) = _IMMEDIATE.unpack_from(sections[section.info].data, offset)
                symbol = _at(functions[symbol.section], symbol.begin + (after + 1) * _INSTRUCTION)
            yield user.name, symbol


def _at(functions: list[_Symbol], offset: int) -> _Symbol:
    return next(one for one in functions if one.begin <= offset < one.end)
