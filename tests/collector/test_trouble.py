# SPDX-License-Identifier: Apache-2.0
"""What the collector says of what goes wrong on a machine, and that it says what to do."""

import ctypes
import json
import platform
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.context import containers
from collector.loading import obstacles
from collector.loading.programs import Refused
from collector.reports import trouble
from collector.reports.busiest import MANY, SECONDS, Busiest
from collector.reports.machine import NOTHING
from schemas.events import BY_NAME
from schemas.stream.encoder import record
from schemas.task import Task
from tests.collecting import COLLECTOR, needs_kernel
from tests.headers import call_numbers

_BPF = call_numbers("asm/unistd_64.h")["bpf"]
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_EPERM, _ALLOW = 0x00050001, 0x7FFF0000  # what a filter may return (linux/seccomp.h)
_libc = ctypes.CDLL(None)


def forbid_bpf() -> None:
    """As a container's seccomp profile does: load the number, skip to EPERM if it is bpf's."""
    rules = [(0x20, 0, 0, 0), (0x15, 0, 1, _BPF), (0x06, 0, 0, _EPERM), (0x06, 0, 0, _ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *rule) for rule in rules))
    program = struct.pack("<H6xQ", len(rules), ctypes.addressof(code))
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.c_char_p(program))


def forbidden(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COLLECTOR, *words],
        preexec_fn=forbid_bpf,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@needs_kernel
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of bpf(2) is x86_64's")
def test_a_seccomp_filter_is_named_where_it_stands_in_the_way() -> None:
    done = forbidden("--events", "getppid")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Operation not permitted" in done.stderr
    assert "seccomp=unconfined" in done.stderr
    report = json.loads(forbidden("doctor", "--output", "json").stdout)
    assert "seccomp=unconfined" in report["loading"]["tried"]


def test_lockdown_is_named_where_it_stands_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the kernel writes there in each of its modes."""
    file = tmp_path / "lockdown"
    monkeypatch.setattr(obstacles, "_LOCKDOWN", file)
    assert obstacles.lockdown() == ""
    for mode in ("[none] integrity confidentiality", "none [integrity] confidentiality"):
        file.write_text(mode)
        assert obstacles.cure("unknown func bpf_probe_read_kernel#113") == ""
    file.write_text("none integrity [confidentiality]\n")
    assert "lockdown=integrity" in obstacles.cure("unknown func bpf_probe_read_kernel#113")
    assert "lockdown=integrity" in trouble.trouble()["lockdown"]


def test_where_control_groups_or_runtimes_are_missing_the_report_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trouble, "hierarchy", lambda: None)
    monkeypatch.setattr(trouble, "runtimes", lambda: {"docker": NOTHING})
    found = trouble.trouble()
    assert "mount -t cgroup2" in found["control groups"]
    assert "--pid=host" not in found.get("container runtimes", "")
    assert "mount it" in found["container runtimes"]
    monkeypatch.setattr(trouble, "hierarchy", containers.hierarchy)
    monkeypatch.setattr(trouble, "runtimes", lambda: {"docker": "/run/docker.sock"})
    assert "container runtimes" not in trouble.trouble()


def test_programs_that_are_refused_for_one_reason_are_told_with_it_once() -> None:
    refused = Refused({"b": "no", "a": "no", "c": "why"})
    assert str(refused) == "a, b: no; c: why"


def places(records: list[bytes]) -> Iterator[tuple[int, int]]:
    at = 0
    for one in records:
        yield at, at + len(one)
        at += len(one)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_very_many_events_are_told_of_once_with_the_busiest(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("collector.reports.busiest.warn", said.append)
    names = ["openat"] * 6 + ["close"] * 3 + ["read"]
    records = [record(BY_NAME[name], {}, Task(), timestamp=1, policies=1) for name in names]
    body, busiest, events = memoryview(b"".join(records)), Busiest(), 0
    for second in range(3 * SECONDS):
        clock[0] += 1
        quiet = second == 2
        events += MANY // 2 if quiet else 2 * MANY
        busiest.look(events)
        assert busiest.counts == (not quiet and not said)
        if busiest.counts:
            busiest.count(body, places(records))
        assert bool(said) == (second >= 2 + SECONDS + 1)
    assert len(said) == 1
    assert "20,000 events per second" in said[0]
    assert "openat 60%, close 30%, read 10%: " in said[0]
    assert "--filter openat.data" in said[0]
