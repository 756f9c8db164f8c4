# SPDX-License-Identifier: Apache-2.0
"""The OPA child: private, and gone when its parent is."""

import json
import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from detector.opa.bundle import assemble
from detector.opa.client import Control
from detector.opa.connection import Gone, TimedOut
from detector.opa.harness import MATCHES
from detector.opa.server import OpaServer, ServerFailed
from schemas.stream.messages import encode
from tests.detector.conftest import DETECTOR
from tests.detector.rego import ALWAYS, signature
from tests.detector.test_engine import RUNAWAY
from tests.recordings import hello

Make = Callable[..., Path]


@pytest.fixture
def server(opa: Path, signatures: Make, tmp_path: Path) -> Iterator[OpaServer]:
    folder = tmp_path / "work"
    folder.mkdir(0o700)
    assemble(opa, [signatures(always=signature("ALWAYS", ALWAYS), runaway=RUNAWAY)], folder)
    made = OpaServer(opa, folder)
    made.start()
    yield made
    made.stop()


def gone(pid: int) -> bool:
    """Whether the process ended (a zombie has); the witness is /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def question(*comms: str) -> bytes:
    keys = ["s0", "s1"]
    return json.dumps(
        {"input": {"candidates": [[keys, {"processName": c}] for c in comms]}}
    ).encode()


def test_it_answers(server: OpaServer) -> None:
    with closing(server.connect(30)) as connection:
        for _ in range(3):
            connection.ask(MATCHES, question("a", "b"))
            assert json.loads(connection.answer())["result"] == [
                [0, {"s0": True}],
                [1, {"s0": True}],
            ]


def test_only_its_owner_may_connect(server: OpaServer) -> None:
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600


def test_it_gets_nothing_of_our_environment_and_listens_nowhere_else(
    server: OpaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    server.start()
    environment = Path(f"/proc/{server.pid}/environ").read_bytes().split(b"\0")
    assert {pair.split(b"=")[0] for pair in environment if pair} == {b"GOGC", b"GOMEMLIMIT"}
    inodes = {os.readlink(fd) for fd in Path(f"/proc/{server.pid}/fd").iterdir() if fd.is_symlink()}
    tables = [Path(f"/proc/{server.pid}/net/{name}").read_text() for name in ("tcp", "tcp6", "udp")]
    sockets = {f"socket:[{line.split()[9]}]" for t in tables for line in t.splitlines()[1:]}
    assert not inodes & sockets


def test_a_runaway_is_given_up_in_time_and_does_not_keep_it_alive(server: OpaServer) -> None:
    connection = server.connect(0.2)
    connection.ask(MATCHES, question("slow"))
    with pytest.raises(TimedOut):
        connection.answer()
    with closing(server.connect(30)) as other:
        other.ask(MATCHES, question("a"))
        assert other.answer()
    pid = server.pid
    server.stop()
    assert pid is not None
    assert gone(pid)


def test_its_death_is_told_at_once(server: OpaServer) -> None:
    with closing(server.connect(60)) as connection:
        connection.ask(MATCHES, question("slow"))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(Gone):
            connection.answer()


def test_it_comes_back_with_all_its_policies_or_not_at_all(server: OpaServer) -> None:
    before = server.pid
    server.restart()
    assert server.pid != before
    (server.socket.parent / "bundle" / "d0" / "always.rego").unlink()
    with pytest.raises(ServerFailed, match=r"OPA came back without \S+/d0/always\.rego of /"):
        server.restart()


def test_a_bundle_that_cannot_be_loaded_is_told_with_opas_reason(server: OpaServer) -> None:
    (server.socket.parent / "bundle" / "d0" / "always.rego").write_text("package d0.x\nfoo bar\n")
    with pytest.raises(ServerFailed, match=r"OPA did not start: (.|\n)*rego_parse_error"):
        server.start()


def test_a_path_too_long_for_a_socket_is_told_with_the_cure(opa: Path, tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    with pytest.raises(ServerFailed, match="set TMPDIR to /tmp"):
        OpaServer(opa, folder)


def test_the_control_client_reaches_it(server: OpaServer) -> None:
    with Control(server.socket) as control:
        assert control.check_health() is True
        names = {name.rsplit("/", 1)[1] for name in control.get_policies_list()}
    assert {"always.rego", "runaway.rego", "harness.rego"} <= names


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_the_detector(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        DETECTOR, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as detector:
        assert detector.stdin is not None
        detector.stdin.write(encode(hello()))
        detector.stdin.flush()
        children = Path(f"/proc/{detector.pid}/task/{detector.pid}/children")
        wait_until(lambda: bool(list(tmp_path.glob("pytracee-*/opa.sock"))))
        (folder,) = tmp_path.glob("pytracee-*")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        pids = [int(pid) for pid in children.read_text().split()]
        assert any(b"opa" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)
        detector.send_signal(number)
        detector.stdin.close()
    wait_until(lambda: all(map(gone, pids)))
