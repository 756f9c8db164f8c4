# SPDX-License-Identifier: Apache-2.0
"""Child processes that do not outlive their parent, however it ends."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Sequence
from typing import Any

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before any fork


def start(
    command: Sequence[str], *, death_signal: int = signal.SIGKILL, **options: Any
) -> "subprocess.Popen[bytes]":
    """subprocess.Popen of a child that gets `death_signal` when we die, also if we just did.

    For a program without threads: what counts is the death of the thread that forked
    (man 2 PR_SET_PDEATHSIG), and a fork beside threads may hang in the function below.
    """
    parent = os.getpid()

    def in_child() -> None:
        _prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), death_signal)

    return subprocess.Popen(command, preexec_fn=in_child, **options)  # noqa: PLW1509 (see above)
