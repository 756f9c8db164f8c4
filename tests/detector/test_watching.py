# SPDX-License-Identifier: Apache-2.0
"""Metrics, health and costs, as Prometheus and an operator ask for them."""

import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.stream.messages import Lost, encode
from tests.collecting import until
from tests.detector.conftest import DETECTOR
from tests.detector.judging import opas
from tests.recordings import batch, hello, record, recording

Run = Callable[..., "subprocess.CompletedProcess[str]"]
TRACEME = record("ptrace", {"request": 0})


@pytest.fixture
def served(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A detector that serves both pages on a free port, and reads from a pipe."""
    pages = ["--metrics", "--healthz", "--profile", "--listen-addr", "127.0.0.1:0"]
    options = [*pages, "--output", "json:found"]
    with (
        (tmp_path / "err").open("w") as err,
        subprocess.Popen(
            [*DETECTOR, *options], stdin=subprocess.PIPE, stderr=err, cwd=tmp_path
        ) as running,
    ):
        yield running
        running.kill()


def port(pid: int) -> int | None:
    """The port that a process listens on, as the kernel's own table has it."""
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(str(entry.readlink()))
        except OSError:
            continue
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        cells = line.split()
        if cells[3] == "0A" and f"socket:[{cells[9]}]" in inodes:
            return int(cells[1].split(":")[1], 16)
    return None


def get(page: str, at: int) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{at}{page}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_what_was_read_and_found_is_told(served: "subprocess.Popen[bytes]") -> None:
    assert served.stdin
    lost = encode(Lost("ring", {"x": 7})) + encode(Lost("context", {"context": 4}))
    served.stdin.write(encode(hello()) + lost + batch([TRACEME] * 3 + [record("openat")] * 2))
    served.stdin.flush()
    at = until(lambda: port(served.pid), "its port")

    def found() -> str | None:
        text = get("/metrics", at)[1]
        return text if 'findings_total{signature="TRC-2"} 3.0' in text else None

    text = until(found, "three findings")
    assert "pytracee_detector_events_total 5.0" in text
    assert "pytracee_detector_candidates_total 3.0" in text
    assert "pytracee_detector_lost_total 7.0" in text
    assert "pytracee_detector_context_lost_total 4.0" in text
    assert 'pytracee_detector_evaluations_total{signature="TRC-2"} 3.0' in text
    assert "pytracee_detector_opa_batches_total 1.0" in text
    assert get("/healthz", at) == (200, "OK\n")
    assert get("/nothing", at)[0] == 404


def test_health_needs_an_opa(served: "subprocess.Popen[bytes]") -> None:
    at = until(lambda: port(served.pid), "its port")
    assert get("/healthz", at)[0] == 200
    (opa,) = opas(served.pid)
    subprocess.run(["kill", "-9", str(opa)], check=True)
    until(lambda: get("/healthz", at) == (503, "OPA does not run\n") or None, "bad health")
    assert served.stdin
    served.stdin.write(encode(hello()) + batch([TRACEME]))
    served.stdin.flush()
    until(lambda: get("/healthz", at)[0] == 200 or None, "a new OPA")
    assert "pytracee_detector_opa_restarts_total 1.0" in get("/metrics", at)[1]
    served.send_signal(signal.SIGTERM)
    assert served.wait(30) == 0


def test_where_its_time_goes(served: "subprocess.Popen[bytes]") -> None:
    """It waits for the pipe that nobody writes to."""
    at = until(lambda: port(served.pid), "its port")

    def settled() -> str | None:
        status, text = get("/profile?seconds=0.5", at)
        assert status == 200
        most = text.splitlines()[0]
        return most if "detector.sources." in most else None

    most = until(settled, "a detector that waits")
    assert re.fullmatch(r"(\S+;)+\S+ [1-9]\d*", most)
    assert most.startswith("runpy._run_module_as_main;")
    for wrong in ("-1", "61", "nan", "x"):
        assert get(f"/profile?seconds={wrong}", at) == (400, f"seconds={wrong}: give up to 60\n")


def test_an_address_that_is_taken_or_is_none(
    detector: Run, served: "subprocess.Popen[bytes]"
) -> None:
    at = until(lambda: port(served.pid), "its port")
    taken = detector("--metrics", "--listen-addr", f"127.0.0.1:{at}", stdin=b"")
    assert taken.returncode == 2
    assert f"--listen-addr 127.0.0.1:{at}: " in taken.stderr
    assert detector("--metrics", "--listen-addr", "nonsense", stdin=b"").returncode == 2


def test_costs_of_signatures(detector: Run) -> None:
    events = [record("ptrace", {"request": at % 2}) for at in range(4000)]
    said = detector("--stats", stdin=recording(events)).stderr
    assert re.search(
        r"^SIGNATURE +EVALUATIONS +SECONDS +US EACH +FINDINGS +ERRORS$", said, re.MULTILINE
    )
    row = re.search(r"^TRC-2 +2000 +(\S+) +(\S+) +2000 +0$", said, re.MULTILINE)
    assert row
    assert float(row[1]) > 0
    assert "TRC-5" not in said.partition("SIGNATURE")[2]
