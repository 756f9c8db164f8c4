# SPDX-License-Identifier: Apache-2.0
"""The process that makes the checks: at its start, as a module comes or goes, and every so often.

`python -m collector.integrity.inspector ORDER`, where ORDER is JSON (see inspection.Order).
It writes batches of records, framed, to stdout, each thing found once as long as it stays. Other
orders come by stdin, a line each; the end of that is its own end.
"""

import mmap
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import msgspec

from collector.integrity import call_table, dump, modules, proc_files, tracing
from collector.integrity.finding import Check, Found, View
from collector.integrity.inspection import Order
from collector.integrity.memory import Memory, Unreadable
from collector.integrity.own_task import own_task
from collector.integrity.structures import Structures
from collector.integrity.symbols import Symbols
from collector.loading.libbpf import keys
from collector.notices import warn
from schemas.events import BY_NAME
from schemas.stream.encoder import batch, record

PERIOD = 30.0  # seconds between two looks, where nothing else asks for one
#: seconds between the looks after a module came or went, which takes its time with what it does
_SETTLES = (1.0, 5.0)
_HOOKED = "hooked_"
_POLL = 0.1  # seconds between two looks at the count of modules that came or went
_KEY = 8  # bytes of a key of `loaded_modules`


class Orders:
    """Those that come while it runs."""

    def __init__(self) -> None:
        os.set_blocking(0, False)
        self.ended = False
        self._begun = b""

    def latest(self) -> Order | None:
        """None where none has come."""
        found = None
        with suppress(BlockingIOError):
            while data := os.read(0, 1 << 16):
                *whole, self._begun = (self._begun + data).split(b"\n")
                found = whole[-1] if whole else found
            self.ended = True
        return msgspec.json.decode(found, type=Order) if found else None


class Inspector:
    """Makes the checks that an order asks for."""

    def __init__(self, order: Order, orders: Orders) -> None:
        self._order = order
        self._orders = orders
        self._memory = Memory(order.program, order.requests, Structures())
        self._changes = (
            None if order.changes < 0 else memoryview(mmap.mmap(order.changes, mmap.PAGESIZE))
        )
        self._task = own_task(self._memory)
        self._checks = self._asked()
        self._symbols, self._symbols_of = Symbols.read(), self.changes()
        self._told: set[bytes] = set()
        self._said: set[str] = set()

    def _asked(self) -> list[Check]:
        return [check for names, check in self._all() if set(names) & self._order.events.keys()]

    def _take_order(self) -> bool:
        """Whether another one has come."""
        order = self._orders.latest()
        if order is not None:
            self._order = order
            self._checks = self._asked()
        return order is not None

    def _all(self) -> list[tuple[tuple[str, ...], Check]]:
        """Events, and the check that finds them."""
        loaded = partial(keys, self._order.loaded, _KEY)
        return [
            (("print_mem_dump",), partial(dump.check, requests=self._order.dumps)),
            (("hooked_syscalls", "hooked_syscall", "syscall_table_check", "print_syscall_table"),
             call_table.check),
            (("hooked_seq_ops", "print_net_seq_ops"), proc_files.check_sequences),
            (("hooked_proc_fops",), proc_files.check_operations),
            (("hidden_kernel_module", "hidden_kernel_module_seeker"),
             partial(modules.check, loaded=lambda: self._loaded(loaded()))),
            (("ftrace_hook",), partial(tracing.check, own=self._order.traced)),
        ]  # fmt: skip

    def _loaded(self, found: Iterator[bytes]) -> set[int]:
        return set() if self._order.loaded < 0 else modules.addresses(found)

    def changes(self) -> int:
        """How often a module came or went."""
        return 0 if self._changes is None else int(struct.unpack_from("<Q", self._changes)[0])

    def look(self) -> bytes:
        """All checks: the framed records of what they found that was not there before."""
        self._take_order()
        changes = self.changes()
        if changes != self._symbols_of:
            self._symbols, self._symbols_of = Symbols.read(), changes
        found = self._records()
        if self._take_order():  # which tells of a program before it is attached
            found = self._records()
        if any(
            one.event.startswith(_HOOKED) for key, one in found.items() if key not in self._told
        ):
            self._symbols = Symbols.read()  # of a module that was not done with its beginning
            found = self._records()
        new = [one for key, one in found.items() if key not in self._told]
        self._told = set(found)
        now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        told = (self._record(one, now, self._order.events[one.event]) for one in new)
        return batch(told) if new else b""

    def _records(self) -> dict[bytes, Found]:
        """What the checks find now and was asked for, by its record at time 0 and nobody's."""
        view = View(self._memory, self._symbols)
        found = (one for check in self._checks for one in self._of(check, view))
        return {self._record(one, 0, 0): one for one in found if one.event in self._order.events}

    def _of(self, check: Check, view: View) -> Iterator[Found]:
        """What a check found; why it found nothing is said once."""
        try:
            yield from check(view)
        except (LookupError, OSError, Unreadable) as error:
            if str(error) not in self._said:
                self._said.add(str(error))
                warn(f"integrity: {error}")

    def _record(self, found: Found, timestamp: int, policies: int) -> bytes:
        args = found.args
        if found.event == "hooked_syscalls":
            args = args | {"told_singly": "hooked_syscall" in self._order.events}
        event = BY_NAME[found.event]
        return record(event, args, self._task, timestamp=timestamp, policies=policies)


def main() -> None:
    """Until our input ends: the collector may have fewer rights than we, and cannot kill us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders = Orders()
    inspector = Inspector(msgspec.json.decode(sys.argv[1], type=Order), orders)
    pauses: list[float] = []
    while not orders.ended:
        changes = inspector.changes()
        data = inspector.look()
        while data:
            data = data[os.write(1, data) :]
        due = time.monotonic() + (pauses.pop(0) if pauses else PERIOD)
        while time.monotonic() < due and not orders.ended:
            if select.select([0], [], [], _POLL)[0]:
                break
            if inspector.changes() != changes:
                pauses = list(_SETTLES)
                break


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)
