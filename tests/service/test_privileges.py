# SPDX-License-Identifier: Apache-2.0
"""What processes may still do once they run: /proc/PID/status is the witness."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pytracee.service import privileges
from pytracee.service.errors import OperatorError
from tests.collecting import COLLECTOR, ROOT, Collecting, until
from tests.headers import call_numbers

#: where the interpreter or this tree lies in a home folder that root alone may enter, one that all
#: may enter
READABLE = """
mount --make-rprivate /
n=0
for folder in "$@"; do
    [ "$folder" != -- ] || break
    n=$((n + 1)); mkdir -p "$HOLD/$n"; mount --bind "$folder" "$HOLD/$n"
done
n=0
while [ "$1" != -- ]; do
    n=$((n + 1)); parent=${1%/*}
    [ -e "$parent/opened" ] || { mount -t tmpfs -o mode=755 none "$parent"; : >"$parent/opened"; }
    mkdir "$1"; mount --bind "$HOLD/$n" "$1"
    shift
done
shift; exec "$@"
"""
NR = call_numbers("asm/unistd_64.h")
NOBODY = 65534
RELOADS = 1 << 38 | 1 << 39  # CAP_PERFMON, CAP_BPF


def closed_folders() -> list[str]:
    """Of the interpreter's and of this tree's, those below a folder that others may not enter."""
    parents = {*Path(os.path.realpath(sys.executable)).parents, ROOT, *ROOT.parents}
    return [
        str(folder)
        for folder in sorted(parents)
        if folder.parent != folder and not folder.parent.stat().st_mode & 1
    ]


def in_the_open(hold: Path) -> list[str]:
    """A command's beginning, with which everybody may read the interpreter."""
    return ["env", f"HOLD={hold}", "unshare", "-m", "sh", "-c", READABLE, "sh", *closed_folders(),
            "--", *COLLECTOR]  # fmt: skip


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def capabilities(pid: int) -> dict[str, int]:
    return {name: int(value, 16) for name, value in status(pid).items() if name.startswith("Cap")}


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_whose(pid: int) -> set[str]:
    found = status(pid)
    return {*found["Uid"].split(), *found["Gid"].split()} | set(found["Groups"].split())


def settled(pid: int) -> bool:
    return status(pid)["NoNewPrivs"] == "1"


@pytest.fixture
def dropped(collector: Callable[..., Collecting], tmp_path: Path) -> Collecting:
    hold = tmp_path / "hold"
    hold.mkdir()
    folder = tmp_path / "out"
    folder.mkdir(mode=0o700)  # nobody may not enter it
    options = ("--events", "openat", "--scope", "comm=pt-call", "-o", f"json:{folder}/json")
    return collector(*options, command=in_the_open(hold))


def test_a_collector_becomes_nobody_with_nothing_but_what_a_reload_needs_in_reserve(
    dropped: Collecting,
) -> None:
    pid = dropped.process.pid
    assert is_whose(pid) == {str(NOBODY)}
    assert settled(pid)
    found = capabilities(pid)
    assert found == dict.fromkeys(found, 0) | {"CapPrm": RELOADS}


def test_what_it_starts_may_nothing_and_the_opener_only_opens(dropped: Collecting) -> None:
    pids = children(dropped.process.pid)
    until(lambda: all(map(settled, pids)) or None, "the children's giving up root")
    by_user = {("0" in is_whose(pid)): capabilities(pid) for pid in pids}
    assert set(by_user[False].values()) == {0}
    assert by_user[True]["CapEff"] == by_user[True]["CapPrm"] == 1 << 1  # CAP_DAC_OVERRIDE
    assert by_user[True]["CapBnd"] == 0


def test_events_and_new_files_come_as_before(
    dropped: Collecting, run: Callable[..., object], tmp_path: Path
) -> None:
    pids = children(dropped.process.pid)
    until(lambda: all(map(settled, pids)) or None, "the children's giving up root")
    shown, recorded = tmp_path / "out/json", tmp_path / "collector0/recording"
    for path in (shown, recorded):
        path.rename(f"{path}.1")
    dropped.process.send_signal(signal.SIGHUP)
    until(lambda: (shown.exists() and recorded.exists()) or None, "new files")
    assert {path.stat().st_uid for path in (shown, recorded)} == {0}
    run(f"{NR['openat']} i-100 s/etc/hostname i0 i0")
    dropped.process.send_signal(signal.SIGINT)
    assert dropped.process.wait(60) == 0, dropped.stderr()
    assert "pt-call" in shown.read_text()
    assert "Traceback" not in dropped.stderr()


def test_without_a_reload_nothing_is_left(
    collector: Callable[..., Collecting], tmp_path: Path
) -> None:
    hold = tmp_path / "hold"
    hold.mkdir()
    one = collector("--events", "openat", "--no-reload", command=in_the_open(hold))
    found = capabilities(one.process.pid)
    assert found["CapPrm"] in (0, 1 << 39)  # up to 5.18 tables cannot be changed without CAP_BPF
    assert is_whose(one.process.pid) == {str(NOBODY)}


def test_root_that_has_to_stay_root_has_no_capabilities(
    collector: Callable[..., Collecting],
) -> None:
    one = collector("--events", "openat", "--user", "root")
    found = capabilities(one.process.pid)
    assert found == dict.fromkeys(found, 0) | {"CapPrm": RELOADS}
    assert "events" in one.stop()


def test_a_user_that_cannot_be_had_is_told() -> None:
    with pytest.raises(OperatorError, match="no such user"):
        privileges.user_for("nobody-at-all")
    nobody = privileges.User("nobody", NOBODY, NOBODY)
    assert privileges.unreadable(nobody, ["/etc/passwd", "/etc/shadow"]) == "/etc/shadow"
    assert os.geteuid() == 0


def test_the_parents_death_is_still_heard_of(tmp_path: Path) -> None:
    """A change of user clears what prctl(2) has set."""
    done = tmp_path / "done"
    child = (
        "import time; from pytracee.service.privileges import *; "
        f"drop(User('nobody', {NOBODY}, {NOBODY})); print('here', flush=True); time.sleep(60)"
    )
    parent = (
        "import sys, signal; from pytracee.service.children import start; "
        f"one = start([sys.executable, '-c', {child!r}], death_signal=signal.SIGTERM, stdout=-1); "
        "one.stdout.readline(); print(one.pid)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    out = subprocess.check_output([sys.executable, "-c", parent], env=environment, text=True)
    done.write_text(out)
    until(lambda: not Path(f"/proc/{int(out)}").exists() or None, "the child's end")


def test_a_detector_and_its_opa_may_nothing_and_opa_has_no_network() -> None:
    command = [sys.executable, "-m", "detector", "--user", "root"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as detector:
        try:
            opa = until(lambda: server_of(detector.pid), "OPA")
            for found in map(capabilities, (detector.pid, opa)):
                assert found["CapPrm"] == found["CapEff"] == found["CapInh"] == 0
            assert Path(f"/proc/{opa}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
        finally:
            detector.kill()


def server_of(pid: int) -> int | None:
    """Its OPA that serves; others come and go."""
    for one in children(pid):
        with suppress(FileNotFoundError):
            if b"--server" in Path(f"/proc/{one}/cmdline").read_bytes():
                return one
    return None
