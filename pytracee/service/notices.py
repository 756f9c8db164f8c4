# SPDX-License-Identifier: Apache-2.0
"""What a process tells its operator, on stderr: one line each."""

import contextlib
import sys


def say(program: str, text: str) -> None:
    """One line. A closed or full stderr is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{program}: {text}", file=sys.stderr, flush=True)
