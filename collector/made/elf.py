# SPDX-License-Identifier: Apache-2.0
"""The symbols that a shared object offers to others: its dynamic symbol table (man 5 elf)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_DYNSYM = 11  # SHT_DYNSYM
_GLOBAL, _WEAK = 1, 2  # STB_
_OFFERED = (1, 2, 6, 10)  # STT_OBJECT, STT_FUNC, STT_TLS, STT_GNU_IFUNC
_NOWHERE = (0, 0xFFF1)  # SHN_UNDEF; SHN_ABS: a version's name


class _Form(NamedTuple):
    """Of a class of ELF files, 64 or 32 bits."""

    header: struct.Struct  # from e_shoff on, what of it is needed
    header_at: int
    section: struct.Struct
    symbol: struct.Struct
    order: tuple[int, int, int]  # where a symbol has its name, info and section


_FORMS = {
    2: _Form(struct.Struct("<Q10xHH2x"), 0x28, struct.Struct("<IIQQQQIIQQ"),
             struct.Struct("<IBBHQQ"), (0, 1, 3)),
    1: _Form(struct.Struct("<I10xHH2x"), 0x20, struct.Struct("<10I"),
             struct.Struct("<IIIBBH"), (0, 3, 5)),
}  # fmt: skip


def exported(data: bytes) -> frozenset[bytes]:
    """Names of the functions and objects that it defines for others; none of what is damaged, has
    no sections, or is no little-endian ELF file.
    """
    if data[:4] != b"\x7fELF" or data[5:6] != b"\1" or (form := _FORMS.get(data[4])) is None:
        return frozenset()
    try:
        return frozenset(_names(data, form))
    except (struct.error, IndexError):
        return frozenset()


def _names(data: bytes, form: _Form) -> Iterator[bytes]:
    at, size, count = form.header.unpack_from(data, form.header_at)
    if size != form.section.size:
        return
    sections = [form.section.unpack_from(data, at + i * size) for i in range(count)]
    for section in sections:
        if section[1] == _DYNSYM:
            yield from _offered(data, form, section, sections[section[6]])


def _offered(
    data: bytes, form: _Form, table: tuple[int, ...], strings: tuple[int, ...]
) -> Iterator[bytes]:
    """`table` and `strings`: sections, with their place and size in fields 4 and 5."""
    texts = data[strings[4] : strings[4] + strings[5]]
    symbols = data[table[4] : table[4] + table[5] // form.symbol.size * form.symbol.size]
    name_at, info_at, section_at = form.order
    for symbol in form.symbol.iter_unpack(symbols):
        info, name = symbol[info_at], symbol[name_at]
        if symbol[section_at] in _NOWHERE or info & 0xF not in _OFFERED:
            continue
        if info >> 4 in (_GLOBAL, _WEAK) and (end := texts.find(b"\0", name)) > name:
            yield texts[name:end]
