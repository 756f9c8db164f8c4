# SPDX-License-Identifier: Apache-2.0
"""bpftrace printing the same events: what there was before."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import NAME, run_load
from bench.processes import CONSUMER, cpu_ns, wait_until
from bench.section import NotHere, Setting

PROBE = "tracepoint:syscalls:sys_exit_getppid"
# What is printed of each event: the least that is of use, and what a record of ours holds.
FIELDS: dict[str, tuple[str, ...]] = {
    "pid, comm, result": ("pid", "comm", "args->ret"),
    "our fields": (
        "pid", "comm", "args->ret", "nsecs", "tid", "uid", "cgroup", "cpu",
        "curtask->start_boottime", "curtask->group_leader->start_boottime",
        "curtask->real_parent->tgid", "curtask->cred->euid.val",
        "curtask->nsproxy->mnt_ns->ns.inum", "curtask->nsproxy->pid_ns_for_children->ns.inum",
        "str(curtask->nsproxy->uts_ns->name.nodename)",
    ),
}  # fmt: skip
_TEXTS = ("comm", "str(")
_OURS = f" {NAME} ".encode()  # in each line printed for the load
# It needs tracefs, which need not be mounted; in a mount namespace of its own nobody else sees it.
_MOUNTED = (
    "mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing || exit;"
    ' exec "$@"'
)


@dataclass(frozen=True, slots=True)
class Run:
    rate: float  # events/s delivered while the load ran
    cpu: float  # ns of bpftrace for each event
    lost: float  # share of all events


def run(setting: Setting, fields: Sequence[str]) -> Run:
    """The load under a bpftrace that prints these fields; its lines counted. Raises NotHere."""
    printed = setting.folder / "bpftrace.txt"
    printed.unlink(missing_ok=True)
    count = setting.pick(1_000_000, 200_000)
    with _running(_script(fields), printed) as pid:
        wait_until(lambda: _seen(setting.folder, printed), "bpftrace's first line")
        before, used = _lines(printed), cpu_ns(pid)
        load = run_load(setting.folder, count)
        time.sleep(0.3)  # what is still in its buffers
        used = cpu_ns(pid) - used
        events = _lines(printed) - before
    if not events:
        raise NotHere("bpftrace printed nothing of the load")
    return Run(events / load.seconds, used / events, 1 - events / count)


def _script(fields: Sequence[str]) -> str:
    form = " ".join("%s" if field.startswith(_TEXTS) else "%lld" for field in fields)
    return f'{PROBE} /comm == "{NAME}"/ {{ printf("{form}\\n", {", ".join(fields)}) }}'


@contextmanager
def _running(script: str, printed: Path) -> Iterator[int]:
    """Its process id: each program of the command replaces the one before."""
    command = ["taskset", "-c", str(CONSUMER), "bpftrace", "-o", str(printed), "-e", script]
    wrapped = ["unshare", "--mount", "sh", "-c", _MOUNTED, "sh", *command]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(wrapped, stdout=quiet, stderr=quiet)
    try:
        yield process.pid
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
