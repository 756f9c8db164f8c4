# SPDX-License-Identifier: Apache-2.0
"""Another detector beside ours, both on the same events as Tracee's JSON lines."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bench.detecting import Run, recorded, run
from bench.processes import python
from bench.rules import EQUIVALENT
from bench.section import Figure, NotHere, Result, Setting, middle
from schemas.rendering.event import event_dict
from schemas.stream.parser import Batch, StreamReader

PLACE = "{events}"  # in the other's command: the file of lines
_OURS = python("detector", "--signatures", ",".join(EQUIVALENT), "--output", "json", PLACE)


def measure(setting: Setting) -> Result:
    """Starting and ending included: of another detector we do not know what they take."""
    if not setting.peer:
        raise NotHere(f"name another detector: --peer-command 'COMMAND {PLACE}'")
    recording, lines = recorded(setting), setting.folder / "events.json"
    _write_lines(recording.full, lines)
    commands = {"ours": _OURS, "peer": shlex.split(setting.peer)}
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(setting.pick(3, 1)):
        for name, command in commands.items():
            named = [part.replace(PLACE, str(lines)) for part in command]
            runs[name].append(run(named, setting.folder / f"{name}.txt"))
    return [
        *(one for name, done in runs.items() for one in _figures(name, done, recording.count)),
        *_ratios(runs["ours"], runs["peer"]),
    ]


def _write_lines(recording: Path, to: Path) -> None:
    with recording.open("rb") as file, to.open("wb") as lines:
        for message in StreamReader(file):
            if isinstance(message, Batch):
                events = map(message.decoder.event, message.records)
                dicts = (event_dict(event, event.parsed()) for event in events)
                lines.writelines(msgspec.json.encode(one) + b"\n" for one in dicts)


def _figures(name: str, runs: Sequence[Run], count: int) -> Iterator[Figure]:
    printed = tuple(float(one.lines) for one in runs)
    yield middle(name, [count / one.seconds for one in runs], "events/s")
    yield middle(f"{name}: CPU", [_cpu(one) / count * 1e6 for one in runs], "µs/event")
    yield middle(f"{name}: lines printed", printed, "lines")


def _ratios(ours: Sequence[Run], theirs: Sequence[Run]) -> Iterator[Figure]:
    pairs = list(zip(ours, theirs, strict=True))
    yield middle("ours over peer", [b.seconds / a.seconds for a, b in pairs], "times")
    yield middle("CPU: peer over ours", [_cpu(b) / _cpu(a) for a, b in pairs], "times")


def _cpu(found: Run) -> float:
    return found.own_cpu + found.child_cpu
