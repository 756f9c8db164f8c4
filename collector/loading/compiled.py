# SPDX-License-Identifier: Apache-2.0
"""The compiled programs of bpf/: one object for each architecture."""

import platform
from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path

from pytracee.service.errors import OperatorError

#: machine, as uname -m has it → the object's name. arm64's compiles, and nobody has run it yet
_NAMES = {"x86_64": "x86_64", "aarch64": "arm64"}


def compiled() -> AbstractContextManager[Path]:
    """This machine's object. Raises OperatorError where there is none for it."""
    machine = platform.machine()
    if machine not in _NAMES:
        raise OperatorError(f"no kernel programs for {machine}: for x86_64 and arm64 only")
    return as_file(files("collector") / "objects" / f"{_NAMES[machine]}.bpf.o")
