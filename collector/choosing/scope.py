# SPDX-License-Identifier: Apache-2.0
"""`--scope`: whose activity. From expressions to the tables that the kernel programs look into."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint

#: kinds in the order of enum scope_kind in bpf/maps.h
KINDS = ("pid", "uid", "comm")
_EXPRESSION = re.compile(r"(?P<kind>[\w-]+)(?:(?P<operator>!?=)(?P<values>.*))?")
_COMM_MAX = 15  # bytes: TASK_COMM_LEN without its NUL
_ALL = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Filter:
    """Tasks whose `kind` is one of `values`, or, `excluded`, is none of them."""

    kind: str
    values: tuple[str, ...]
    excluded: bool

    def key(self, value: str) -> bytes:
        """The value as a key of the kernel's table."""
        if self.kind == "comm":
            return value.encode().ljust(_COMM_MAX + 1, b"\0")
        return int(value).to_bytes(4, "little")


@dataclass(slots=True)
class Tables:
    """For each kind: what a task gets whose value is listed, and what any other gets.

    Each is a bitmap of policies; a policy that says nothing of a kind has its bit set everywhere.
    """

    otherwise: dict[str, int] = field(default_factory=dict)
    listed: dict[str, dict[bytes, int]] = field(default_factory=dict)


def parse(texts: Sequence[str]) -> list[Filter]:
    """Raises OperatorError with a complaint for each expression that is wrong."""
    found, wrong = [], []
    for text in texts:
        try:
            if (one := _parse(text.strip())) is not None:
                found.append(one)
        except ValueError as error:
            wrong.append(f"--scope {text}: {error}")
    if wrong:
        raise OperatorError(*wrong)
    return found


def _parse(text: str) -> Filter | None:
    match = _EXPRESSION.fullmatch(text)
    if text == "global":
        return None
    if match is None or (match["kind"] in KINDS and not match["operator"]):
        raise ValueError("a scope is `global` or KIND=VALUE[,VALUE…] or KIND!=VALUE[,VALUE…]")
    kind = match["kind"]
    if kind not in KINDS:
        known = ("global", *KINDS)
        raise ValueError(
            f"no scope is named {kind!r}{hint(kind, known)}; there are {', '.join(known)}"
        )
    values = tuple(value.strip() for value in match["values"].split(","))
    for value in values:
        _check(kind, value)
    return Filter(kind, values, match["operator"] == "!=")


def _check(kind: str, value: str) -> None:
    if not value:
        raise ValueError("a value is missing")
    if kind == "comm":
        if len(value.encode()) > _COMM_MAX:
            raise ValueError(f"the kernel keeps {_COMM_MAX} bytes of a comm: cut {value!r}")
    elif not value.isascii() or not value.isdigit() or int(value) >= 1 << 32:
        raise ValueError(f"{value!r} is not a number of 32 bits")


def tables(policies: Sequence[Sequence[Filter]]) -> Tables:
    """The tables for these policies' filters. AND between kinds, OR within one; of several
    exclusions all hold."""
    made = Tables()
    for kind in KINDS:
        used = [[one for one in filters if one.kind == kind] for filters in policies]
        if not any(used):
            continue
        keys = {one.key(value) for filters in used for one in filters for value in one.values}
        made.otherwise[kind] = _bitmap(used, None)
        made.listed[kind] = {key: _bitmap(used, key) for key in keys}
    return made


def _bitmap(used: Sequence[Sequence[Filter]], key: bytes | None) -> int:
    """Bit per policy: does a task with this value pass? Policies beyond those given do."""
    bits = _ALL
    for at, filters in enumerate(used):
        if filters and not _passes(filters, key):
            bits &= ~(1 << at)
    return bits


def _passes(filters: Sequence[Filter], key: bytes | None) -> bool:
    def named(one: Filter) -> bool:
        return key is not None and key in map(one.key, one.values)

    wanted = [one for one in filters if not one.excluded]
    barred = any(named(one) for one in filters if one.excluded)
    return not barred and (not wanted or any(map(named, wanted)))
