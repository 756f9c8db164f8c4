# SPDX-License-Identifier: Apache-2.0
"""Running the load: a known number of the cheapest system calls on one CPU."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.processes import PRODUCER

NAME = "load"  # of the program, and so its comm


@dataclass(frozen=True, slots=True)
class Load:
    """`count` calls took `seconds`; half of the calls took less than `call` ns."""

    count: int
    seconds: float
    call: float


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came through of a load."""

    rate: float  # events/s while the load ran
    cpu: float  # ns of the collecting process for each event
    lost: int  # events


def run_load(folder: Path, count: int, comm: str = NAME) -> Load:
    """Run folder/load, which bench.compiled made, on the producer's CPU."""
    program = folder / comm
    if not program.exists():
        program.symlink_to(NAME)
    command = [str(program), str(PRODUCER), str(count)]
    total, call = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return Load(count, int(total) / 1e9, float(call))
