# SPDX-License-Identifier: Apache-2.0
"""What became of one test of a signature."""

from pathlib import Path
from typing import NamedTuple


class Outcome(NamedTuple):
    """`failure` is a half sentence, empty where the test passed."""

    path: Path
    row: int
    name: str
    failure: str = ""
    skipped: bool = False

    def __str__(self) -> str:
        if self.skipped:
            return f"skip  {self.path}:{self.row}: {self.name}"
        if self.failure:
            return f"FAIL  {self.path}:{self.row}: {self.name}: {self.failure}"
        return f"ok    {self.path}:{self.row}: {self.name}"
