# SPDX-License-Identifier: Apache-2.0
"""Somebody who does, again and again, a little of everything that a command may want to see."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.context.containers import hierarchy
from tests.collecting import until
from tests.headers import call_numbers
from tests.seed_commands.table import Who

NR = call_numbers("asm/unistd_64.h")
SHELL = Path("/bin/dash")
CONTAINER, OTHER_CONTAINER = (f"{os.getpid():x}".rjust(12, c).ljust(64, "0") for c in "cd")


def steps(folder: Path) -> list[str]:
    """Of the trigger; each gives back what it took, so that descriptor 3 is the next one."""
    made, shadow = folder / "made", "/etc/shadow"
    done = [f"{NR['close']} i3"]
    group = f"{hierarchy()}/pt-{os.getpid()}-seed"
    scope = f"{hierarchy()}/docker-{OTHER_CONTAINER}.scope"
    return [
        f"{NR['openat']} i-100 s/etc/hostname i0 i0", f"{NR['read']} i3 a9 i9", *done,
        f"{NR['open']} s{shadow} i0 i0", *done,
        f"{NR['openat']} i-100 s{folder}/notify_on_release i577 i420", *done,
        f"{NR['openat']} i-100 s{made} i66 i420", f"{NR['write']} i3 stext i4", *done,
        f"{NR['rename']} s{made} s{made}2", f"{NR['unlink']} s{made}2",
        f"{NR['socket']} i1 i1 i0", f"{NR['connect']} i3 x01002f6e6f7768657265 i10", *done,
        f"{NR['mkdir']} s{group} i493", f"{NR['rmdir']} s{group}",
        f"{NR['mkdir']} s{scope} i493", f"{NR['rmdir']} s{scope}",
        f"{NR['execve']} s/nowhere [ sa ] [ ]",
        f"{NR['process_vm_writev']} i1 i0 i0 i0 i0 i0",
        f"{NR['ptrace']} i0 i0 i0 i0",
    ]  # fmt: skip


def _script(folder: Path, trigger: Path) -> str:
    words = " -- ".join(steps(folder)).replace("[", "'['")
    return (
        f"cd /tmp; while :; do read x </etc/hostname; {trigger} {words} >/dev/null; /bin/sh -c :; "
        "sleep 0.1; done"
    )


@contextmanager
def doing(who: Who, folder: Path, program: Path) -> Iterator[int]:
    """Its pid. It runs programs in `folder`, under the name that it is to have."""
    place = folder / who.comm
    (place / "bin").mkdir(parents=True)
    place.chmod(0o777)
    shell, trigger = place / who.comm, place / "bin" / who.comm
    shutil.copy(SHELL, shell)
    shutil.copy(program, trigger)
    start = [str(shell), "-c", _script(place, trigger)]
    if who.uid:
        start = ["setpriv", f"--reuid={who.uid}", f"--regid={who.uid}", "--clear-groups", *start]
    if who.contained:
        start = ["unshare", "--mount", *start]
    with container(who.contained) as group:
        waits = ["sh", "-c", 'read x; exec "$@"', "sh", *start]
        process = subprocess.Popen(waits, stdin=subprocess.PIPE, start_new_session=True)
        assert process.stdin
        if group:
            (group / "cgroup.procs").write_text(str(process.pid))
        process.stdin.write(b"\n")
        process.stdin.close()
        try:
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def container(contained: bool) -> Iterator[Path | None]:
    """The control group of a container, where there is to be one."""
    if not contained:
        yield None
        return
    path = Path(f"{hierarchy()}/docker-{CONTAINER}.scope")
    path.mkdir()
    try:
        yield path
    finally:
        until(lambda: _removed(path), f"an empty control group {path}")


def _removed(path: Path) -> bool | None:
    try:
        path.rmdir()
    except OSError:
        return None
    return True
