# SPDX-License-Identifier: Apache-2.0
"""Reading what the operator named, also after root was given up (see opener.py)."""

import os
import stat
from pathlib import Path

from pytracee.service.opener import OPENER


def content(path: Path, most: int) -> bytes:
    """Of a file of at most so many bytes. Raises OSError."""
    with open(_opened(path), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("neither a file nor a directory")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(f"larger than {most >> 20} MiB")
    return data


def listed(path: Path) -> list[Path] | None:
    """What lies in a folder, in order; None where it is none. Raises OSError."""
    fd = _opened(path)
    try:
        is_folder = stat.S_ISDIR(os.fstat(fd).st_mode)
        return [path / name for name in sorted(os.listdir(fd))] if is_folder else None
    finally:
        os.close(fd)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except PermissionError:  # after root was given up
        return OPENER.read(os.path.abspath(path))
