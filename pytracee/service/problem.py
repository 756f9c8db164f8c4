# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a file of the operator's, and where."""

from pathlib import Path
from typing import NamedTuple


class Problem(NamedTuple):
    """Why a file is left out: `FILE:ROW:COL: MESSAGE`, counted from 1."""

    path: Path
    row: int
    col: int
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    @property
    def place(self) -> str:
        return f"{self.path}:{self.row}:{self.col}"


def problem_at(path: Path, text: str, at: int, message: str) -> Problem:
    """At the offset `at` of the file's text."""
    return Problem(path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), message)
