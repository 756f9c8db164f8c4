# SPDX-License-Identifier: Apache-2.0
"""Makes calls at a steady pace, numbers them, and says at its end how many there were.

`python producer.py`: until standard input ends. getpgid(NUMBER) over and over, and now and then a
child that runs `true NUMBER`, NUMBER from 0 on.
"""

import ctypes
import os
import select
import time

PACE = 20  # calls in a row
EVERY = 25  # rows for one child

libc = ctypes.CDLL(None)


def main() -> None:
    calls = children = rows = 0
    while not select.select([0], [], [], 0)[0]:
        for _ in range(PACE):
            libc.getpgid(calls)
            calls += 1
        rows += 1
        if rows % EVERY == 0:
            os.waitpid(os.posix_spawn("/bin/true", ["true", str(children)], {}), 0)
            children += 1
        time.sleep(0.0005)
    print(calls, children, flush=True)


if __name__ == "__main__":
    main()
