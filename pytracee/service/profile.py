# SPDX-License-Identifier: Apache-2.0
"""Where a process's time goes, asked while it runs: folded stacks, of which flame graphs are made
(https://www.brendangregg.com/flamegraphs.html).
"""

import sys
import time
from collections import Counter
from types import FrameType

_PAUSE = 0.01  # seconds between two samples
LONGEST = 60.0  # seconds


def folded(thread: int, seconds: float) -> str:
    """A line for each stack that the thread was found with, outermost first, and how often.

    `thread`: as of `threading.get_ident`. Time that it waits counts too, where it waits.
    """
    found: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frame = sys._current_frames().get(thread)
        found[_stack(frame)] += 1
        time.sleep(_PAUSE)
    return "".join(f"{stack} {count}\n" for stack, count in found.most_common())


def _stack(frame: FrameType | None) -> str:
    names = []
    while frame is not None:
        names.append(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}")
        frame = frame.f_back
    return ";".join(reversed(names))
