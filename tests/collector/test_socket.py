# SPDX-License-Identifier: Apache-2.0
"""The stream on a unix socket: who may read it, one at a time, and what each is told."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.stream.messages import Bye, Hello
from schemas.stream.parser import Parser
from tests.collecting import COLLECTOR, Done, needs_kernel, until
from tests.headers import call_numbers

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
Start = Callable[[Path], "subprocess.Popen[str]"]


class Client:
    """A reader of the socket. It does not block."""

    def __init__(self, connected: socket.socket) -> None:
        self.parser = Parser()
        self.items: list[object] = []
        self.socket = connected
        self.socket.setblocking(False)

    def read(self) -> bool:
        """Take what there is; False once the other end is closed."""
        try:
            while data := self.socket.recv(1 << 20):
                self.items += self.parser.feed(data)
        except BlockingIOError:
            return True
        return False

    def greeted(self) -> bool | None:
        self.read()
        return True if any(isinstance(item, Hello) for item in self.items) else None


def fork_something() -> None:
    """Something that every collector tells its readers of."""
    subprocess.run(["true"], check=True)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Start]:
    """Start collectors that listen on a path, and wait until they do."""
    started = []

    def make(path: Path) -> "subprocess.Popen[str]":
        options = ["--events", "getppid", "--output", f"msgpack:unix:{path}"]
        process = subprocess.Popen(
            [*COLLECTOR, *options], stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        started.append(process)
        return process

    yield make
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def client(path: Path) -> Client:
    def attempt() -> Client | None:
        connecting = socket.socket(socket.AF_UNIX)
        try:
            connecting.connect(str(path))
            return Client(connecting)
        except (FileNotFoundError, ConnectionRefusedError):
            connecting.close()
            return None

    return until(attempt, f"a listener on {path}")


def test_only_its_user_may_read_and_what_it_reads_is_whole(begin: Start, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    process = begin(path)
    reader = client(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    until(reader.greeted, "Hello")
    process.send_signal(signal.SIGINT)
    until(lambda: not reader.read() or None, "the end")
    reader.parser.finish()
    assert isinstance(reader.items[-1], Bye)
    assert process.wait(30) == 0
    assert not path.exists()
    reader.socket.close()


def test_one_reader_at_a_time_and_each_is_told_everything(begin: Start, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    process = begin(path)
    first = client(path)
    until(first.greeted, "the first reader's Hello")
    second = client(path)
    before = len(first.parser.joiner.processes)

    def told() -> bool | None:
        fork_something()
        first.read()
        return len(first.parser.joiner.processes) > before or None

    until(told, "a new process, told to the first")
    second.read()
    assert second.items == []
    first.socket.close()

    def taken_over() -> bool | None:
        fork_something()  # that the first has gone is found out by writing to it
        return second.greeted()

    until(taken_over, "the second reader's Hello")
    known = {pid for pid, _ in second.parser.joiner.processes}
    assert {os.getpid(), process.pid} <= known
    second.socket.close()


def test_a_socket_that_nobody_listens_on_is_replaced(begin: Start, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(path))
    begin(path)
    reader = client(path)
    until(reader.greeted, "Hello")
    reader.socket.close()


def test_another_listeners_socket_is_left_alone(begin: Start, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        process = begin(path)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 2
        assert f"--output msgpack:unix:{path}: " in said
        assert path.is_socket()


def test_a_file_that_is_no_socket_is_left_alone(begin: Start, tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("mine")
    process = begin(path)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert f"--output msgpack:unix:{path}: " in said
    assert "Traceback" not in said
    assert path.read_text() == "mine"


def test_with_no_reader_it_still_ends_with_its_totals(begin: Start, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    process = begin(path)
    until(lambda: path.exists() or None, "the socket")
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said.startswith("collector: events 0, ")


def _waits(pid: int) -> bool | None:
    """Whether it sleeps between two looks at the rings, as it does when events have begun."""
    with contextlib.suppress(OSError):
        number = Path(f"/proc/{pid}/syscall").read_text().split()[0]
        return number == str(NR["clock_nanosleep"]) or None
    return None


def test_what_waits_for_a_reader_that_never_comes_is_dropped_and_counted(
    tmp_path: Path, run: Callable[..., Done]
) -> None:
    options = ["--events", "getppid", "--scope", "comm=pt-call", "--output", "msgpack:unix:s"]
    with subprocess.Popen(
        [*COLLECTOR, *options], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as waiting:
        until(lambda: _waits(waiting.pid), "the start of events")
        done = run(*[str(NR["getppid"])] * 3)
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=30)
    assert len(done.calls) == 3
    assert said == "collector: events 0, lost 0, dropped 3\n"
