# SPDX-License-Identifier: Apache-2.0
"""All cases on one kernel: boot it, run them, judge what was recorded."""

import base64
import io
import json
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.kernels import busybox, kernel
from lab.machine import Machine
from schemas.events import CATALOGUE
from tests.collecting import ROOT, Recording, trigger
from tests.conftest import COMMS
from tests.lab.calls import CALLS
from tests.lab.case import Case, verdict
from tests.lab.changes import CHANGES
from tests.lab.hooks import HOOKS
from tests.lab.job import job, outcomes
from tests.lab.paths import PATHS
from tests.lab.tasks import TASKS
from tests.lab.ways import WITHOUT, by_each_way

CASES: tuple[Case, ...] = tuple(by_each_way((*TASKS, *PATHS, *HOOKS, *CALLS, *CHANGES)))
_TIMEOUT = 1500  # seconds
_MODULES = "lsm=landlock,bpf"  # without `bpf` there, no program at an LSM hook is called
_SCOPE = f"comm={COMMS}"


def _round(
    events: Sequence[str], without: Sequence[str] = (), ring_bytes: int = 16 << 20
) -> dict[str, Any]:
    """Arguments of `collect` in guest.py."""
    return {"events": events, "without": without, "ring_bytes": ring_bytes, "scope": _SCOPE}


#: round → how its collector is set up
ROUNDS: dict[str, dict[str, Any]] = {
    "all": _round([event.name for event in CATALOGUE]),
    "small": _round(["getppid"], ring_bytes=4096),
    **{
        way: _round(sorted({case.event for case in CASES if case.round == way}), without)
        for way, without in WITHOUT.items()
        if way != "all" and any(case.round == way for case in CASES)
    },
}


class TrialFailed(Exception):
    """The guest's part did not come to its end; its output is the message."""


@dataclass(frozen=True)
class Trial:
    """What one kernel offers, and how each case went there."""

    release: str
    load: float  # seconds, of all programs
    probes: Mapping[str, Mapping[str, str]]  # round → event → place
    unavailable: Mapping[str, str]  # event → why
    refused: Mapping[str, str]  # program → the kernel's words
    verdicts: Mapping[Case, str]  # "" where all was right


def attempt(version: str) -> Trial:
    """Boot this kernel and run all cases. Raises OperatorError, GuestFailed, TrialFailed."""
    chosen, shell = kernel(version), busybox()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = folder / "rounds.json"
        rounds.write_text(json.dumps(ROUNDS))
        script, out = job(trigger(folder), rounds, CASES, ROOT), io.BytesIO()
        status = Machine(timeout=_TIMEOUT, append=_MODULES).run(chosen, shell, script, out)
        printed = out.getvalue().decode(errors="replace")
        if status:
            raise TrialFailed(printed[-4000:])
        return _judge(json.loads(printed.splitlines()[-1]), printed, folder)


def _judge(report: dict[str, Any], printed: str, folder: Path) -> Trial:
    every = report["rounds"]["all"]
    recordings = {
        name: _recording(folder / name, found["recording"])
        for name, found in report["rounds"].items()
    }
    probes = {name: found["probes"] for name, found in report["rounds"].items()}
    done = outcomes(
        printed,
        [(recordings[case.round], probes[case.round].get(case.event, "")) for case in CASES],
    )
    return Trial(
        report["release"],
        every["load"],
        probes,
        every["unavailable"],
        every["refused"],
        {case: verdict(case, outcome) for case, outcome in zip(CASES, done, strict=True)},
    )


def _recording(path: Path, text: str) -> Recording:
    path.write_bytes(zlib.decompress(base64.b64decode(text)))
    found = Recording(path)
    found.read()
    found.close()
    found.parser.finish()
    return found
