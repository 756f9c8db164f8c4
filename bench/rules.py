# SPDX-License-Identifier: Apache-2.0
"""Events per CPU-second, Python and OPA together: few rules, many, a hot one, no prefilter."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench import generated
from bench.detecting import Run, detect, recorded
from bench.mix import SIGNATURES
from bench.section import Figure, NotHere, Result, Setting, Target, middle

#: what Tracee v0.8.1 had in Rego; its TRC-3 is four rules of ours
EQUIVALENT = (
    *(f"TRC-{number}" for number in (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15)),
    *("ptrace_code_injection", "proc_mem_code_injection", "process_vm_write_inject"),
)
_MANY = 100  # rules, those among them that find something
_TWELVE, _PLAIN = "v0.8.1's 12", "v0.8.1's 12, no prefilter"
_RATES = {
    _TWELVE: Target(120_000, at_least=True),
    "v0.8.1's 12 and a hot rule": Target(15_000, at_least=True),
    f"{_MANY} rules": Target(45_000, at_least=True),
    f"{_MANY} rules and a hot one": Target(15_000, at_least=True),
}
_RATIO = Target(5, at_least=True)


def measure(setting: Setting) -> Result:
    """Rounds over all cases, so that a change of the machine's pace meets them alike."""
    folder = setting.folder / "rules"
    generated.write(folder, _MANY - len(SIGNATURES))
    taken: dict[str, list[_Taken]] = {}
    for _ in range(setting.pick(5, 1)):
        for name, options in _cases(folder).items():
            taken.setdefault(name, []).append(_Taken(setting, options))
    figures = [one for name, runs in taken.items() for one in _figures(name, runs)]
    pairs = zip(taken[_TWELVE], taken[_PLAIN], strict=True)
    ratios = [ours.rate / plain.rate for ours, plain in pairs]
    return [*figures, middle("rate over no prefilter", ratios, "times", _RATIO)]


def _cases(folder: Path) -> dict[str, Sequence[str]]:
    made = ("--signatures-dir", str(folder))
    few, many = ",".join(EQUIVALENT), ",".join((*SIGNATURES, "BENCH-*"))
    return {
        _TWELVE: ("--signatures", few),
        _PLAIN: ("--signatures", few, "--no-prefilter"),
        "v0.8.1's 12 and a hot rule": (*made, "--signatures", f"{few},{generated.HOT}"),
        f"{_MANY} rules": (*made, "--signatures", f"{many},-{generated.HOT}"),
        f"{_MANY} rules and a hot one": (*made, "--signatures", many),
    }


class _Taken:
    """What the events of the recording took, without starting and ending. Raises NotHere."""

    def __init__(self, setting: Setting, options: Sequence[str]) -> None:
        recording, told = recorded(setting), setting.folder / "findings.json"
        idle = detect([recording.empty], told, options)
        full = detect([recording.full], told, options)
        if full.lines != recording.findings:
            raise NotHere(f"{full.lines} findings in a recording that holds {recording.findings}")
        self.start = _cpu(idle)  # s
        self.own = (full.own_cpu - idle.own_cpu) / recording.count  # s/event, of Python
        self.child = (full.child_cpu - idle.child_cpu) / recording.count  # s/event, of OPA
        if self.own + self.child <= 0:
            raise NotHere("a recording this short takes no longer than to start: leave out --quick")
        self.rate = 1 / (self.own + self.child)  # events/s


def _cpu(run: Run) -> float:
    return run.own_cpu + run.child_cpu


def _figures(name: str, runs: Sequence[_Taken]) -> Iterator[Figure]:
    own, child, start = (
        median(getattr(one, field) for one in runs) for field in ("own", "child", "start")
    )
    note = f"Python {own * 1e6:.2f} + OPA {child * 1e6:.2f} µs/event; start and end {start:.2f} s"
    yield middle(name, [one.rate for one in runs], "events/CPU-s", _RATES.get(name), note)
