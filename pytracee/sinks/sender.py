# SPDX-License-Identifier: Apache-2.0
"""The process that empties a receiver's spool: `python -m pytracee.sinks.sender`.

Its standard input gives the settings on the first line, then a byte whenever something was added
to the spool. The end of its input, also by the other's death, asks it to send what it can within
its time; the rest stays in the spool for the next start.

A record counts as done after the receiver's answer: one that was sent just before somebody kills
us is sent again. Order is kept: nothing is sent before what came earlier was received or refused.
"""

import os
import random
import select
import signal
import time
from pathlib import Path

import msgspec

from pytracee.service import notices, privileges
from pytracee.service.notices import Level
from pytracee.sinks.delivery import Outcome, Transport
from pytracee.sinks.forwarding import Forward, ForwardTo
from pytracee.sinks.post import Post, PostTo
from pytracee.sinks.spool import Reader

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 60.0  # seconds
_MOST_PATIENCE = 300.0  # seconds that a receiver may ask us to wait
_SHOWN = 5  # refusals that are told; the others are counted


class Settings(msgspec.Struct, frozen=True):
    """What a sender must know. `shown` names the receiver, `program` is who we speak for."""

    program: str
    shown: str
    to: PostTo | ForwardTo
    linger: float  # seconds for sending what is left at the end
    spool: str


def backoff(tries: int) -> float:
    """Seconds before the next try, after `tries` failed ones: doubled, with jitter downwards."""
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * (1 << min(tries - 1, 16)))
    return longest * random.uniform(0.5, 1.0)


def _transport(to: PostTo | ForwardTo) -> Transport:
    return Post(to) if isinstance(to, PostTo) else Forward(to)


class Input:
    """Standard input as a bell. `deadline` is None until it has ended."""

    def __init__(self, fd: int, linger: float) -> None:
        self.deadline: float | None = None
        self._fd = fd
        self._linger = linger

    def wait(self, seconds: float | None, *, for_bell: bool) -> bool:
        """Until the time has passed, or the bell was rung; False when all our time is over."""
        until = None if seconds is None else time.monotonic() + seconds
        while self.deadline is None:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not self._rung(left):
                return True
            if for_bell:
                return True
        if until is None or until > self.deadline:
            return False
        time.sleep(max(0.0, until - time.monotonic()))
        return True

    def _rung(self, seconds: float | None) -> bool:
        """False if nothing came within the time."""
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if ready and not os.read(self._fd, 1 << 16):
            self.deadline = time.monotonic() + self._linger
        return bool(ready)


class Sender:
    def __init__(self, settings: Settings, bell: Input) -> None:
        self._settings = settings
        self._bell = bell
        self._reader = Reader(Path(settings.spool))
        self._transport = _transport(settings.to)
        self._refused = 0
        self._tries = 0

    def run(self) -> None:
        """Until the input's end, and then as long as it may last."""
        while self._bell.wait(0, for_bell=False):
            body = self._reader.peek()
            if body is not None:
                if not self._deliver(body):
                    break
            elif self._bell.deadline or not self._bell.wait(None, for_bell=True):
                break
        self._sum_up()
        self._reader.close()

    def _deliver(self, body: bytes) -> bool:
        """False when our time is over."""
        outcome = self._transport.send(body)
        if outcome.again:
            return self._later(outcome)
        if self._tries:
            self._say("receives again")
        self._tries = 0
        if not outcome.delivered:
            self._refuse(outcome)
        self._reader.done()
        return True

    def _later(self, outcome: Outcome) -> bool:
        if not self._tries:
            self._say(f"{outcome.reason}: kept in {self._settings.spool} and tried again")
        self._tries += 1
        delay = max(backoff(self._tries), min(outcome.after, _MOST_PATIENCE))
        return self._bell.wait(delay, for_bell=False)

    def _refuse(self, outcome: Outcome) -> None:
        self._refused += 1
        if self._refused <= _SHOWN:
            self._say(f"refused with {outcome.reason}: dropped; mend the URL, headers or template")
        if self._refused == _SHOWN:
            self._say("further refusals are counted, not told")

    def _sum_up(self) -> None:
        """Only where not all is well."""
        waiting = self._reader.waiting()
        if self._refused:
            self._say(f"refused and dropped: {self._refused}")
        if self._reader.damaged:
            self._say(f"{self._settings.spool}: segments that were cut: {self._reader.damaged}")
        if waiting:
            self._say(f"not sent: {waiting}; {self._settings.spool} keeps them for the next start")

    def _say(self, text: str) -> None:
        notices.say(self._settings.program, f"{self._settings.shown}: {text}", Level.WARN)


def main() -> None:
    """Signals are for the process that feeds us; its end is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return
        line += byte
    settings = msgspec.json.decode(line, type=Settings)
    privileges.drop(None)  # its spool stays root's own, so it stays root, and may nothing
    Sender(settings, Input(0, settings.linger)).run()


if __name__ == "__main__":
    main()
