# SPDX-License-Identifier: Apache-2.0
"""`pytracee`, also as `python -m pytracee`."""

import sys


def main() -> None:
    """Entry of the console script. Ctrl-C before anything is started just ends it."""
    try:
        from pytracee.cli import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
