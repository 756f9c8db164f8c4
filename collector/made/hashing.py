# SPDX-License-Identifier: Apache-2.0
"""The hashes of programs that are run, on request: put into the records of sched_process_exec.

A process of its own reads the files (hasher.py); the ring is read on meanwhile. A record whose hash
is not known yet is held back, half a second at most, and so comes later than what the program did
first.
"""

import socket
import struct
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from collector.choosing.policy import Policy
from collector.made.hasher import Key
from collector.notices import warn
from pytracee.service.children import start
from schemas.event import Event

EVENT, FIELD = "sched_process_exec", "sha256"
_WAIT = 0.5  # seconds
_CACHED = 4096  # hashes that are remembered
_HELD = 4096  # records that wait
_MESSAGE_MAX = 4096
_NIL = 0xC0
_PAUSE = 0.005

_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_answer = msgspec.msgpack.Decoder(tuple[Key, str]).decode


def filtered(policies: Iterable[Policy]) -> bool:
    """Whether a rule asks for what only a hash can tell."""
    rules = [rule for policy in policies for rule in policy.rules if rule.event.name == EVENT]
    return any(one.field == FIELD for rule in rules for one in rule.filters)


class Hashing:
    """`fill` records, take what was held back when it is `ready`; `close`."""

    def __init__(self) -> None:
        self.missing = 0  # programs without a hash
        self._known: OrderedDict[Key, str] = OrderedDict()
        self._held: dict[Key, list[tuple[float, bytes]]] = {}
        self._given_up: set[Key] = set()
        self._waiting = 0
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        command = [sys.executable, "-P", "-m", "collector.made.hasher", str(theirs.fileno())]
        with theirs:
            self._child = start(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,  # a terminal's Ctrl-C is for us
            )
        self.pid = self._child.pid

    def fill(self, event: Event, record: bytes) -> bytes | None:
        """The record with its hash, as far as that can be had; None: it is held back."""
        data = event.data()
        key: Key = (data["dev"], data["inode"], data["ctime"])
        if found := self._known.get(key):
            self._known.move_to_end(key)
            return with_hash(record, found)
        if key in self._given_up or not self._ask(key, event, data["pathname"]):
            self.missing += 1
            return record
        self._held.setdefault(key, []).append((time.monotonic() + _WAIT, record))
        self._waiting += 1
        return None

    def _ask(self, key: Key, event: Event, path: str | None) -> bool:
        """Whether an answer may come."""
        if None in key or path is None or self._waiting >= _HELD:
            return False
        if key in self._held:
            return True
        request = msgspec.msgpack.encode((key, event.task.host_pid, path.encode()))
        try:
            self._socket.send(request)
        except OSError:  # it has enough to do, or is gone
            return False
        return True

    def ready(self) -> list[bytes]:
        """Records that were held back, to be filled now."""
        self._hear()
        self._given_up = {key for key in self._held if self._known.get(key) == ""}
        now = time.monotonic()
        self._given_up |= {key for key, held in self._held.items() if held[0][0] <= now}
        done = [key for key in self._held if key in self._known or key in self._given_up]
        records = [record for key in done for _, record in self._held.pop(key)]
        for key in self._given_up:
            self._known.pop(key, None)  # it may be read another time
        self._waiting -= len(records)
        return records

    def rest(self) -> list[bytes]:
        """All that is held back, when no more will come."""
        end = time.monotonic() + _WAIT
        records = self.ready()
        while self._held and time.monotonic() < end:
            time.sleep(_PAUSE)
            records += self.ready()
        return records + self.ready()

    def _hear(self) -> None:
        while True:
            try:
                answer = self._socket.recv(_MESSAGE_MAX)
            except OSError:
                return
            if not answer:
                return
            key, found = _answer(answer)
            self._known[key] = found
            if len(self._known) > _CACHED:
                self._known.popitem(last=False)

    def close(self) -> None:
        """It ends as its socket does."""
        self._socket.close()
        self._child.wait()
        if self.missing:
            warn(
                f"option:exec-hash: {self.missing} programs have no hash: their files were gone, "
                "changed or too big, or it took too long"
            )


def with_hash(record: bytes, found: str) -> bytes:
    """The record with this in the place of its last argument, if that is nil. What fills it up is
    made anew, behind the stack that may stand there.
    """
    pad = msgspec.msgpack.decode(_split(record)[-1], type=bytes)
    end = len(record) - len(pad) - 2
    if record[end - 1] != _NIL:
        return record
    stack = pad[: len(pad) // 8 * 8 - 8]
    body = record[: end - 1] + struct.pack(">BH", 0xC5, len(found)) + found.encode()
    fill = -(len(body) + 2 + len(stack)) % 8 + 8
    return body + bytes((0xC4, len(stack) + fill)) + stack + bytes(fill)
