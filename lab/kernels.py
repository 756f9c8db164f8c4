# SPDX-License-Identifier: Apache-2.0
"""Debian's kernels: which there are, and what of them a guest boots with."""

import lzma
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.packages import fetch

#: what the lab boots when it is not told: of each suite its kernel, and the newest to be had
KERNELS = ("5.10", "6.1", "6.12", "newest")
_SUITES = {"5.10": "bullseye", "6.1": "bookworm", "6.12": "trixie"}
_OTHER_SUITE = "trixie-backports"  # for any other version


@dataclass(frozen=True)
class Kernel:
    """A kernel's packages, unpacked in `folder`."""

    folder: Path

    @property
    def image(self) -> Path:
        return next(self.folder.rglob("vmlinuz*"))

    def modules(self, names: Iterable[str]) -> dict[str, bytes]:
        """Module → its bytes. Those that are not there are built in, or not of this kernel."""
        found = {}
        for name in names:
            for path in self.folder.rglob(f"{name}.ko*"):
                data = path.read_bytes()
                found[name] = lzma.decompress(data) if path.suffix == ".xz" else data
        return found


def kernel(version: str, suite: str | None = None, mirror: str | None = None) -> Kernel:
    """The kernel of this version ("6.1"; "newest": of the suite), fetched if it is not there.

    Raises OperatorError.
    """
    number = r"\d+\.\d+" if version == "newest" else re.escape(version)
    # The cloud flavour has no 9p, by which the guest gets its root; the rt one is another kernel.
    pattern = rf"linux-image-{number}[.+-].*(?<!-cloud)(?<!-rt)-amd64"
    return Kernel(fetch(version, suite or _SUITES.get(version, _OTHER_SUITE), pattern, mirror))


def busybox(mirror: str | None = None) -> bytes:
    """A shell and its tools in one static program, for a guest without a root yet."""
    folder = fetch("busybox", "stable", "busybox-static", mirror)
    return next(folder.rglob("bin/busybox")).read_bytes()
