# SPDX-License-Identifier: Apache-2.0
"""The programs on another kernel than this machine's: one that has LSM, fentry and kprobes."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from lab import needs
from lab.kernels import busybox, kernel
from pytracee.service.errors import OperatorError
from schemas.events import BY_NAME, CATALOGUE
from tests.collecting import ROOT
from tests.lab.case import Case
from tests.lab.few import few
from tests.lab.page import page
from tests.lab.trial import CASES, Trial, attempt
from tests.lab.ways import WITHOUT, best

KERNEL = "6.1"
FULL = bool(os.environ.get("PYTRACEE_TRIAL"))  # every event by each way, which takes long
TRIED = CASES if FULL else few(CASES)
needs_all = pytest.mark.skipif(
    not FULL, reason="every event by each way takes long: scripts/test-kernels, or PYTRACEE_TRIAL=1"
)
Lab = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module", autouse=True)
def _fetched() -> None:
    """Skips where there is no QEMU, or no Debian mirror that can be reached."""
    try:
        needs.check()
        kernel(KERNEL)
        busybox()
    except OperatorError as error:
        pytest.skip(f"the kernel lab: {error}")


@pytest.fixture(scope="module")
def trial() -> Trial:
    return attempt(KERNEL, TRIED)


@pytest.fixture
def lab() -> Lab:
    """Run a command in the lab."""
    command = [sys.executable, "-P", "-m", "lab", "--kernel", KERNEL]
    return lambda *words, **options: subprocess.run(
        [*command, *words], capture_output=True, text=True, check=False, cwd=ROOT, **options
    )


@pytest.mark.parametrize("case", TRIED, ids=str)
def test_it_is_seen_there_as_it_happened(case: Case, trial: Trial) -> None:
    if case not in trial.verdicts:
        pytest.skip("this kernel does not show it in this way")
    assert trial.verdicts[case] == ""


def test_every_way_is_tried_there() -> None:
    assert {case.round for case in TRIED} >= set(WITHOUT)
    kinds = {
        probe.place.split("/")[0]
        for case in TRIED
        if (probe := best(BY_NAME[case.event], case.round if case.round in WITHOUT else "all"))
    }
    assert kinds == {"lsm", "fentry", "fexit", "kprobe", "kretprobe", "tp_btf"}


def test_that_kernel_takes_what_it_is_given(trial: Trial) -> None:
    assert trial.unavailable == trial.refused == {}


@needs_all
def test_every_event_has_a_probe_there(trial: Trial) -> None:
    assert {event.name for event in CATALOGUE} == trial.probes["all"].keys()


@needs_all
def test_the_page_tells_of_every_event(trial: Trial) -> None:
    lines = page([trial]).splitlines()
    for event in CATALOGUE:
        [line] = [line for line in lines if line.startswith(f"| `{event.name}` |")]
        assert f" {trial.probes['all'][event.name]}" in line


def test_a_command_runs_as_root_under_that_kernel_and_leaves_nothing_here(lab: Lab) -> None:
    path = ROOT / "written in the lab"
    script = """
        uname -r; id -u; pwd; echo "$WORD"; grep -o mine=1 /proc/cmdline
        echo x >"$0"; cat "$0"; echo err >&2; exit 7
    """
    words = ["--append", "mine=1", "--", "sh", "-c", script, str(path)]
    done = lab(*words, env={"PATH": "/usr/bin:/bin", "WORD": "a b"})
    release, *rest = done.stdout.splitlines()
    assert done.returncode == 7, done.stderr
    assert release.startswith(f"{KERNEL}.")
    assert rest == ["0", str(ROOT), "a b", "mine=1", "x", "err"]
    assert not path.exists()


def test_a_guest_that_dies_or_takes_too_long_is_not_taken_for_the_command(lab: Lab) -> None:
    done = lab("sh", "-c", "echo b >/proc/sysrq-trigger; sleep 60")
    assert done.returncode == 125
    assert done.stderr.startswith("kernel-lab: the guest died; its console:\n")
    done = lab("--timeout", "0", "true")
    assert done.returncode == 124
    assert "kernel-lab: the guest ran out of time: give it more (--timeout SECONDS)" in done.stderr
