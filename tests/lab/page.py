# SPDX-License-Identifier: Apache-2.0
"""docs/kernels.md: event × kernel, from trials."""

from collections.abc import Callable, Iterable, Sequence

from schemas.events import CATALOGUE
from tests.lab.case import Case
from tests.lab.trial import CASES, Trial
from tests.lab.ways import WITHOUT

_HEAD = """# Kernels

Written by `scripts/test-kernels`, which boots each of these kernels in QEMU, collects every event
of the catalogue there, causes it, and compares what was recorded with what the trigger printed and
what stat(2) said. Loading is that of all programs at once; an emulated processor is about twenty
times slower than a real one.

"""
_EVENTS = """
## Events

The probe that is used there, and after it those that are used where the better ones are missing.
✓: the event was caused, and seen with the right fields. ✗: it was not, as the notes below say.
“Not triggered”: the probe is attached, but nothing causes the event here; what the collector makes
itself is tried in `tests/kernel`, and the checks of the kernel's integrity on 6.1, against a module
that hooks and hides, in `tests/lab/test_integrity.py`. “Not here”: this kernel has none of its
probes.

"""
_CLAIMS = """
## Besides

What holds on a kernel beyond the fields of single events.

"""


def page(trials: Sequence[Trial]) -> str:
    releases = [trial.release for trial in trials]
    events = [(f"`{event.name}`", _event(event.name)) for event in CATALOGUE]
    claims = dict.fromkeys(case.claim for case in CASES if case.claim)
    parts = [
        _HEAD,
        _table("", releases, [("loading", lambda trial: f"{trial.load:.1f} s")], trials),
        _EVENTS,
        _table("event", releases, events, trials),
        _CLAIMS,
        _table("", releases, [(claim, _claim(claim)) for claim in claims], trials),
        *_notes(trials),
    ]
    return "".join(parts)


Cell = Callable[[Trial], str]


def _table(
    head: str, columns: Iterable[str], rows: Iterable[tuple[str, Cell]], trials: Sequence[Trial]
) -> str:
    names = [head, *columns]
    lines = [names, ["---"] * len(names)]
    lines += [[name, *map(cell, trials)] for name, cell in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cases_of(event: str) -> list[Case]:
    """Those that are about the event alone; where there is none, those that show more with it."""
    found = [case for case in CASES if case.event == event]
    return [case for case in found if not case.claim] or found


def _event(name: str) -> Cell:
    """By each way that was tried, the best first."""

    def cell(trial: Trial) -> str:
        if name in trial.unavailable:
            return "not here"
        cases = cases_of(name)
        ways = [way for way in WITHOUT if way == "all" or any(c.round == way for c in cases)]
        found = ((way, [case for case in cases if case.round == way]) for way in ways)
        return ", ".join(
            f"{_mark(trial, tried) if tried else 'not triggered:'} {place}"
            for way, tried in found
            if (place := trial.probes[way].get(name))
        )

    return cell


def _claim(claim: str) -> Cell:
    return lambda trial: _mark(trial, [case for case in CASES if case.claim == claim])


def _mark(trial: Trial, cases: Iterable[Case]) -> str:
    return "✗" if any(map(trial.verdicts.get, cases)) else "✓"


def _notes(trials: Sequence[Trial]) -> Iterable[str]:
    notes = [f"- {trial.release}: {note}\n" for trial in trials for note in complaints(trial)]
    return ["\n## Notes\n\n", *notes] if notes else []


def complaints(trial: Trial) -> list[str]:
    """What is not there on this kernel, and what was not as it must be."""
    return [
        *(f"`{name}` is not here: {why}" for name, why in trial.unavailable.items()),
        *(f"`{name}` was refused: {why}" for name, why in trial.refused.items()),
        *(f"`{case.event}` ({case}): {words}" for case, words in trial.verdicts.items() if words),
    ]
