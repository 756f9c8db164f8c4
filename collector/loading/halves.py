# SPDX-License-Identifier: Apache-2.0
"""What a plan says, in the kernel's tables. Each is there twice: the half that is not in force is
written at leisure, and one store puts it in force.
"""

import struct
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping

from collector.loading.calls import COMPAT_CALLS
from collector.loading.libbpf import Map
from collector.loading.plan import Plan
from collector.loading.scopes import PLAN, List
from collector.loading.table import Table
from collector.loading.values import Beginning, Named
from pytracee.service.errors import OperatorError
from schemas.events import CATALOGUE

_CALL_MAX = 2 * COMPAT_CALLS
TESTS_MAX = 16384  # as in bpf/filter.h: as many as all events can have
_HEAD, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_CONFIG = struct.Struct(f"<IIQI4xQ{2 * PLAN.size}s")  # struct config
_CONTAINERS, _BEGAN, _UNDECIDED, _PLANS = 4, 8, 24, 32  # where they are in it
_SELECTION = struct.Struct("<QQII")  # struct selection
_KEY = struct.Struct("<II")
_LONG = (List.EXECUTABLE, List.EXECUTABLE_END)  # whose keys are those of text_values
_KEY_SIZES = {"scope_values": 72, "text_values": 256}
_ROOM = {"scope_values": 1 << 16, "text_values": 1 << 15}  # for one plan: half of the map
_HELD = {"scope_values": "numbers and names", "text_values": "texts"}


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
        for values, map_of in _held(plan):
            for where, beginning, entry in values.rows():
                self._add(half, map_of(where), where, beginning, entry)
        first = 0
        for event, policies in plan.asked.items():
            tests = plan.filters.rows.get(event, ())
            left = policies if event.name in self._ours else plan.left(event)
            row = _SELECTION.pack(policies, left, first, len(tests))
            self._selected.write(half * self._events + event.id, row)
            for test in tests:
                self._tests.write(half * TESTS_MAX + first, test)
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


def _held(plan: Plan) -> Iterator[tuple[Named, Callable[[int], str]]]:
    """What programs look up, and which map has it: by the list that it is in."""
    yield plan.scopes.values, lambda where: "text_values" if where in _LONG else "scope_values"
    yield plan.filters.numbers, lambda _: "scope_values"
    yield plan.filters.texts, lambda _: "text_values"


def check_room(plan: Plan) -> None:
    """Raises OperatorError for more values than the maps hold."""
    found: Counter[str] = Counter()
    for values, map_of in _held(plan):
        for where, size in values.sizes():
            found[map_of(where)] += size
    complaints = [
        f"the policies name {found[name]:,} {_HELD[name]}, and {room:,} fit into the kernel's "
        "table: name fewer, or what they have in common (/etc/*, a range)"
        for name, room in _ROOM.items()
        if found[name] > room
    ]
    if complaints:
        raise OperatorError(*complaints)
