# SPDX-License-Identifier: Apache-2.0
"""How long it takes until the first event, and until the list of signatures."""

import subprocess
import time
from pathlib import Path

from bench.compiled import compile_tool
from bench.processes import collecting, need_root, python, wait_until
from bench.section import Figure, Missing, NotHere, Result, Setting, Target, middle
from schemas.stream.parser import Batch, Parser

_SECOND = Target(1000)
_TRIGGER_SECONDS = "60"  # longer than any start is waited for


def measure(setting: Setting) -> Result:
    """Medians of wall time from the start of the command, the Python interpreter's included."""
    rounds = setting.pick(5, 2)
    results: list[Figure | Missing] = [
        middle("detector --list", [_list() for _ in range(rounds)], "ms", _SECOND)
    ]
    name = "collector to its first event"
    try:
        need_root()
        trigger = compile_tool("trigger", setting.folder)
        runs = [_first_event(trigger, setting.folder / "first") for _ in range(rounds)]
        results.append(middle(name, runs, "ms", _SECOND, "default events"))
    except NotHere as error:
        results.append(Missing(name, str(error)))
    return results


def _list() -> float:
    began = time.monotonic_ns()
    subprocess.run(python("detector", "--list"), stdout=subprocess.DEVNULL, check=True)
    return _since(began)


def _since(began: int) -> float:
    return (time.monotonic_ns() - began) / 1e6


def _first_event(trigger: Path, stream: Path) -> float:
    """Until an event is in the output, a file, while a program opens files all the time."""
    parser = Parser()
    with subprocess.Popen([str(trigger), "open", _TRIGGER_SECONDS]) as opener:
        try:
            with stream.open("wb") as output, stream.open("rb") as written:
                began = time.monotonic_ns()
                with collecting("--output", "msgpack", to=output):
                    wait_until(lambda: _has_batch(parser, written.read()), "the first event")
                    return _since(began)
        finally:
            opener.kill()


def _has_batch(parser: Parser, data: bytes) -> bool:
    """Whether these bytes, perhaps none yet, complete a batch of events."""
    return bool(data) and any(isinstance(item, Batch) for item in parser.feed(data))
