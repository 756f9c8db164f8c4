# SPDX-License-Identifier: Apache-2.0
"""What a plan says, in the kernel's tables. Each is there twice: the half that is not in force is
written at leisure, and one store puts it in force.
"""

import struct
from collections.abc import Container, Mapping

from collector.loading.calls import COMPAT_CALLS
from collector.loading.libbpf import Map
from collector.loading.plan import Plan
from collector.loading.scopes import PLAN, List
from collector.loading.table import Table
from collector.loading.values import Beginning
from schemas.events import CATALOGUE

_CALL_MAX = 2 * COMPAT_CALLS
_TESTS_MAX = 4096  # as in bpf/filter.h
_HEAD, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_CONFIG = struct.Struct(f"<IIQI4xQ{2 * PLAN.size}s")  # struct config
_CONTAINERS, _BEGAN, _UNDECIDED, _PLANS = 4, 8, 24, 32  # where they are in it
_SELECTION = struct.Struct("<QQII")  # struct selection
_KEY = struct.Struct("<II")
_LONG = (List.EXECUTABLE, List.EXECUTABLE_END)  # whose keys are those of text_values
_KEY_SIZES = {"scope_values": 72, "text_values": 256}


class Halves:
    """The plans in both; `half` is the one in force."""

    def __init__(
        self, maps: Mapping[str, Map], began: int, ours: Container[str] = frozenset()
    ) -> None:
        """`began`: when the collector did, in ns since boot. `ours`: events of which all records
        are for user space to look at.
        """
        self._ours = ours
        self.half = 1  # nothing is in it
        self.plans: list[Plan | None] = [None, None]
        self._maps = maps
        self._config = Table(maps["config"])
        self._selected = Table(maps["selected"])
        self._calls = Table(maps["calls"])
        self._tests = Table(maps["tests"])
        self._events = maps["selected"].entries // 2
        self._changes = 0  # of what decides scopes: what was found of tasks is forgotten
        self._keys: list[list[tuple[str, bytes]]] = [[], []]
        self._config.write(0, _U64.pack(began), _BEGAN)

    def write(self, half: int, plan: Plan, generation: int, machine: str) -> None:
        """Write a plan into a half that is not in force, in place of what was there."""
        self._forget(half)
        self.plans[half] = plan
        self._config.write(0, plan.scopes.packed(generation), _PLANS + half * PLAN.size)
        for where, beginning, entry in plan.scopes.values.rows():
            name = "text_values" if where in _LONG else "scope_values"
            self._add(half, name, where, beginning, entry)
        for where, beginning, entry in plan.filters.numbers.rows():
            self._add(half, "scope_values", where, beginning, entry)
        for where, beginning, entry in plan.filters.texts.rows():
            self._add(half, "text_values", where, beginning, entry)
        first = 0
        for event, policies in plan.asked.items():
            tests = plan.filters.rows.get(event, ())
            left = policies if event.name in self._ours else plan.left(event)
            row = _SELECTION.pack(policies, left, first, len(tests))
            self._selected.write(half * self._events + event.id, row)
            for test in tests:
                self._tests.write(half * _TESTS_MAX + first, test)
                first += 1
        for place, call in plan.calls(CATALOGUE, machine).items():
            self._calls.write(half * _CALL_MAX + place.row, call.packed(place, machine))

    def _add(self, half: int, name: str, where: int, beginning: Beginning, entry: bytes) -> None:
        key = _KEY.pack(32 + beginning.bits, where << 1 | half) + beginning.data
        padded = key.ljust(_KEY_SIZES[name], b"\0")
        self._maps[name].update(padded, entry)
        self._keys[half].append((name, padded))

    def _forget(self, half: int) -> None:
        for name, key in self._keys[half]:
            self._maps[name].delete(key)
        self._keys[half].clear()
        self._selected.clear(half * self._events, self._events)
        self._calls.clear(half * _CALL_MAX, _CALL_MAX)

    def put_in_force(self, half: int) -> None:
        self.half = half
        self.judge_again()

    def judge_again(self) -> None:
        """What was found of tasks does not hold any more."""
        self._changes = self._changes % ((1 << 31) - 1) + 1
        self._config.write(0, _HEAD.pack(self._changes << 1 | self.half))

    def know_containers(self, count: int) -> None:
        self._config.write(0, _HEAD.pack(count), _CONTAINERS)

    def undecided(self) -> int:
        """How many records the kernel has marked for user space to decide."""
        found: int = _U64.unpack_from(self._config.memory, _UNDECIDED)[0]
        return found
