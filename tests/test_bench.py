# SPDX-License-Identifier: Apache-2.0
"""scripts/bench: not the figures, which are the machine's, but that they come in their form."""

import json
import os
import subprocess
from pathlib import Path

from bench.mix import mixed
from bench.section import Figure, Missing, Target
from bench.table import table

SCRIPT = Path(__file__).parent.parent / "scripts" / "bench"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_a_section_gives_its_figures_as_a_table_and_as_json(tmp_path: Path) -> None:
    done = run("--quick", "startup", "--json", str(tmp_path / "figures.json"))
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "figures.json").read_text())
    assert written["quick"] is True
    assert written["machine"]["kernel"] == os.uname().release
    names = {one["name"] for one in (*written["figures"], *written["not_measured"])}
    assert names == {"detector --list", "collector to its first event"}
    for one in written["figures"]:
        assert one["section"] == "startup"
        assert min(one["runs"]) <= one["value"] <= max(one["runs"])
        assert one["unit"] == "ms"
        assert one["met"] is (one["value"] <= 1000)
        assert f"{one['name']} " in done.stdout
    for one in written["not_measured"]:
        assert f"not measured: {one['name']}: {one['reason']}" in done.stdout


def test_an_unknown_section_is_named_with_those_there_are() -> None:
    done = run("speed")
    assert done.returncode == 2
    assert "'speed'" in done.stderr
    assert "throughput" in done.stderr


def test_the_table_is_aligned_and_says_what_is_missed_and_what_is_missing() -> None:
    fast = Figure("fast", 1_500_000.4, "events/s", Target(1e6, at_least=True), (1e6, 2e6))
    slow = Figure("slow", 12.345, "ms", Target(10))
    lines = table({"one": [fast, slow], "two": [Missing("other", "it is not here")]}).splitlines()
    assert lines == [
        "figure      value  unit                     runs  target       met  note",
        "[one]",
        "fast    1,500,000  events/s  1,000,000–2,000,000  ≥ 1,000,000  yes",
        "slow         12.3  ms                             ≤ 10         NO",
        "[two]",
        "not measured: other: it is not here",
    ]


def test_the_mixed_recording_is_the_same_every_time() -> None:
    assert mixed(500) == mixed(500)
    assert 0 < mixed(500)[1] < 50


def test_a_peer_gets_the_recording_as_lines(tmp_path: Path) -> None:
    kept = tmp_path / "lines"
    done = run("--quick", "--peer-command", f"sh -c 'tee {kept} < {{events}}'", "peer")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert len(lines) == 20_000
    assert {"eventName", "args", "processName"} <= lines[0].keys()
    assert " 20,000  lines" in done.stdout


def test_a_peer_command_without_a_place_for_the_events_is_refused() -> None:
    done = run("--peer-command", "true", "peer")
    assert done.returncode == 2
    assert "{events}" in done.stderr
