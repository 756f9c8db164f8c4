# SPDX-License-Identifier: Apache-2.0
"""In a guest: a real collector for each round, while another process runs the triggers.

What it records is judged on the host: Python runs 20 to 40 times slower here. Prints one line of
JSON. Imports nothing of the tests, and of the collector not its command line, for the same reason.
"""

import base64
import json
import os
import platform
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collector.choosing.grammar import option
from collector.choosing.policy import Policy, Rule
from collector.choosing.scope import parse
from collector.collect import Collector
from collector.loading.features import Features
from collector.loading.settle import settle
from collector.outputs.output import Output
from schemas.events import BY_NAME


def collect(
    folder: Path,
    name: str,
    events: Sequence[str],
    ring_bytes: int,
    scope: str,
    without: Sequence[str],
) -> Any:
    """One round: until the file `name`.done is there."""
    rules = tuple(Rule(BY_NAME[event]) for event in events)
    policy = Policy(name, rules, parse(option("--scope", [scope]), []))
    started = time.perf_counter()
    plan, kernel = settle([policy], Features(without), ring_bytes)
    seconds = time.perf_counter() - started
    recording, done = folder / f"{name}.recording", folder / f"{name}.done"
    output = Output(os.open(recording, os.O_WRONLY | os.O_CREAT))
    Collector(kernel, plan, [output]).run(done.exists)
    kernel.close()
    return {
        "load": seconds,
        "refused": plan.refused,
        "unavailable": plan.unavailable,
        "probes": {event.name: probe.place for event, probe in plan.probes.items()},
        "recording": base64.b64encode(zlib.compress(recording.read_bytes())).decode(),
    }


def main() -> None:
    """guest FOLDER ROUNDS: `ROUNDS` is a JSON file, name → arguments of `collect`."""
    folder, rounds = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_bytes())
    report = {name: collect(folder, name, **settings) for name, settings in rounds.items()}
    print(json.dumps({"release": platform.release(), "rounds": report}))


if __name__ == "__main__":
    main()
