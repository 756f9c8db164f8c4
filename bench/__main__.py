# SPDX-License-Identifier: Apache-2.0
"""Run the sections one after the other: `scripts/bench [NAMES…]`."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from subprocess import SubprocessError

from bench import (
    detector,
    filtering,
    jobs,
    kernel,
    latency,
    memory,
    outputs,
    peer,
    rules,
    startup,
    throughput,
)
from bench.machine import describe
from bench.section import Missing, NotHere, Result, Section, Setting
from bench.table import document, table

SECTIONS: dict[str, Section] = {
    "throughput": throughput.measure,
    "outputs": outputs.measure,
    "kernel": kernel.measure,
    "filtering": filtering.measure,
    "detector": detector.measure,
    "rules": rules.measure,
    "memory": memory.measure,
    "jobs": jobs.measure,
    "peer": peer.measure,
    "latency": latency.measure,
    "startup": startup.measure,
}


def main() -> None:
    options = _options()
    machine, results = describe(), {}
    # in memory: a disk's pace would be measured too
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        setting = Setting(Path(folder), options.quick, options.peer_command)
        for name in options.sections or SECTIONS:
            print(f"bench: {name}", file=sys.stderr, flush=True)
            results[name] = _measure(name, setting)
    print(" · ".join(f"{what}: {value}" for what, value in machine.items()))
    print(table(results))
    if options.json:
        text = json.dumps(document(machine, options.quick, results), indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n")


def _measure(name: str, setting: Setting) -> Result:
    try:
        return SECTIONS[name](setting)
    except (NotHere, OSError, SubprocessError) as error:  # the other sections still count
        return [Missing(name, str(error))]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure the pipeline on this machine. A target that is missed fails nothing.",
    )
    parser.add_argument("sections", nargs="*", metavar="NAME", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="few and short runs: rough figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument(
        "--peer-command",
        default="",
        metavar=f"'COMMAND {peer.PLACE}'",
        help="another detector, for the section peer; it gets a file of Tracee's JSON lines",
    )
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section is named {unknown[0]!r}: there are {', '.join(SECTIONS)}")
    if options.peer_command and peer.PLACE not in options.peer_command:
        parser.error(f"--peer-command: say where the file of events goes: {peer.PLACE}")
    return options


if __name__ == "__main__":
    main()
