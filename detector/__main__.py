# SPDX-License-Identifier: Apache-2.0
"""`detector`, also as `python -m detector`."""

import signal
import sys
from types import FrameType

from pytracee.service.standard import fill_gaps


def main() -> None:
    """Entry of the console script. A signal before there is anything to flush just ends it."""
    try:
        signal.signal(signal.SIGTERM, _end)
        fill_gaps()
        from detector.cli import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(130)


def _end(number: int, _frame: FrameType | None) -> None:
    """As an exception, so that OPA's folder is removed on the way."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
