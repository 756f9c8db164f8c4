# SPDX-License-Identifier: Apache-2.0
"""Our kernel module for the lab's guests, compiled against Debian's headers of their kernel."""

import os
import shutil
import subprocess
from pathlib import Path

from lab.kernels import Kernel
from lab.packages import fetch

_SOURCE = Path(__file__).parent / "module" / "pt_hooks.c"


class BuildFailed(Exception):
    """What the compiler said."""


def build(kernel: Kernel, suite: str, folder: Path) -> Path:
    """The module pt_hooks for this kernel, of a Debian suite before trixie, made in an empty
    folder: the .ko file.

    Raises OperatorError where the kernel's headers cannot be had, BuildFailed.
    """
    release = kernel.image.name.removeprefix("vmlinuz-")  # "6.1.0-50-amd64"
    headers = _headers(release, suite, folder / "tree")
    work = folder / "work"
    work.mkdir()
    shutil.copy(_SOURCE, work)
    (work / "Kbuild").write_text(f"obj-m := {_SOURCE.stem}.o\n")
    # Debian asks for a gcc by its version; another one's modules are taken as well.
    command = ["make", "-s", "-C", str(headers), f"M={work}", "CC=gcc", "modules"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildFailed(done.stdout + done.stderr)
    return work / f"{_SOURCE.stem}.ko"


def _headers(release: str, suite: str, tree: Path) -> Path:
    """What modules are built with, laid out as Debian installs it, but below `tree`."""
    number = release.removesuffix("-amd64")
    names = (
        f"linux-headers-{release}",
        f"linux-headers-{number}-common",
        f"linux-kbuild-{number.rpartition('.')[0]}",
    )
    for name in names:
        shutil.copytree(
            fetch(name, suite, name.replace(".", r"\.")) / "usr",
            tree / "usr",
            symlinks=True,
            dirs_exist_ok=True,
            copy_function=os.symlink,
        )
    sources = tree / "usr" / "src"
    makefile = sources / names[0] / "Makefile"
    makefile.unlink()  # it has the path at which the common part would be installed
    makefile.write_text(f"include {sources / names[1]}/Makefile\n")
    return makefile.parent
