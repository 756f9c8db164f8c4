# SPDX-License-Identifier: Apache-2.0
"""`collector`, also as `python -m collector`."""

import sys


def main() -> None:
    from collector.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
