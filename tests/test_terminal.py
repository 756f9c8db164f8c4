# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C in a real terminal, which reaches every process of a pipeline and of our own at once."""

import os
import pty
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.collecting import ROOT, needs_kernel, until
from tests.seed_commands.doing import doing
from tests.seed_commands.table import Who
from tests.sinks.receiver import Receiver, receiver
from tests.sinks.test_forward import Received, receiving

pytestmark = needs_kernel

CTRL_C = b"\x03"
RAN = f"{sys.executable} -P -m"
OURS = "--events execve --scope comm=pt-inside"
OUTPUTS = (
    "table", "json", "gotemplate={folder}/template", "webhook:{url}", "forward:{forward}",
    "json:{folder}/events",
)  # fmt: skip


class Terminal:
    """A shell's command line in a session of its own, on a terminal of its own."""

    def __init__(self, line: str, folder: Path) -> None:
        self.shown = b""
        self._master, slave = pty.openpty()
        os.set_blocking(self._master, False)
        modes = termios.tcgetattr(slave)
        modes[3] |= termios.NOFLSH  # or Ctrl-C would take what was printed and not yet read
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", "bash", "-c", line],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        os.close(slave)

    def text(self) -> str:
        with suppress(BlockingIOError, OSError):  # the latter: nobody has it open any more
            while data := os.read(self._master, 1 << 16):
                self.shown += data
        return self.shown.decode("utf-8", "replace").replace("\r\n", "\n")

    def press(self, key: bytes) -> None:
        os.write(self._master, key)

    def family(self) -> dict[int, list[str]]:
        """Who of it is there: pid → command line."""
        found, todo = {}, [self.process.pid]
        while todo:
            pid = todo.pop()
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
                children = Path(f"/proc/{pid}/task").glob("*/children")
                todo += [int(one) for path in children for one in path.read_text().split()]
                found[pid] = words
        return found

    def pid_of(self, package: str) -> int | None:
        family = self.family().items()
        return next((pid for pid, words in family if words[2:4] == ["-m", package]), None)

    def end(self, family: dict[int, list[str]]) -> str:
        """All that was shown, once everybody of the family has ended."""
        until(lambda: (self.text(), self.process.poll())[1], f"the end: {self.text()}")
        until(lambda: not any(map(_there, family)) or None, f"the end of all of {family}")
        return self.text()

    def kill(self) -> None:
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)


def _there(pid: int) -> bool:
    """A zombie is not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


Open = Callable[[str], Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    opened: list[Terminal] = []

    def begin(line: str) -> Terminal:
        opened.append(Terminal(line, tmp_path))
        return opened[-1]

    yield begin
    for one in opened:
        one.kill()


@pytest.fixture
def somebody(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Iterator[None]:
    with doing(Who(), tmp_path_factory.mktemp("doing"), program):
        yield


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("program_name", ["collector", "pytracee"])
@pytest.mark.usefixtures("somebody")
def test_ctrl_c_ends_all_with_a_summary(
    terminal: Open, program_name: str, output: str, tmp_path: Path
) -> None:
    (tmp_path / "template").write_text("{{ .EventName }}\n")
    with receiver() as webhook, receiving() as forward:
        given = output.format(
            folder=tmp_path, url=webhook.url, forward=f"tcp://127.0.0.1:{forward.port}"
        )
        spool = f"--webhook-spool {tmp_path}/spool"
        running = terminal(f"exec {RAN} {program_name} {OURS} --output {given} {spool}")
        until(
            lambda: _seen(running, webhook, forward, tmp_path) or None,
            f"an execve: {running.text()}",
        )
        family = running.family()
        running.press(CTRL_C)
        text = running.end(family)
    assert running.process.returncode == 0, text
    assert "Traceback" not in text
    assert (
        len(re.findall(r"^(?:\^C)?collector: events [1-9]\d*, lost 0", text, re.MULTILINE)) == 1
    ), text
    watched = len(re.findall(r"^detector: events [1-9]\d*, ", text, re.MULTILINE))
    assert watched == (program_name == "pytracee"), text


def _seen(running: Terminal, webhook: Receiver, forward: Received, folder: Path) -> bool:
    written = folder / "events"
    file = written.read_text() if written.exists() else ""
    shown = running.text().partition("EVENT")[2] or running.text()
    return "execve" in f"{shown}{webhook.accepted}{forward.messages}{file}"


@pytest.mark.usefixtures("somebody")
def test_ctrl_c_ends_a_pipeline_with_both_summaries(terminal: Open) -> None:
    running = terminal(f"{RAN} collector | {RAN} detector")
    until(lambda: "*** Detection ***" in running.text() or None, f"a finding: {running.text()}")
    family = running.family()
    running.press(CTRL_C)
    text = running.end(family)
    assert "Traceback" not in text
    assert re.search(r"^(?:\^C)?collector: events [1-9]\d*, ", text, re.MULTILINE), text
    assert re.search(r"^(?:\^C)?detector: events [1-9]\d*, ", text, re.MULTILINE), text


def test_a_second_ctrl_c_ends_at_once_what_nobody_reads(terminal: Open) -> None:
    """The reader takes nothing and heeds no Ctrl-C, so the orderly end does not come."""
    reader = "trap '' INT; exec sleep 1000"
    running = terminal(f'{RAN} collector --events openat,close,read | bash -c "{reader}"')
    pid = until(lambda: running.pid_of("collector"), "the collector")
    until(lambda: _blocked_writing(pid) or None, "a pipe that is full")
    running.press(CTRL_C)
    until(lambda: not _catches(pid, signal.SIGINT) or None, "that it has heard the first one")
    assert _there(pid)
    running.press(CTRL_C)
    until(lambda: not _there(pid) or None, "the collector's end")
    assert "Traceback" not in running.text()


def _blocked_writing(pid: int) -> bool:
    """What the kernel says it sleeps in, which is a pipe's other end."""
    return "pipe_write" in Path(f"/proc/{pid}/wchan").read_text()


def _catches(pid: int, number: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    mask = re.search(r"^SigCgt:\s+(\w+)$", status, re.MULTILINE)
    assert mask
    return bool(int(mask[1], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("words", ["--events nosuch", "--events execve --user nosuch-user"])
def test_before_a_refusal_nothing_is_shown(terminal: Open, words: str) -> None:
    running = terminal(f"exec {RAN} pytracee {words}")
    text = running.end(running.family())
    assert running.process.returncode == 2
    assert re.fullmatch(r"collector: [^\n]*nosuch[^\n]*\n", text), text
