# SPDX-License-Identifier: Apache-2.0
"""Standard input, output and error, where we were started without one of them.

Whether one was closed is told by `sys.__stdin__` and `sys.__stdout__`: then they are None.
"""

import os
import sys

_LAST = 2  # standard error


def fill_gaps() -> None:
    """Put /dev/null where one is closed, before anything else is opened.

    A recording that got its number would have our messages in it.
    """
    while (fd := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        os.set_inheritable(fd, True)
    os.close(fd)
    if sys.__stderr__ is None:  # else what is printed there would go to standard output
        sys.stderr = open(_LAST, "w", closefd=False)  # noqa: SIM115 (for the process's whole life)
