# SPDX-License-Identifier: Apache-2.0
"""The machine that the figures are of."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from detector.opa.binary import VERSION


def describe() -> dict[str, str]:
    """What to know before comparing figures. The load shows whether others worked beside us."""
    return {
        "processor": _processor(),
        "cpus": str(len(os.sched_getaffinity(0))),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "opa": VERSION,
        "bpftrace": _bpftrace(),
        "load at the start": f"{os.getloadavg()[0]:.2f}",
    }


def _processor() -> str:
    """Model, and whether a hypervisor shows itself: it makes traps and timers dearer."""
    text = Path("/proc/cpuinfo").read_text(errors="replace")
    facts = dict(line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    model = facts.get("model name", platform.machine()).strip(": \t")
    return f"{model} (virtual)" if " hypervisor" in text else model


def _bpftrace() -> str:
    if not shutil.which("bpftrace"):
        return "none"
    done = subprocess.run(["bpftrace", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.split()[-1]
