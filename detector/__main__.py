# SPDX-License-Identifier: Apache-2.0
"""`detector`, also as `python -m detector`."""

import sys


def main() -> None:
    from detector.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
