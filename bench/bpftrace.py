# SPDX-License-Identifier: Apache-2.0
"""bpftrace printing the same events: what there was before."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.load import NAME, Delivered, run_load
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
        "curtask->nsproxy->uts_ns->name.nodename",
    ),
}  # fmt: skip
_TEXTS = ("comm", "curtask->nsproxy->uts_ns->name.nodename")
_ASKED = 20  # times to end
_WARM_UP = "warm_up"  # the load's other name, for calls that do not count
# It needs tracefs, which need not be mounted; in a mount namespace of its own nobody else sees it.
_MOUNTED = (
    "mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing || exit;"
    ' exec "$@"'
)


def run(fields: Sequence[str], setting: Setting) -> Delivered:
    """The load under a bpftrace that prints these fields; its lines counted. Raises NotHere."""
    if not shutil.which("bpftrace"):
        raise NotHere("it is not installed: apt-get install bpftrace")
    printed = setting.folder / "bpftrace.txt"
    count = setting.pick(500_000, 200_000)
    with _running(_script(fields), printed) as pid:
        wait_until(lambda: _prints(setting.folder, printed), "bpftrace's first line")
        before = cpu_ns(pid)
        load = run_load(setting.folder, count)
        time.sleep(0.3)  # what is still in its buffers
        used = cpu_ns(pid) - before
    events = _lines(printed, NAME)
    if not events:
        raise NotHere("bpftrace printed nothing of the load")
    return Delivered(events / load.seconds, used / events, count - events)


def _script(fields: Sequence[str]) -> str:
    form = " ".join("%s" if field in _TEXTS else "%lld" for field in fields)
    scope = f'comm == "{NAME}" || comm == "{_WARM_UP}"'
    return f'{PROBE} /{scope}/ {{ printf("{form}\\n", {", ".join(fields)}) }}'


@contextmanager
def _running(script: str, printed: Path) -> Iterator[int]:
    """Its process id: each program of the command replaces the one before.

    At the end it is asked to finish, and so writes out the lines that it holds back.
    """
    printed.unlink(missing_ok=True)
    command = ["taskset", "-c", str(CONSUMER), "bpftrace", "-o", str(printed), "-e", script]
    wrapped = ["unshare", "--mount", "sh", "-c", _MOUNTED, "sh", *command]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(wrapped, stdout=quiet, stderr=quiet)
    try:
        yield process.pid
    finally:
        _finish(process)


def _finish(process: subprocess.Popen[bytes]) -> None:
    """Interrupt it until it ends: it overlooks a signal that comes while it prints."""
    for _ in range(_ASKED):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
            return
    process.kill()
    process.wait()


def _prints(folder: Path, printed: Path) -> bool:
    """Make enough calls to fill its output's buffer, and see whether any is printed."""
    run_load(folder, 1000, _WARM_UP)
    time.sleep(0.3)
    return printed.exists() and _lines(printed, _WARM_UP) > 0


def _lines(printed: Path, comm: str) -> int:
    return printed.read_bytes().count(f" {comm} ".encode())
