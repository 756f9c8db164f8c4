# SPDX-License-Identifier: Apache-2.0
"""The C programs that make load, compiled for one run."""

import shutil
import subprocess
from pathlib import Path

from bench.section import NotHere

_SOURCES = Path(__file__).parent


def compile_tool(name: str, folder: Path) -> Path:
    """bench/NAME.c as folder/NAME: its comm is NAME. Raises NotHere."""
    _run([_compiler("gcc"), "-O2", "-Wall", "-o", str(folder / name), _source(f"{name}.c")])
    return folder / name


def compile_program(name: str, folder: Path) -> Path:
    """bench/NAME.bpf.c as an object. Raises NotHere."""
    made = folder / f"{name}.bpf.o"
    include = "/usr/include/x86_64-linux-gnu"  # where Debian keeps asm/ for its own machine
    flags = ["-g", "-O2", "-target", "bpf", "-I", include]
    _run([_compiler("clang", "clang-14"), *flags, "-c", _source(f"{name}.bpf.c"), "-o", str(made)])
    return made


def _source(name: str) -> str:
    return str(_SOURCES / name)


def _compiler(*names: str) -> str:
    for name in names:
        if shutil.which(name):
            return name
    raise NotHere(f"no {names[0]}: apt-get install {names[0]} libc6-dev libbpf-dev")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"{command[0]} failed: {done.stderr.strip().splitlines()[-1]}")
