# SPDX-License-Identifier: Apache-2.0
"""What the lab needs of this machine."""

import platform
import shutil
from pathlib import Path

from pytracee.service.errors import OperatorError

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_PROGRAMS = {  # program → Debian package
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
    "qemu-system-x86_64": "qemu-system-x86",
    "setpriv": "util-linux",
    "tar": "tar",
}


def check() -> None:
    """Raises OperatorError with all that is missing and how to get it."""
    if platform.machine() != "x86_64":
        raise OperatorError(
            f"the guest runs this machine's own programs, and its kernels are for x86_64, not "
            f"{platform.machine()}: use an x86_64 machine"
        )
    missing = {name: package for name, package in _PROGRAMS.items() if not shutil.which(name)}
    if not KEYRING.exists():
        missing[str(KEYRING)] = "debian-archive-keyring"
    if missing:
        raise OperatorError(
            f"missing: {', '.join(missing)}: apt-get install {' '.join(missing.values())} "
            "(Debian 12, Ubuntu 24.04 or newer)"
        )
