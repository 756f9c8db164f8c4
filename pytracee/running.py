# SPDX-License-Identifier: Apache-2.0
"""The two processes of the one command: started, joined by a pipe, ended together."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from pytracee.service import hangup
from pytracee.service.children import start

_MEND = 2  # exit status: the operator must mend something
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Ended(Exception):
    """It is over before it began: a signal came, or a process has said what is wrong."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Front:
    """Signals end whatever runs just then. SIGHUP goes to both processes, with what signatures are
    by then.
    """

    def __init__(self) -> None:
        self._asked = 0  # the signal that asked for the end
        self._hung_up = False  # whether SIGHUP is to be heeded
        self._bell, bell = os.pipe()  # that a signal has come
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)
        self._list: list[str] = []  # the command that tells what signatures are
        self._listed = -1  # what it told
        self._first: subprocess.Popen[bytes] | None = None  # what is to end first
        self._both: list[subprocess.Popen[bytes]] = []
        self._files: list[int] = []

    def __enter__(self) -> "Front":
        for number in _SIGNALS:
            signal.signal(number, self._end)
        hangup.heed(self._hang_up)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for fd in self._files:
            os.close(fd)

    def ask_for_signatures(self, options: Sequence[str]) -> str:
        """The path, for a child, of what the detector lists. Raises Ended where it cannot."""
        self._list = program("detector", ["--list", "--output", "json", *options])
        self._listed = self._memory()
        asked = self._started(self._list, stdout=self._listed)
        status = _status(asked.wait())
        if status or self._asked:
            raise Ended(128 + self._asked if self._asked else status)
        return f"/dev/fd/{self._listed}"

    def _reload(self) -> None:
        """Where signatures cannot be listed it says why, and they stay as they were."""
        with open(os.memfd_create("pytracee"), "w+b") as fresh:
            asked = start(self._list, death_signal=signal.SIGTERM, stdout=fresh)
            if asked.wait() == 0:
                fresh.seek(0)
                data = fresh.read()
                os.ftruncate(self._listed, 0)
                os.pwrite(self._listed, data, 0)
        for child in self._both:
            child.send_signal(signal.SIGHUP)

    def file(self, data: bytes) -> str:
        """The path, for a child, of a file that holds this, and that nobody else can read."""
        memory = self._memory()
        os.write(memory, data)
        return f"/dev/fd/{memory}"

    def _memory(self) -> int:
        self._files.append(os.memfd_create("pytracee"))
        return self._files[-1]

    def only_collector(self, collect: Sequence[str], signatures: str) -> int:
        """For what the collector answers alone. Exit status."""
        words = [*collect, "--signatures", signatures]
        return _status(self._started(program("collector", words)).wait())

    def run(self, collect: Sequence[str], detect: Sequence[str], signatures: str) -> int:
        """Both until both have ended. Exit status: the first that is not 0."""
        words = [*collect, "--signatures", signatures, "--output", "msgpack"]
        with hangup.held_back():
            detector = start(
                program("detector", detect),
                death_signal=signal.SIGTERM,
                pass_fds=self._files,
                stdin=subprocess.PIPE,
            )
        assert detector.stdin is not None
        with detector.stdin as pipe:
            collector = self._started(program("collector", words), stdout=pipe)
        self._both = [collector, detector]
        status = _status(self._wait(collector))
        if status == _MEND or collector.returncode < 0 or (self._asked and status):
            # It has said why, or ended before it could: the detector has nothing to add.
            detector.terminate()
            detector.wait()
            return 128 + self._asked if self._asked else status
        return status or _status(detector.wait())

    def _started(self, command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        """The one that a signal ends. Raises Ended if one has come already."""
        if self._asked:
            raise Ended(128 + self._asked)
        with hangup.held_back():
            self._first = start(
                command, death_signal=signal.SIGTERM, pass_fds=self._files, **options
            )
        return self._first

    def _wait(self, child: "subprocess.Popen[bytes]") -> int:
        """Until it ends. SIGHUP is heeded here, and not where it strikes: that takes a second."""
        ended = os.pidfd_open(child.pid)
        try:
            while True:
                if self._hung_up:
                    self._hung_up = False
                    self._reload()
                ready, _, _ = select.select([ended, self._bell], [], [])
                if self._bell in ready:
                    os.read(self._bell, 64)
                elif ended in ready:
                    return child.wait()
        finally:
            os.close(ended)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        """SIGTERM also for SIGINT: of a terminal's Ctrl-C the child has had its own, and a second
        one would end it at once. The end of the collector's stream ends the detector.
        """
        self._asked = number
        if self._first is not None:
            with suppress(ProcessLookupError):
                self._first.send_signal(signal.SIGTERM)

    def _hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self._hung_up = True


def program(package: str, arguments: Sequence[str]) -> list[str]:
    """-P: not what lies in the current folder under that name."""
    return [sys.executable, "-P", "-m", package, *arguments]


def _status(code: int) -> int:
    """As a shell has it: a child that a signal ended gives 128 and the signal's number."""
    return 128 - code if code < 0 else code
