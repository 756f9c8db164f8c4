# SPDX-License-Identifier: Apache-2.0
"""The files of a signatures directory."""

from collections.abc import Sequence
from pathlib import Path


def files_of(directory: Path, suffixes: Sequence[str]) -> list[Path]:
    """In order. Hidden folders are left out: they hold a mounted ConfigMap's older versions."""
    return sorted(
        path
        for path in directory.rglob("*")
        if path.suffix in suffixes
        and not any(part.startswith(".") for part in path.relative_to(directory).parts)
        and path.is_file()
    )
