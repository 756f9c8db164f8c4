# SPDX-License-Identifier: Apache-2.0
"""`scripts/kernel-lab --kernel VERSION COMMAND…`"""

import argparse
import os
import shlex
import signal
import sys

from lab import needs
from lab.kernels import KERNELS, busybox, kernel
from lab.machine import GuestFailed, Machine, OutOfTime
from pytracee.service.errors import OperatorError

OUT_OF_TIME, LAB_FAILED = 124, 125  # exit statuses, besides the command's own


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    options = _options()
    machine = Machine(
        options.memory, options.cpus, options.append, tuple(options.module), options.timeout
    )
    try:
        needs.check()
        chosen = kernel(options.kernel, options.suite, options.mirror)
        job, shell = _job(options.command), busybox(options.mirror)
        return machine.run(chosen, shell, job, sys.stdout.buffer)
    except (OperatorError, OSError) as error:
        print(f"kernel-lab: {error}", file=sys.stderr)
        return LAB_FAILED
    except GuestFailed as error:
        print(f"kernel-lab: {error}", file=sys.stderr)
        return OUT_OF_TIME if isinstance(error, OutOfTime) else LAB_FAILED


def _job(command: list[str]) -> str:
    """A shell script that runs the command as it would be run here: same folder and variables."""
    words = ["env", "-i", *map("=".join, os.environ.items()), *command]
    return f"cd {shlex.quote(os.getcwd())} && exec {shlex.join(words)}\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/kernel-lab",
        description="Run a command as root under another kernel, on a throw-away copy of this "
        "machine's root. Exits with the command's status; 124: out of time, 125: the lab failed.",
    )
    add = parser.add_argument
    versions = ", ".join(KERNELS)
    add("--kernel", required=True, metavar="VERSION", help=f"{versions} or what the suite has")
    add("--suite", help="the Debian suite to take it from")
    add("--mirror", metavar="URL", help="the Debian mirror, if apt has none configured")
    add("--append", default="", metavar="WORDS", help="more of the kernel's command line")
    add("--module", action="append", default=[], metavar="NAME", help="load this module too")
    add("--memory", default=Machine.memory, metavar="SIZE")
    add("--cpus", type=int, default=Machine.cpus, metavar="COUNT")
    add("--timeout", type=float, default=Machine.timeout, metavar="SECONDS", help="with the boot")
    add("command", nargs=argparse.REMAINDER, metavar="COMMAND…")
    options = parser.parse_args()
    if options.command[:1] == ["--"]:
        del options.command[0]
    if not options.command:
        parser.error("name a command to run")
    return options


if __name__ == "__main__":
    sys.exit(main())
