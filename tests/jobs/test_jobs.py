# SPDX-License-Identifier: Apache-2.0
"""Several processes tell what one tells, in the same order, of whole and of broken recordings."""

import json
import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
import zstandard

from detector import jobs
from detector.inputs.recorded import recorded
from detector.outputs import open_outputs
from detector.recordings import divisible, judge
from detector.ruleset import Wanted
from detector.sources import open_source
from detector.stop import Stop
from detector.telling import Teller
from detector.windows import EVENTS
from pytracee.service.errors import OperatorError
from schemas.stream.messages import Bye, Lost, Process, encode
from tests.recordings import TASK, batch, hello, record

REGO = """package x.{name}
__rego_metadoc__ := {{"id": "{id}", "name": "{id}", "eventName": "{event}"}}
tracee_selected_events[s] {{ s := {{"source": "tracee", "name": "{select}"}} }}
tracee_match = x {{ input.{condition}; x := {{"comm": input.processName}} }}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """One on events, and one on what that finds."""
    folder = tmp_path / "signatures"
    folder.mkdir()
    first = REGO.format(
        name="a", id="A-1", event="traced", select="ptrace", condition="returnValue < 0"
    )
    second = REGO.format(
        name="b", id="B-1", event="followed", select="traced", condition='eventName == "traced"'
    )
    (folder / "a.rego").write_text(first)
    (folder / "b.rego").write_text(second)
    return folder


def made(events: int, end: bytes | None = None) -> bytes:
    """Timestamps that invert a little, about one finding in fifty, executables told on the way."""
    random = Random(3)
    parts = [encode(hello(["ptrace"]))]
    for start in range(0, events, 200):
        process = Process(start, start, 1, 1, f"/bin/p{start}".encode())
        task = TASK._replace(host_pid=start, process_start_time=start)
        parts.append(encode(process))
        parts.append(encode(Lost("ring", {"ptrace": 1})))
        parts.append(encode(Lost("context", {"context": 2})))
        parts.append(
            batch(
                record(
                    "ptrace",
                    {"request": at},
                    timestamp=at * 1000 + random.randrange(50_000),
                    returned=-(random.randrange(50) == 0),
                    task=task,
                )
                for at in range(start, min(start + 200, events))
            )
        )
    return b"".join(parts) + (encode(Bye(events=events, lost=0)) if end is None else end)


Ran = tuple[list[str], jobs.Jobs, list[bool]]


@pytest.fixture
def run(rules: Path, tmp_path: Path) -> Callable[..., Ran]:
    def once(count: int, *recordings: bytes) -> Ran:
        out = tmp_path / f"found-{count}"
        out.unlink(missing_ok=True)
        teller = Teller(open_outputs([f"json:{out}"]))
        whole = []
        with closing(jobs.start(count, Wanted((rules,), (), True), teller)) as running:
            for number, data in enumerate(recordings):
                path = tmp_path / f"{number}.rec"
                path.write_bytes(data)
                with closing(open_source(str(path))) as source:
                    whole.append(judge(running, source, Stop()))
        teller.close()
        return out.read_text().splitlines(), running, whole

    return once


def same(one: Ran, several: Ran) -> None:
    assert several[0] == one[0]
    assert several[1].totals.line(0) == one[1].totals.line(0)
    assert (several[1].errors, several[2]) == (one[1].errors, one[2])


SIZE = EVENTS * 3 + 1000


@pytest.mark.parametrize("count", [2, 3])
def test_findings_and_their_order_are_the_same(count: int, run: Callable[..., Ran]) -> None:
    data = made(SIZE)
    one = run(1, data, zstandard.compress(data))
    assert one[1].totals.events == SIZE * 2
    assert one[1].totals.findings == len(one[0]) > 1000
    assert one[1].totals.lost == 2 * -(-SIZE // 200)
    assert one[1].totals.context_lost == 2 * one[1].totals.lost
    assert sum('"ID":"B-1"' in line for line in one[0]) == len(one[0]) // 2
    assert all("/bin/p" in line for line in one[0])
    assert one[2] == [True, True]
    same(one, run(count, data, zstandard.compress(data)))


COUNTS = """
from detector.python import *

