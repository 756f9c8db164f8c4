# SPDX-License-Identifier: Apache-2.0
"""Mappings, compared with the addresses that mmap(2) returned and with stat(2)."""

import os
from pathlib import Path

import pytest

from tests.collecting import Collecting, needs_kernel
from tests.conftest import Run
from tests.kernel.file_causes import EXEC, NR, PAGE, READ, WRITE, mapped, opened, protected
from tests.kernel.test_files import kernel_device
from tests.kernel.test_writing import named

pytestmark = needs_kernel
W_X, R_X = READ | WRITE | EXEC, READ | EXEC


def place(path: Path) -> dict[str, object]:
    found = path.stat()
    return {
        "pathname": str(path),
        "dev": kernel_device(found.st_dev),
        "inode": found.st_ino,
        "ctime": found.st_ctime_ns,
    }


@pytest.mark.parametrize(
    ("before", "now", "alert", "words"),
    [
        (None, W_X, 1, "Mmaped region with W+E permissions!"),
        (READ | WRITE, R_X, 2, "Protection changed to Executable!"),
        (READ, W_X, 2, "Protection changed to Executable!"),
        (R_X, W_X, 3, "Protection changed from E to W+E!"),
        (W_X, R_X, 4, "Protection changed from W+E to E!"),
    ],
)
def test_each_alert(
    before: int | None, now: int, alert: int, words: str, live: Collecting, run: Run
) -> None:
    done = run(mapped(now)) if before is None else run(mapped(before), protected(now))
    event = named(live, done, "mem_prot_alert")[-1]
    nothing = dict.fromkeys(("pathname", "dev", "inode", "ctime"))
    assert event.data() == {
        "alert": alert, "addr": PAGE, "len": 4096, "prot": now, "prev_prot": before or 0, **nothing
    }  # fmt: skip
    assert event.parsed()[0] == words


@pytest.mark.parametrize(
    ("before", "now"), [(READ, READ | WRITE), (R_X, READ), (R_X, R_X), (W_X, W_X), (W_X, READ)]
)
def test_no_alert(before: int, now: int, live: Collecting, run: Run) -> None:
    done = run(mapped(before), protected(now))
    assert done.calls[-1].returned == 0
    alerts = [event.data() for event in named(live, done, "mem_prot_alert")]
    assert [data["alert"] for data in alerts if data["addr"] == PAGE] == [1] * (before == W_X)


def test_an_alert_names_the_file_that_is_mapped(live: Collecting, run: Run, program: Path) -> None:
    done = run(opened(program, os.O_RDONLY), mapped(READ, fd=3), protected(R_X))
    data = named(live, done, "mem_prot_alert")[-1].data()
    assert {name: data[name] for name in place(program)} == place(program)


def test_the_middle_of_many_areas_is_found(live: Collecting, run: Run) -> None:
    """More areas than one node of the kernel's tree holds, every other one of another kind."""
    areas = [mapped(READ if at % 2 else R_X, address=PAGE + at * 4096) for at in range(101)]
    middle = PAGE + 50 * 4096
    done = run(*areas, f"{NR['mprotect']} i{middle} i4096 i{W_X}")
    data = named(live, done, "mem_prot_alert")[-1].data()
    assert (data["alert"], data["addr"], data["prev_prot"]) == (3, middle, R_X)


def test_a_file_mapped_for_execution_is_a_shared_object(
    live: Collecting, run: Run, program: Path
) -> None:
    done = run(
        opened(program, os.O_RDONLY),
        mapped(READ, fd=3),
        mapped(R_X, fd=3),
        mapped(R_X),
        mapped(R_X, 9),
    )
    event = named(live, done, "shared_object_loaded")[-1]
    data = event.data()
    assert {**place(program), "flags": data["flags"]} == data
    assert data["flags"] & os.O_ACCMODE == os.O_RDONLY
    loaded = [e.data()["pathname"] for e in named(live, done, "shared_object_loaded")]
    assert loaded.count(str(program)) == 1
    assert [name for name in loaded if "libc.so" in name]


def test_every_mapping_is_told_with_its_address(live: Collecting, run: Run, program: Path) -> None:
    done = run(opened(program, os.O_RDONLY), f"{NR['mmap']} i0 i5000 i1 i2 i3 i4096")
    data = named(live, done, "do_mmap")[-1].data()
    assert data == {
        "addr": done.calls[-1].returned, **place(program), "flags": data["flags"],
        "pgoff": 1, "len": 5000, "prot": 1, "mmap_flags": 2,
    }  # fmt: skip
    failed = run(f"{NR['mmap']} i0 i0 i1 i2 i3 i0")
    assert failed.calls[-1].returned < 0
    assert all(event.data()["len"] for event in named(live, failed, "do_mmap"))
