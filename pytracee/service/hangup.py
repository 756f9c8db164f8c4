# SPDX-License-Identifier: Apache-2.0
"""SIGHUP for processes that are about to heed it: unheard it would be their end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ONE = (signal.SIGHUP,)


@contextmanager
def held_back() -> Iterator[None]:
    """For a child that is started meanwhile SIGHUP waits until it heeds it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ONE)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def heed(act: Callable[[int, FrameType | None], None]) -> None:
    """Also what came before."""
    signal.signal(signal.SIGHUP, act)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ONE)
