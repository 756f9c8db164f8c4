# SPDX-License-Identifier: Apache-2.0
"""`scripts/test-kernels [VERSION…]`"""

import argparse
import sys

from lab import needs
from lab.kernels import KERNELS
from lab.machine import GuestFailed
from pytracee.service.errors import OperatorError
from tests.collecting import ROOT
from tests.lab.page import complaints, page
from tests.lab.trial import Trial, TrialFailed, attempt

_PAGE = ROOT / "docs" / "kernels.md"


def main() -> int:
    """1: something was not seen as it must be; 2: a kernel could not be tried."""
    versions = _versions()
    try:
        needs.check()
        trials = [_attempt(version) for version in versions]
    except (OperatorError, GuestFailed, TrialFailed) as error:
        print(f"test-kernels: {error}", file=sys.stderr)
        return 2
    if versions == KERNELS:
        _PAGE.write_text(page(trials))
    else:
        print(page(trials))
    return int(any(any(trial.verdicts.values()) for trial in trials))


def _attempt(version: str) -> Trial:
    print(f"test-kernels: {version}", file=sys.stderr, flush=True)
    trial = attempt(version)
    right = sum(not words for words in trial.verdicts.values())
    summary = f"{right} of {len(trial.verdicts)} cases right, loaded in {trial.load:.1f} s"
    print(f"test-kernels: {trial.release}: {summary}", file=sys.stderr)
    for complaint in complaints(trial):
        print(f"test-kernels: {trial.release}: {complaint}", file=sys.stderr)
    return trial


def _versions() -> tuple[str, ...]:
    parser = argparse.ArgumentParser(
        prog="scripts/test-kernels",
        description="Cause and check every event on other kernels. Of all of them: writes "
        "docs/kernels.md; of those that are named: prints it.",
    )
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"of {', '.join(KERNELS)}")
    return tuple(parser.parse_args().versions) or KERNELS


if __name__ == "__main__":
    sys.exit(main())
