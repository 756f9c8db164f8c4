# SPDX-License-Identifier: Apache-2.0
"""The collector's end of the checks of the kernel's integrity: starts the process that makes them
(inspector.py) and takes what it found.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from collector.integrity.dump import Request, requests
from collector.loading.kernel import Kernel
from collector.loading.plan import Plan
from pytracee.service.children import start
from schemas.event_type import READ_MEMORY

_AT_FUNCTIONS = frozenset(("fentry", "fexit", "kprobe", "kretprobe"))
_CHUNK = 1 << 16
_HEAD = 5  # bytes: `ce` and the length of what follows


class Order(msgspec.Struct, frozen=True):
    """What is to be checked and with what: descriptors of a program and its maps, -1: none."""

    events: dict[str, int]  # name → policies that ask for it
    dumps: list[Request]
    program: int
    requests: int
    changes: int = -1  # module_changes
    loaded: int = -1  # loaded_modules
    traced: frozenset[str] = frozenset()  # functions that programs of ours are at

    @property
    def descriptors(self) -> list[int]:
        found = (self.program, self.requests, self.changes, self.loaded)
        return [fd for fd in found if fd >= 0]


def order(plan: Plan, kernel: Kernel) -> Order | None:
    """What the plan asks to be checked; None: nothing."""
    events = asked(plan)
    if not events:
        return None
    return Order(
        events,
        _dumps(plan),
        kernel.program(READ_MEMORY),
        kernel.map("memory_requests"),
        kernel.map("module_changes"),
        kernel.map("loaded_modules"),
        traced(plan),
    )


def _dumps(plan: Plan) -> list[Request]:
    return [one for policy in plan.policies for one in requests(policy)]


class Inspection:
    """A running inspector. `read` what it found, `close` it."""

    def __init__(self, order: Order) -> None:
        text = msgspec.json.encode(order).decode()
        command = [sys.executable, "-P", "-m", "collector.integrity.inspector", text]
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        try:
            self._child = start(
                command,
                stdin=subprocess.PIPE,
                stdout=writer,
                pass_fds=order.descriptors,
                process_group=0,  # a terminal's Ctrl-C is for us
            )
        finally:
            os.close(writer)
        self.pid = self._child.pid
        self._order = order
        self._reader = reader
        self._pending = b""

    def expect(self, plan: Plan) -> None:
        """Programs of that plan are about to be attached beside those that there are."""
        self._change(traced=self._order.traced | traced(plan))

    def use(self, plan: Plan) -> None:
        """Check what that plan asks for, from now on."""
        self._change(events=asked(plan), dumps=_dumps(plan), traced=traced(plan))

    def _change(self, **parts: Any) -> None:
        assert self._child.stdin is not None
        self._order = msgspec.structs.replace(self._order, **parts)
        os.write(self._child.stdin.fileno(), msgspec.json.encode(self._order) + b"\n")

    def read(self) -> Iterator[bytes]:
        """A framed batch of records, each that has come whole."""
        while chunk := self._chunk():
            self._pending += chunk
        while len(self._pending) >= _HEAD:
            size = _HEAD + int.from_bytes(self._pending[1:5], "big")
            if len(self._pending) < size:
                return
            message, self._pending = self._pending[:size], self._pending[size:]
            yield message

    def _chunk(self) -> bytes:
        try:
            return os.read(self._reader, _CHUNK)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """It ends as its input does: having given up root, we could not kill it."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        os.close(self._reader)
        self._child.wait()


def traced(plan: Plan) -> frozenset[str]:
    """Kernel functions that the plan's programs are at."""
    places = [probe.place.partition("/") for probe in plan.probes.values()]
    return frozenset(function for way, _, function in places if way in _AT_FUNCTIONS)


def asked(plan: Plan) -> dict[str, int]:
    """Name → policies, of the events that are found by reading the kernel's memory."""
    return {
        event.name: plan.asked[event]
        for event, probe in plan.probes.items()
        if READ_MEMORY in probe.programs
    }
