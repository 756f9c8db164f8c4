# SPDX-License-Identifier: Apache-2.0
"""`pytracee`, also as `python -m pytracee`."""

import sys

from pytracee.cli import run


def main() -> None:
    """Entry of the console script."""
    sys.exit(run())


if __name__ == "__main__":
    main()
