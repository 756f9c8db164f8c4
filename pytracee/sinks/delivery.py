# SPDX-License-Identifier: Apache-2.0
"""Sending one text after the other, and what became of each."""

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outcome:
    """`again`: worth another try, not before `after` seconds if the receiver said so."""

    delivered: bool
    again: bool = False
    reason: str = ""
    after: float = 0.0


class Transport(Protocol):
    """The way to one receiver."""

    def send(self, body: bytes, /) -> Outcome:
        """Whatever the receiver does, this comes to an end and raises nothing."""


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in what takes longer: a socket's timeout begins anew with each byte.

    For a program's main thread: it is an alarm.
    """

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no whole answer within {seconds:g} s")

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
