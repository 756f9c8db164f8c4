# SPDX-License-Identifier: Apache-2.0
"""All cases on one kernel: boot it, run them, judge what was recorded."""

import base64
import io
import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from tests.lab.modules import MODULE_CASES, MODULES
from tests.lab.paths import PATHS
from tests.lab.tasks import TASKS
from tests.lab.ways import WITHOUT, by_each_way

CASES: tuple[Case, ...] = tuple(
    by_each_way((*TASKS, *PATHS, *HOOKS, *CALLS, *CHANGES, *MODULE_CASES))
)
_TIMEOUT = 2400  # seconds
_LSMS = "lsm=landlock,bpf"  # without `bpf` there, no program at an LSM hook is called
_SCOPE = f"comm={COMMS}"
_SMALL = {"small": 4096}  # round → bytes of its ring


def rounds(cases: Sequence[Case], every: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Round → arguments of `collect` in guest.py; `every`: events of the round "all"."""
    return {
        name: {
            "events": sorted({*(every if name == "all" else ()), *_looked_at(cases, name)}),
            "without": WITHOUT.get(name, ()),
            "ring_bytes": _SMALL.get(name, 16 << 20),
            "scope": _SCOPE,
        }
        for name in dict.fromkeys(case.round for case in cases)
    }


def _looked_at(cases: Iterable[Case], name: str) -> Iterator[str]:
    for case in cases:
        if case.round == name:
            yield case.event
            yield from case.also


class TrialFailed(Exception):
    """The guest's part did not come to its end; its output is the message."""


@dataclass(frozen=True)
class Trial:
    """What one kernel offers, and how each case went there."""

    release: str
    load: float  # seconds, of all programs
    probes: Mapping[str, Mapping[str, str]]  # round → event → place
    unavailable: Mapping[str, str]  # event → why
    refused: Mapping[str, str]  # program → the kernel's words, of all rounds
    verdicts: Mapping[Case, str]  # "" where all was right; a way that is not there has none


def attempt(version: str, cases: Sequence[Case] = CASES) -> Trial:
    """Boot this kernel and run the cases: all of them with every event collected, and fewer with
    what they look at.

    Raises OperatorError, GuestFailed, TrialFailed.
    """
    chosen, shell = kernel(version), busybox()
    every = (event.name for event in CATALOGUE if cases is CASES or event.numbers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = folder / "rounds.json"
        settings.write_text(json.dumps(rounds(cases, every)))
        modules = [folder / f"{name}.ko" for name in MODULES]
        for path, data in zip(modules, chosen.modules(MODULES).values(), strict=True):
            path.write_bytes(data)
        script, out = job(trigger(folder), modules, settings, cases, ROOT), io.BytesIO()
        status = Machine(timeout=_TIMEOUT, append=_LSMS).run(chosen, shell, script, out)
        printed = out.getvalue().decode(errors="replace")
        if status:
            raise TrialFailed(printed[-4000:])
        return _judge(cases, printed, folder)


def _judge(cases: Sequence[Case], printed: str, folder: Path) -> Trial:
    report = json.loads(printed.splitlines()[-1])
    found = report["rounds"]
    recordings = {name: recording(folder / name, one["recording"]) for name, one in found.items()}
    probes = {name: one["probes"] for name, one in found.items()}
    done = outcomes(
        printed,
        [(recordings[case.round], probes[case.round].get(case.event, "")) for case in cases],
    )
    return Trial(
        report["release"],
        found["all"]["load"],
        probes,
        found["all"]["unavailable"],
        {name: words for one in found.values() for name, words in one["refused"].items()},
        {
            case: verdict(case, outcome)
            for case, outcome in zip(cases, done, strict=True)
            if case.round == "all" or outcome.place
        },
    )


def recording(path: Path, text: str) -> Recording:
    path.write_bytes(zlib.decompress(base64.b64decode(text)))
    found = Recording(path)
    found.read()
    found.close()
    found.parser.finish()
    return found
