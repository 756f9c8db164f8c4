# SPDX-License-Identifier: Apache-2.0
"""`detector`, also as `python -m detector`."""

import sys

from pytracee.service.standard import fill_gaps


def main() -> None:
    """Entry of the console script. Ctrl-C before there is anything to flush just ends it."""
    try:
        fill_gaps()
        from detector.cli import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
