# SPDX-License-Identifier: Apache-2.0
"""Child processes that do not outlive their parent, however it ends."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Sequence
from typing import Any

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_prctl, _unshare = _libc.prctl, _libc.unshare  # looked up before any fork


def start(
    command: Sequence[str],
    *,
    death_signal: int = signal.SIGKILL,
    no_network: bool = False,
    **options: Any,
) -> "subprocess.Popen[bytes]":
    """subprocess.Popen of a child that gets `death_signal` when we die, also if we just did.

    `no_network`: it gets a network namespace of its own, with nothing in it, where we may make one
    (with CAP_SYS_ADMIN, else in a user namespace of its own); unix sockets with a path still
    reach it.
    What counts is the death of the thread that forked (man 2 PR_SET_PDEATHSIG): call it from the
    main thread.
    """
    parent = os.getpid()

    def in_child() -> None:
        if no_network:
            # Without root in a user namespace too, which not every kernel lets everybody have.
            _unshare(_CLONE_NEWNET) and _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        _prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), death_signal)

    return subprocess.Popen(command, preexec_fn=in_child, **options)  # noqa: PLW1509 (it takes no lock)
