# SPDX-License-Identifier: Apache-2.0
"""bpftrace printing the same events: what there was before."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import NAME, run_load
from bench.processes import CONSUMER, wait_until
from bench.section import Setting

PROBE = "tracepoint:syscalls:sys_exit_getppid"
_SCRIPT = (
    f'{PROBE} /comm == "{NAME}"/ '
    '{ printf("%llu %d %d %d %d %s %d\\n", nsecs, pid, tid, uid, cpu, comm, args->ret) }'
)
_OURS = f" {NAME} ".encode()  # in each line printed for the load
# It needs tracefs, which need not be mounted; in a mount namespace of its own nobody else sees it.
_MOUNTED = (
    "mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing || exit;"
    ' exec "$@"'
)


@dataclass(frozen=True, slots=True)
class Run:
    rate: float  # events/s delivered while the load ran
    lost: float  # share of all events


def run(setting: Setting) -> Run:
    """The load under bpftrace, its lines counted. Raises NotHere."""
    printed = setting.folder / "bpftrace.txt"
    count = setting.pick(1_000_000, 300_000)
    with _running(printed):
        wait_until(lambda: _seen(setting.folder, printed), "bpftrace's first line")
        before = _lines(printed)
        load = run_load(setting.folder, count)
        time.sleep(0.3)  # what is still in its buffers
        events = _lines(printed) - before
    return Run(events / load.seconds, 1 - events / count)


@contextmanager
def _running(printed: Path) -> Iterator[None]:
    command = ["taskset", "-c", str(CONSUMER), "bpftrace", "-o", str(printed), "-e", _SCRIPT]
    wrapped = ["unshare", "--mount", "sh", "-c", _MOUNTED, "sh", *command]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(wrapped, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _seen(folder: Path, printed: Path) -> bool:
    """Make a few calls, and see whether it prints them."""
    run_load(folder, 1000)
    time.sleep(0.3)
    return _lines(printed) > 0


def _lines(printed: Path) -> int:
    return printed.read_bytes().count(_OURS) if printed.exists() else 0
