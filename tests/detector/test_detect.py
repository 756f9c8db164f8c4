# SPDX-License-Identifier: Apache-2.0
"""The loop: order, loss, damaged and cut streams, signals, and a live stream that pauses."""

import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.stream.messages import Bye, Container, Hello, Lost, encode
from tests.detector.conftest import DETECTOR
from tests.detector.judging import opas
from tests.detector.rego import ALWAYS, signature
from tests.recordings import TASK, batch, hello, record, recording

Run = Callable[..., subprocess.CompletedProcess[str]]
Make = Callable[..., Path]
TRACEME = record("ptrace", {"request": 0})
BYE = encode(Bye(events=1, lost=0))
COUNTS = re.compile(r"detector: events (\d+), selected (\d+), findings (\d+), lost (\d+)")


def counts(text: str) -> list[int]:
    found = COUNTS.search(text)
    assert found, text
    return [int(number) for number in found.groups()]


def test_only_selected_events_are_judged_and_all_are_counted(detector: Run) -> None:
    records = [
        TRACEME,
        record("openat"),
        record("mprotect"),
        record("ptrace", {"request": 1}),
    ] * 500
    done = detector(stdin=recording(records))
    assert counts(done.stderr) == [2000, 1000, 500, 0]
    assert done.stdout.count("Signature ID: TRC-2\n") == 500


def test_findings_of_a_recording_come_in_the_order_of_time_and_always_the_same(
    detector: Run, tmp_path: Path
) -> None:
    shuffled = [record("ptrace", {"request": 0}, timestamp=at * 7919 % 1000) for at in range(1000)]
    (tmp_path / "recording").write_bytes(recording(shuffled, batch_size=100))
    first, second = (detector("--output", "json", "recording").stdout for _ in range(2))
    assert first == second
    times = [json.loads(line)["Context"]["timestamp"] for line in first.splitlines()]
    assert len(set(times)) == 1000
    messages = [times[at : at + 100] for at in range(0, 1000, 100)]
    assert all(part == sorted(part) for part in messages)


def test_the_last_event_of_the_stream_counts_as_much_as_the_first(detector: Run) -> None:
    quiet = [record("ptrace", {"request": 1})] * 999
    assert counts(detector(stdin=recording([*quiet, TRACEME])).stderr) == [1000, 1000, 1, 0]


def test_an_origin_is_kept_to(detector: Run, signatures: Make) -> None:
    text = signature("INSIDE", "tracee_match if true").replace(
        '"name": "ptrace"}', '"name": "ptrace", "origin": "container-init"}'
    )
    directory = signatures(inside=text)
    container = encode(Container(cgroup=7, id="3f4ea2c9d5b1"))
    inside = record("ptrace", {}, task=TASK._replace(cgroup_id=7))
    stream = encode(hello()) + container + batch([TRACEME, inside, TRACEME]) + BYE
    done = detector(
        "--signatures-dir", directory, "--signatures", "INSIDE", "--output", "json", stdin=stream
    )
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["Context"]["containerId"] == "3f4ea2c9d5b1"


