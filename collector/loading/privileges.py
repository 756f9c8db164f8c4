# SPDX-License-Identifier: Apache-2.0
"""What the collector may do: told by its capabilities, not by its user id (man 7 capabilities)."""

from pathlib import Path

from pytracee.service.errors import OperatorError

_SYS_ADMIN, _PERFMON, _BPF = 21, 38, 39


def effective() -> int:
    """This process's effective capabilities, a bit each."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0


def check() -> None:
    """Raises OperatorError where programs could not be loaded."""
    have = effective()
    if have >> _SYS_ADMIN & 1 or (have >> _BPF & 1 and have >> _PERFMON & 1):
        return
    raise OperatorError(
        "no privilege to load kernel programs: run it with sudo, or give it the capabilities "
        "CAP_BPF and CAP_PERFMON (and CAP_SYS_PTRACE, to know its own readers)"
    )
