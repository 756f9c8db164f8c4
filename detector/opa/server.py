# SPDX-License-Identifier: Apache-2.0
"""The OPA child: private, without the host's environment, and gone when we are."""

import contextlib
import os
import resource
import subprocess
import time
from pathlib import Path

from detector.opa.connection import Connection, Gone, Refused, TimedOut
from detector.opa.sieve import FOLDER
from pytracee.service.children import start

_SOCKET = "opa{}.sock"
_LOG = "opa{}.log"
_LONGEST_PATH = 107  # bytes that a unix socket's address has room for
_PID = 7  # digits
_START_LIMIT = 30.0  # seconds; it takes 0.05 on a machine that has time
_ATTEMPTS = 20  # to start; each takes a tenth of a second
_GRACE = 0.5  # seconds between SIGTERM and SIGKILL; OPA has nothing to save
_ENVIRONMENT = {
    "GOGC": "400",  # a quarter less CPU than the default, for some memory
    "GOMEMLIMIT": "256MiB",  # from here on it rather collects than grows
}
_MEMORY = 1 << 30  # bytes; a rule that needs more ends this OPA, not the machine


class ServerFailed(Exception):
    """OPA cannot be started; the message says what it said."""


class OpaServer:
    """Serves the bundle in `folder` (a directory of mode 0700) on a socket of mode 0600 there."""

    def __init__(self, opa: Path, folder: Path) -> None:
        self.socket = folder / _SOCKET.format("")
        self._log = folder / _LOG.format("")
        if len(os.fsencode(self.socket)) > _LONGEST_PATH - _PID:
            raise ServerFailed(f"{self.socket} is too long for a socket: set TMPDIR to /tmp")
        self._opa = opa
        self._folder = folder
        #: as OPA names them: the bundle's name, then the path that it was loaded from
        self._policies = {f"{FOLDER}/{p.relative_to(folder)}" for p in folder.rglob("*.rego")}
        self._child: subprocess.Popen[bytes] | None = None
        self._starts_late = False

    @property
    def pid(self) -> int | None:
        """Of the child, None while there is none."""
        return self._child.pid if self._child else None

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it anew, and wait until it answers. Raises ServerFailed.

        One that something kills while it starts is started again.
        """
        for _ in range(_ATTEMPTS):
            self.stop()
            self._child = self._begin()
            if self._comes_up(self._child):
                return
        raise ServerFailed(f"OPA did not start: it was killed {_ATTEMPTS} times")

    def fork(self) -> None:
        """In a process that was forked while none ran: one of its own, once it is asked for."""
        self.socket, self._log = (
            self._folder / name.format(os.getpid()) for name in (_SOCKET, _LOG)
        )
        self._starts_late = True

    def restart(self) -> None:
        """Start it after it died. Raises ServerFailed also where it comes back without a policy.

        The bundle may be days old by now, and something may have cleaned up the folder: a
        detector that lost a signature this way would look like a quiet one.
        """
        from detector.opa.client import policies  # dear, and seldom needed

        for _ in range(_ATTEMPTS):
            self.start()
            there = policies(self.socket)
            if there is not None:
                break
        else:
            raise ServerFailed(f"OPA does not stay: it ended {_ATTEMPTS} times")
        if missing := sorted(self._policies - there):
            self.stop()
            raise ServerFailed(
                f"OPA came back without {', '.join(missing)} of {self._folder}, "
                "which were there at the start: start the detector again"
            )

    def stop(self) -> None:
        """End it and wait for its end. Connections are the caller's to close before."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._child.kill()  # a rule that runs away keeps it from ending by itself
            self._child.wait()
        self._child = None

    def connect(self, timeout: float) -> Connection:
        """A new connection. `timeout` in seconds holds for each answer.

        Raises ServerFailed where the server was forked and cannot be started.
        """
        if self._starts_late:
            self._starts_late = False
            self.start()
        return Connection(self.socket, timeout)

    def _command(self) -> list[str]:
        return [
            str(self._opa), "run", "--server", "--bundle", FOLDER,
            f"--addr=unix://{self.socket.name}", "--unix-socket-perm=600",
            "--skip-version-check", "--log-level=error", "--log-format=text",
        ]  # fmt: skip

    def _begin(self) -> "subprocess.Popen[bytes]":
        self.socket.unlink(missing_ok=True)
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C in the terminal is for us, and we still need it then.
            child = start(
                self._command(),
                no_network=True,  # a second wall behind the refused built-ins
                cwd=self._folder,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        resource.prlimit(child.pid, resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        return child

    def _comes_up(self, child: "subprocess.Popen[bytes]") -> bool:
        """False if it was killed."""
        limit = time.monotonic() + _START_LIMIT
        while not self._answers():
            if (status := child.poll()) is not None:
                if status < 0:
                    return False
                raise ServerFailed(f"OPA did not start: {self._said()}")
            if time.monotonic() > limit:
                self.stop()
                raise ServerFailed(f"OPA did not answer for {_START_LIMIT:.0f} s: {self._said()}")
            time.sleep(0.002)
        return True

    def _answers(self) -> bool:
        connection = self.connect(_START_LIMIT)
        with contextlib.closing(connection), contextlib.suppress(Gone, Refused, TimedOut):
            connection.ask("/health")
            connection.answer()
            return True
        return False

    def _said(self) -> str:
        said = self._log.read_text("utf-8", "backslashreplace").strip()
        return said[-2000:] or "it said nothing"