class Counts(PythonSignature):
    metadata = SignatureMetadata(id="C-1", name="Counts", event_name="counted")
    selectors = [Selector("ptrace", where=data("request").at_least(700))]

    def __init__(self):
        self.seen, self.last = 0, None

    def on_event(self, event):
        if event.data()["request"] >= 700:
            self.seen, self.last = self.seen + 1, event
            if self.seen % 97 == 0 or event.return_value < 0:
                self.found({"seen": self.seen, "program": event.process.executable.decode()})

    def on_signal(self, signal):
        self.found({"seen in all": self.seen}, self.last)
"""


@pytest.mark.parametrize("count", [2, 3])
def test_what_remembers_sees_all_of_its_events_in_order(
    count: int, rules: Path, run: Callable[..., Ran]
) -> None:
    (rules / "counts.py").write_text(COUNTS)
    taken = REGO.format(
        name="d", id="D-1", event="taken", select="counted", condition='eventName == "counted"'
    )
    (rules / "d.rego").write_text(taken)
    data = made(SIZE)
    one = run(1, data, data)
    told = [(json.loads(line)["SigMetadata"]["ID"], line) for line in one[0]]
    found = [line for name, line in told if name == "C-1"]
    assert len(found) > SIZE // 97
    assert sum('"seen in all"' in line for line in found) == 2
    assert all("/bin/p" in line for line in found)
    assert sum(name == "D-1" for name, _ in told) == len(found)
    same(one, run(count, data, data))


CUT = {
    "no Bye": made(SIZE, end=b""),
    "cut at a window's end": made(EVENTS // 200 * 200 + 200, end=b""),
    "cut in a message": made(SIZE)[:-3],
    "cut in a batch": made(SIZE)[: len(made(SIZE)) // 2],
    "garbage at the end": made(SIZE, end=b"garbage"),
    "garbage in the middle": made(EVENTS, end=b"\x00") + made(SIZE),
    "a damaged batch": made(EVENTS, end=b"\xce\x00\x00\x00\x06\xdd\x00\x00\x00\x05\xc0")
    + made(SIZE),
    "garbage": b"garbage " * 10_000,
    "empty": b"",
    "zstd cut": zstandard.compress(made(SIZE))[:-10],
}


@pytest.mark.parametrize("kind", CUT)
def test_what_is_damaged_is_told_the_same(
    kind: str, run: Callable[..., Ran], capfd: pytest.CaptureFixture[str]
) -> None:
    good = made(1000)
    one = run(1, CUT[kind], good)
    told = capfd.readouterr().err
    assert one[2] == [False, True]
    assert "0.rec: " in told
    same(one, run(2, CUT[kind], good))
    assert capfd.readouterr().err == told


def test_what_cannot_be_loaded_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "bad.rego").write_text("package a\nnonsense {{{")
    with pytest.raises(OperatorError, match="no signature that can run"):
        jobs.start(2, Wanted((tmp_path,), (), True), Teller([]))


def test_a_lane_that_is_killed_is_told(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "a.rec").write_bytes(made(SIZE))
    running = jobs.start(2, Wanted((rules,), (), True), Teller([]))
    os.kill(running.lanes[1].pid, signal.SIGKILL)
    with (
        closing(running),
        closing(open_source(str(tmp_path / "a.rec"))) as source,
        pytest.raises(OperatorError, match="ended before its work was done"),
    ):
        judge(running, source, Stop())


def test_what_can_be_divided(tmp_path: Path) -> None:
    for name, data in (("r", made(1)), ("z", zstandard.compress(b"x")), ("j", b'{"a": 1}\n')):
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "f")
    assert [divisible([str(tmp_path / name)]) for name in "rzjf"] == [True, True, False, False]
    assert not divisible(["-"])


def test_a_recording_that_shrinks_while_it_is_read_is_told(rules: Path, tmp_path: Path) -> None:
    path = tmp_path / "shrinking.rec"
    path.write_bytes(made(EVENTS * 2))
    teller = Teller(open_outputs([f"json:{tmp_path / 'found'}"]))
    with (
        closing(jobs.start(2, Wanted((rules,), (), True), teller)) as running,
        closing(open_source(str(path))) as source,
    ):
        window = next(iter(running.begin(recorded(source))))
        os.truncate(path, window.extent.size // 2)
        assert running.give(window) == ""
        assert "the recording was cut while it was read" in running.rest()
    teller.close()
