# SPDX-License-Identifier: Apache-2.0
"""A collector that runs: sampling, statistics, metrics and health, and its end."""

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.outputs.output import Output
from collector.sampling import Sample
from collector.signals import Late, Signals
from schemas.events import BY_NAME
from schemas.stream.encoder import record
from schemas.task import Task
from tests.collecting import Collecting, Done
from tests.headers import call_numbers

GETPPID = str(call_numbers("asm/unistd_64.h")["getppid"])
EVENT = BY_NAME["getppid"]
ONLY = ("--events", "getppid", "--scope", "comm=pt-call")
Run = Callable[..., Done]


def of_process(start: int, tid: int) -> bytes:
    task = Task(start_time=start + tid, process_start_time=start, host_pid=7, host_tid=tid)
    return record(EVENT, {}, task, timestamp=tid, policies=1)


@given(st.integers(0, 1 << 63), st.integers(1, 1 << 20), st.floats(0.001, 100))
def test_a_process_is_in_a_sample_as_a_whole(start: int, tid: int, percent: float) -> None:
    sample, larger = Sample(percent), Sample(100)
    kept = sample.keeps(of_process(start, 7), 0)
    assert sample.keeps(b"before" + of_process(start, tid), 6) == kept
    assert sample.left_out == (0 if kept else 2)
    assert larger.keeps(of_process(start, tid), 0)


def test_a_sample_is_about_as_large_as_asked_for() -> None:
    sample, all_ = Sample(10), 5000
    kept = sum(sample.keeps(of_process(start * 1_000_003, 1), 0) for start in range(all_))
    assert all_ * 0.08 < kept < all_ * 0.12


def test_sampled_processes_are_whole_and_the_others_filtered(
    collector: Callable[..., Collecting], run: Run
) -> None:
    one = collector(*ONLY, "--sampling", "50", "--stats")
    done = [run(*[GETPPID] * 3) for _ in range(12)]
    told = one.stop()
    seen = [len(one.recording.of(each.pid, "getppid")) for each in done]
    assert set(seen) <= {0, 3}
    left_out = 36 - sum(seen)
    assert (f", filtered {left_out}\n" in told) == bool(left_out)
    assert re.search(r"^getppid +36 ", told, re.MULTILINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_metrics_are_the_totals_and_health_is_said(
    collector: Callable[..., Collecting], run: Run
) -> None:
    address = f"127.0.0.1:{free_port()}"
    one = collector(*ONLY, "--metrics", "--healthz", "--listen-addr", address)
    done = run(*[GETPPID] * 5)
    one.see(lambda seen: len(seen.of(done.pid)) == 5 or None, "five calls")
    text = urlopen(f"http://{address}/metrics").read().decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(values["pytracee_collector_events_total"]) == 5
    assert float(values["pytracee_collector_lost_total"]) == 0
    assert float(values["pytracee_collector_processes"]) > 1
    assert urlopen(f"http://{address}/healthz").read() == b"OK\n"
    assert "events 5, lost 0" in one.stop()


@pytest.fixture
def signals() -> Iterator[Signals]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]
    made = Signals(grace=0.1)
    yield made
    made.ended()
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_reader_that_takes_nothing_does_not_hold_up_the_end(signals: Signals) -> None:
    """The write blocks for good: nobody reads."""
    read, write = os.pipe()
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Late):
        Output(write).write([bytes(1 << 22)])
    assert signals.stopped()
    os.close(read)
    os.close(write)
