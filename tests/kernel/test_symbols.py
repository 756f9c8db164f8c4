# SPDX-License-Identifier: Apache-2.0
"""Symbols of what real processes load, compared with what nm(1) says of the same files."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.made.elf import exported
from schemas.event import Event
from tests.collecting import Collecting, needs_kernel

_SOURCE = "int pt_first(void) {{ return {0}; }}\nint pt_{1}(void) {{ return {0}; }}\n"


def library(folder: Path, name: str, number: int) -> Path:
    """A shared object that offers `pt_first`, and `pt_NAME`."""
    source, made = folder / f"{name}.c", folder / f"lib{name}.so"
    source.write_text(_SOURCE.format(number, name))
    subprocess.run(["cc", "-shared", "-fPIC", "-o", made, source], check=True)
    return made


def offered(path: Path) -> set[str]:
    """What nm says that it defines for others, without versions' names."""
    command = ["nm", "-D", "--defined-only", "--without-symbol-versions", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.split() for line in done.stdout.splitlines())
    return {name for *_, kind, name in rows if kind != "A"}


@pytest.mark.parametrize("name", ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"])
def test_what_a_library_offers_is_what_nm_says(name: str) -> None:
    path = Path("/lib/x86_64-linux-gnu") / name
    if not path.exists():
        pytest.skip(f"there is no {path}")
    assert {name.decode() for name in exported(path.read_bytes())} == offered(path)


@pytest.mark.parametrize("size", [0, 3, 6, 40, 63, 64, 200, 5000])
def test_a_cut_file_offers_nothing(size: int, tmp_path: Path) -> None:
    assert exported(library(tmp_path, "cut", 1).read_bytes()[:size]) == frozenset()


def test_damaged_files_raise_nothing(tmp_path: Path) -> None:
    data = bytearray(library(tmp_path, "damaged", 1).read_bytes())
    for at in range(0, len(data), 7):
        changed = data.copy()
        changed[at] ^= 0xFF
        exported(bytes(changed))


@needs_kernel
def test_two_libraries_that_offer_the_same(
    collector: Callable[..., Collecting], tmp_path: Path
) -> None:
    first, second = (library(tmp_path, name, at) for at, name in enumerate(("one", "two")))
    running = collector(
        "--events", "symbols_loaded,symbols_collision,sched_process_exit", "--scope", "comm=sleep"
    )
    environment = {**os.environ, "LD_PRELOAD": f"{first} {second}"}
    process = subprocess.Popen(["sleep", "1"], env=environment)
    process.wait()
    running.of(process.pid)
    running.stop()
    seen = {event.data()["library_path"]: event for event in of(running, process, "symbols_loaded")}
    for path in (first, second):
        event = seen[str(path)]
        assert set(event.data()["symbols"]) == offered(path)
        assert event.data()["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    [both] = [
        event.data()
        for event in of(running, process, "symbols_collision")
        if "pt_first" in event.data()["symbols"]
    ]
    assert both == {
        "loaded_path": str(second), "collision_path": str(first), "symbols": ["pt_first"]
    }  # fmt: skip


def of(running: Collecting, process: "subprocess.Popen[bytes]", name: str) -> list[Event]:
    return running.recording.of(process.pid, name)
