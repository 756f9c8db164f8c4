# SPDX-License-Identifier: Apache-2.0
"""Where the fields of the kernel's structures lie, by the running kernel's own BTF."""

import ctypes
from functools import cache
from typing import NamedTuple

from collector.loading.libbpf import KernelTypes

_STRUCT, _UNION, _ARRAY = 4, 5, 3
_SEE_THROUGH = (8, 9, 10, 11, 18)  # typedef, volatile, const, restrict, type tag


class _Type(ctypes.Structure):
    """struct btf_type (include/uapi/linux/btf.h)."""

    _fields_ = (("name", ctypes.c_uint32), ("info", ctypes.c_uint32), ("type", ctypes.c_uint32))


class _Member(ctypes.Structure):
    _fields_ = (("name", ctypes.c_uint32), ("type", ctypes.c_uint32), ("offset", ctypes.c_uint32))


class _Place(NamedTuple):
    offset: int  # bytes
    type: int


class Structures:
    """The structures of the running kernel. Raises OSError where it has no BTF."""

    def __init__(self) -> None:
        self._types = KernelTypes()
        self.offset = cache(self._offset)

    def has(self, structure: str, path: str) -> bool:
        return self._find(structure, path) is not None

    def _offset(self, structure: str, path: str) -> int:
        """Bytes from the beginning of `structure` to its field "a.b", where `b` is in `a`; a number
        is an element of an array. Fields of nameless members are the structure's own.

        Raises LookupError where this kernel has no such field.
        """
        found = self._find(structure, path)
        if found is None:
            raise LookupError(f"this kernel has no {structure}.{path}")
        return found.offset

    def _find(self, structure: str, path: str) -> _Place | None:
        place: _Place | None = _Place(0, self._types.structure(structure))
        for name in path.split("."):
            if place is None or not place.type:
                return None
            place = self._element(place, int(name)) if name.isdigit() else self._field(place, name)
        return place

    def _field(self, place: _Place, name: str) -> _Place | None:
        kind, number, members = self._members(place.type)
        if kind not in (_STRUCT, _UNION):
            return None
        for member in members[:number]:
            inner = _Place(place.offset + (member.offset & 0xFFFFFF) // 8, member.type)
            found = self._types.name(member.name)
            if found == name:
                return inner
            if not found and (deeper := self._field(inner, name)):
                return deeper
        return None

    def _element(self, place: _Place, index: int) -> _Place | None:
        kind, _, members = self._members(place.type)
        if kind != _ARRAY:
            return None
        element = members[0].name  # struct btf_array begins with the type of its elements
        return _Place(place.offset + index * self._types.size(element), element)

    def _members(self, number: int) -> tuple[int, int, "ctypes.Array[_Member]"]:
        """(kind, how many, the members) of a type, its typedefs and qualifiers seen through."""
        address = self._types.at(number)
        found = _Type.from_address(address)
        while found.info >> 24 & 0x1F in _SEE_THROUGH:
            address = self._types.at(found.type)
            found = _Type.from_address(address)
        count = found.info & 0xFFFF
        members = (_Member * max(1, count)).from_address(address + ctypes.sizeof(_Type))
        return found.info >> 24 & 0x1F, count, members