def test_findings_that_lead_to_each_other_come_to_an_end(detector: Run, signatures: Make) -> None:
    ptrace = 'tracee_selected_events contains {"source": "tracee", "name": "ptrace"}'
    ring = {
        name: signature(name.upper(), f"{ptrace}\n\n{ALWAYS}", events=f"{other}_name")
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    directory = signatures(**ring)
    options = ("--signatures-dir", directory, "--signatures", "A,B,C", "--output", "json")
    done = detector(*options, stdin=recording([TRACEME] * 2))
    found = Counter(json.loads(line)["SigMetadata"]["ID"] for line in done.stdout.splitlines())
    assert found == {"A": 6, "B": 6, "C": 6}  # of each event itself, and twice round the ring
    assert done.returncode == 0


def test_a_huge_rule_is_judged(detector: Run, signatures: Make) -> None:
    bodies = "\n\n".join(
        f'tracee_match if {{\n\tinput.processName == "x{number}"\n}}' for number in range(3000)
    )
    directory = signatures(huge=signature("HUGE", f"{bodies}\n\n{ALWAYS}"))
    options = ("--signatures-dir", directory, "--signatures", "HUGE")
    done = detector(*options, stdin=recording([TRACEME] * 3))
    assert done.stdout.count("Signature ID: HUGE") == 3
    assert done.stderr.endswith("findings 3, lost 0, errors 0\n")


def test_what_was_lost_and_dropped_is_added_up(detector: Run) -> None:
    lost = [
        Lost("ring", {"ptrace": 3, "execve": 4}),
        Lost("output", {"ptrace": 5}),
        Lost("context", {"context": 2}),
        Lost("ring", {"x": 1}),
    ]
    stream = encode(hello()) + b"".join(map(encode, lost)) + BYE
    assert "lost 8, dropped 5, context lost 2, errors 0" in detector(stdin=stream).stderr


def test_events_that_a_stream_lacks_are_named_with_the_reason(detector: Run) -> None:
    greeting = hello(["ptrace", "security_bprm_check"], unavailable={"execve": "no BTF"})
    done = detector(stdin=encode(greeting) * 2 + BYE)
    first, *lines, _totals = done.stderr.splitlines()
    assert first == "detector: not in this stream, so these signatures wait:"
    assert all(line.startswith("    ") and len(line) <= 100 for line in lines)
    waiting = " ".join(map(str.strip, lines))
    assert "; execve [no BTF] (TRC-7, TRC-13); " in waiting
    assert re.search(r"; sched_process_exec \([^)]*TRC-5[,)]", waiting)


WHOLE = encode(hello()) + batch([TRACEME] * 3) + batch([TRACEME] * 2)
HALF = len(encode(hello()) + batch([TRACEME] * 3))


@pytest.mark.parametrize(
    ("stream", "complaint", "findings"),
    [
        (WHOLE, f"offset {len(WHOLE)}: the stream was cut: it has no Bye", 5),
        (WHOLE[:-1], f"offset {HALF}: the stream was cut inside a message", 3),
        (WHOLE[:HALF] + b"\x00" + WHOLE[HALF + 1 :], f"offset {HALF}: damaged: no message", 3),
        (b"", "offset 0: empty: not a pytracee stream or recording", 0),
        (b"PK\3\4", "offset 0: not a pytracee stream or recording", 0),
        (encode(hello(version=(9, 0))), "offset 0: a stream of format 9", 0),
    ],
)
@pytest.mark.parametrize("as_file", [False, True])
def test_of_a_damaged_stream_what_is_whole_is_used(
    detector: Run, tmp_path: Path, stream: bytes, complaint: str, findings: int, *, as_file: bool
) -> None:
    (tmp_path / "recording").write_bytes(stream)
    done = detector("recording") if as_file else detector(stdin=stream)
    assert f"detector: {'recording' if as_file else 'stdin'}: {complaint}" in done.stderr
    assert counts(done.stderr)[2] == findings == done.stdout.count("*** Detection ***")
    assert done.returncode == 1


def test_a_damaged_recording_does_not_stop_the_next(detector: Run, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(WHOLE[:-1])
    (tmp_path / "good").write_bytes(recording([TRACEME]))
    done = detector("bad", "good")
    assert counts(done.stderr)[2] == 4
    assert done.returncode == 1


def test_no_flipped_byte_ends_it_with_a_traceback_or_loses_the_rest(
    detector: Run, tmp_path: Path
) -> None:
    """Every byte of a record, one after the other, each in a record of its own."""
    values = (0x00, 0xC0, 0xC1, 0xA1, 0xCB, 0xD9, 0xFF)
    places = [(at, value) for at in range(len(TRACEME)) for value in values]
    variants = [TRACEME[:at] + bytes([value]) + TRACEME[at + 1 :] for at, value in places]
    last = record("ptrace", {"request": 0}, task=TASK._replace(comm=b"last"))
    for number, variant in enumerate(variants):
        (tmp_path / f"{number:05}").write_bytes(recording([variant]))
    (tmp_path / "99999").write_bytes(recording([last]))
    names = sorted(path.name for path in tmp_path.iterdir())
    done = detector("--output", "json", *names)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["Context"]["processName"] == "last"


class Live:
    """A detector on a pipe that stays open."""

    def __init__(self, *options: str) -> None:
        self.running = subprocess.Popen(
            [*DETECTOR, "--output", "json", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, data: bytes) -> None:
        assert self.running.stdin is not None
        self.running.stdin.write(data)
        self.running.stdin.flush()

    def finding(self) -> str:
        """Waits for the next one."""
        assert self.running.stdout is not None
        name: str = json.loads(self.running.stdout.readline())["Context"]["processName"]
        return name

    def ready(self) -> None:
        self.send(encode(hello()) + batch([TRACEME]))
        assert self.finding() == "sh"

    def end(self) -> tuple[bytes, bytes]:
        return self.running.communicate(timeout=60)


@pytest.fixture
def live() -> Iterator[Live]:
    made = Live()
    yield made
    made.running.kill()
    made.running.communicate()


def test_a_finding_does_not_wait_for_the_next_event(live: Live) -> None:
    live.send(encode(hello()))
    for name in ("a", "b"):
        live.send(batch([record("ptrace", {"request": 0}, task=TASK._replace(comm=name.encode()))]))
        assert live.finding() == name


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_last_events_come_through(live: Live, number: signal.Signals) -> None:
    live.ready()
    live.running.send_signal(number)
    live.send(batch([TRACEME] * 3) + BYE)
    out, err = live.end()
    assert live.running.returncode == 0
    assert out.count(b"\n") == 3
    assert counts(err.decode()) == [4, 4, 4, 0]


def test_a_signal_ends_it_where_the_stream_does_not(live: Live) -> None:
    live.ready()
    live.running.send_signal(signal.SIGINT)
    assert live.running.wait(60) == 0
    _, err = live.end()
    assert counts(err.decode()) == [1, 1, 1, 0]


def test_a_second_signal_ends_it_at_once_with_its_opa(live: Live) -> None:
    live.ready()
    pid = live.running.pid
    children = opas(pid)
    live.running.send_signal(signal.SIGINT)
    live.running.send_signal(signal.SIGTERM)
    assert live.running.wait(60) in (128 + signal.SIGTERM, 128 + signal.SIGINT)
    assert children
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_killed_opa_changes_no_finding(live: Live) -> None:
    live.ready()
    pid = live.running.pid
    for _ in range(5):
        (child,) = opas(pid)
        live.send(batch([TRACEME] * 300))
        os.kill(child, signal.SIGKILL)
        for _ in range(300):
            live.finding()
    live.send(BYE)
    _, err = live.end()
    assert counts(err.decode()) == [1501, 1501, 1501, 0]
    assert b"OPA ended and was started again" in err
    assert live.running.returncode == 0


def test_an_event_of_a_later_version_is_passed_over(detector: Run) -> None:
    greeting = hello(["ptrace"])
    known = greeting.layouts[0]
    strange = type(known)(60000, "from_the_future", known.fields)
    later = Hello(
        **{f: getattr(greeting, f) for f in greeting.__struct_fields__}
        | {"layouts": [known, strange]}
    )
    future = TRACEME[:4] + (60000).to_bytes(2, "big") + TRACEME[6:]
    done = detector(stdin=encode(later) + batch([future, TRACEME, future]) + BYE)
    assert counts(done.stderr) == [3, 1, 1, 0]
