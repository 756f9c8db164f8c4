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
_CODE = struct.Struct("<BB2xi")  # of an instruction: what it does, registers, immediate
_CALLS_OURS = (0x85, 0x10)  # BPF_JMP | BPF_CALL, BPF_PSEUDO_CALL
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
    for user, symbol in (*_relocations(sections, symbols), *_near_calls(sections, symbols)):
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
    functions = _functions(symbols)
    for section in sections:
        inside = functions.get(section.info, []) if section.kind == _RELOCATIONS else []
        for offset, info in _RELOCATION.iter_unpack(section.data) if inside else ():
            user, symbol = _at(inside, offset), symbols[info >> 32]
            if info & 0xFFFFFFFF == _CALL and symbol.kind == _WHOLE_SECTION:
                # Of a static function only its section has a symbol; the call says where it begins.
                _, _, after = _CODE.unpack_from(sections[section.info].data, offset)
                symbol = _at(functions[symbol.section], symbol.begin + (after + 1) * _CODE.size)
            yield user.name, symbol


def _near_calls(sections: list[_Section], symbols: list[_Symbol]) -> Iterator[tuple[str, _Symbol]]:
    """Calls within a section, which need no relocation: (function, the one that it calls)."""
    relocated = {
        (section.info, offset)
        for section in sections
        if section.kind == _RELOCATIONS
        for offset, _ in _RELOCATION.iter_unpack(section.data)
    }
    for number, inside in _functions(symbols).items():
        for at, (code, registers, after) in enumerate(_CODE.iter_unpack(sections[number].data)):
            offset = at * _CODE.size
            if (code, registers) == _CALLS_OURS and (number, offset) not in relocated:
                yield _at(inside, offset).name, _at(inside, offset + (after + 1) * _CODE.size)


def _functions(symbols: list[_Symbol]) -> dict[int, list[_Symbol]]:
    """Section → the functions in it."""
    found: dict[int, list[_Symbol]] = {}
    for one in symbols:
        if one.function and one.section:
            found.setdefault(one.section, []).append(one)
    return found


def _at(functions: list[_Symbol], offset: int) -> _Symbol:
    return next(one for one in functions if one.begin <= offset < one.end)
