# SPDX-License-Identifier: Apache-2.0
"""Capabilities of this thread (man 7 capabilities), through the C library."""

import ctypes
import enum
import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_HEADER = struct.pack("<Ii", 0x20080522, 0)  # version 3; 0: this thread
_SETS = struct.Struct("<6I")  # low words of effective, permitted, inheritable, then the high ones
_PR_CAPBSET_DROP, _PR_SET_KEEPCAPS, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 24, 8, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_reserve = [0]  # permitted, and not effective
_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG = 1, 2


class Capability(enum.IntEnum):
    """Those that we speak of."""

    DAC_OVERRIDE = 1
    DAC_READ_SEARCH = 2
    SETPCAP = 8
    SYS_PTRACE = 19
    SYS_ADMIN = 21
    PERFMON = 38
    BPF = 39


#: with which kernel programs can be loaded and attached
FOR_PROGRAMS = (Capability.BPF, Capability.PERFMON)


def effective() -> int:
    """This process's effective capabilities, a bit each."""
    return _status("CapEff:")


def permitted() -> int:
    """Those that it may raise."""
    return _status("CapPrm:")


def _status(name: str) -> int:
    for line in Path("/proc/thread-self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1], 16)
    return 0


def prctl(option: int, *values: int) -> None:
    """Raises OSError."""
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _libc.prctl(option, *arguments):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def bits(capabilities: Iterable[Capability]) -> int:
    return sum(1 << one for one in capabilities)


def set_to(raised: int, allowed: int) -> None:
    """The effective and the permitted ones; inheritable is none. Raises OSError."""
    low, high = (1 << 32) - 1, 32
    data = _SETS.pack(raised & low, allowed & low, 0, raised >> high, allowed >> high, 0)
    if _libc.capset(_HEADER, data):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def lifted(*capabilities: Capability) -> Iterator[None]:
    """Raise what there is in reserve of these, for as long as it is needed."""
    wanted = bits(capabilities) & _reserve[0]
    if wanted:
        set_to(wanted, _reserve[0])
    try:
        yield
    finally:
        if wanted:
            set_to(0, _reserve[0])


@contextmanager
def lowered() -> Iterator[None]:
    """With none effective, to see what can be done so."""
    before, allowed = effective(), permitted()
    set_to(0, allowed)
    try:
        yield
    finally:
        set_to(before, allowed)


def hold_in_reserve(allowed: int) -> None:
    """From now on no capability is effective, and only these can be raised. Raises OSError."""
    set_to(0, allowed)
    _reserve[0] = allowed


def keep_over_change_of_user() -> None:
    """The permitted ones survive the next change of user id."""
    prctl(_PR_SET_KEEPCAPS, 1)


def gain_no_more() -> None:
    """No program that is run from here has more than we have."""
    if effective() >> Capability.SETPCAP & 1:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
        for one in range(last + 1):
            prctl(_PR_CAPBSET_DROP, one)
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


@contextmanager
def same_death_signal() -> Iterator[None]:
    """A change of user clears what we get when our parent dies (man 2 PR_SET_PDEATHSIG)."""
    number, parent = ctypes.c_int(), os.getppid()
    _libc.prctl(_PR_GET_PDEATHSIG, ctypes.byref(number))
    yield
    if number.value:
        prctl(_PR_SET_PDEATHSIG, number.value)
        if os.getppid() != parent:
            os.kill(os.getpid(), number.value)
