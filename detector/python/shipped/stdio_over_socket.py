# SPDX-License-Identifier: Apache-2.0
"""TRC-1: a socket that is connected to another host becomes standard input, output or error.

So a reverse shell gets its terminal. Sees the process that connects and then moves the descriptor,
and where there is `socket_dup` any process that does. Does not see a child that moves a descriptor
it inherited (but through `socket_dup`), a socket that the process accepted, nor shells that copy
their bytes between a socket and a pipe.
"""

from collections.abc import Iterable
from errno import EINPROGRESS, EINTR
from typing import Any

from detector.python import (
    EndOfStream,
    Event,
    Example,
    PythonSignature,
    Recent,
    Selector,
    SignatureMetadata,
    Task,
    example,
)
from detector.python.sockets import Remote, remote

_STDIO = (0, 1, 2)
_UNDER_WAY = (0, -EINPROGRESS, -EINTR)
_PROCESSES = 4096
_DESCRIPTORS = 256  # of one process
_EVENTS = (
    "security_socket_connect", "connect", "socket_dup", "dup", "dup2", "dup3", "close",
    "sched_process_exec", "sched_process_exit",
)  # fmt: skip
_ADDRESS = {"sa_family": "AF_INET", "sin_addr": "203.0.113.7", "sin_port": "4444"}

#: descriptor → the host that it is connected to
Sockets = Recent[int, Remote]


class StdioOverSocket(PythonSignature):
    metadata = SignatureMetadata(
        id="TRC-1",
        version="0.1.0",
        name="Standard Input/Output Over Socket",
        event_name="stdio_over_socket",
        description="A process's standard input or output became a socket that is connected to "
        "another host. Reverse shells do so: whoever is at the other end types commands",
        tags=("linux", "container"),
        properties={
            "Severity": 3,
            "Category": "execution",
            "Technique": "Unix Shell",
            "id": "attack-pattern--a9d4b653-6915-42af-98b2-5758c4ceee56",
            "external_id": "T1059.004",
            "MITRE ATT&CK": "Execution: Command and Scripting Interpreter: Unix Shell",
            "aliases": ["TRC-101"],
            "references": ["https://attack.mitre.org/techniques/T1059/004/"],
        },
    )
    selectors = tuple(Selector(name) for name in _EVENTS)

    def __init__(self) -> None:
        self._processes: Recent[tuple[int, int], Sockets] = Recent(_PROCESSES)
        self._react = {
            "security_socket_connect": self._connect,
            "connect": self._connect,
            "socket_dup": self._socket_dup,
            "dup": self._dup,
            "dup2": self._dup,
            "dup3": self._dup,
            "close": self._close,
            "sched_process_exec": self._exec,
            "sched_process_exit": self._exit,
        }

    def on_event(self, event: Event) -> None:
        # Most processes have no such socket, and `close` is among the most frequent events.
        sockets = self._processes.get(_process(event))
        if sockets is not None or "connect" in event.name or event.name == "socket_dup":
            self._react[event.name](event, event.data(), Recent(0) if sockets is None else sockets)

    def on_signal(self, signal: EndOfStream) -> None:
        del signal
        self._processes.clear()

    def _connect(self, event: Event, data: dict[str, Any], sockets: Sockets) -> None:
        host = remote(data.get("remote_addr") or data.get("addr"))
        if event.name == "security_socket_connect" or event.return_value in _UNDER_WAY:
            self._becomes(event, sockets, data.get("sockfd"), host)

    def _socket_dup(self, event: Event, data: dict[str, Any], sockets: Sockets) -> None:
        self._becomes(event, sockets, data.get("newfd"), remote(data.get("remote_addr")))

    def _dup(self, event: Event, data: dict[str, Any], sockets: Sockets) -> None:
        if event.return_value >= 0:
            self._becomes(event, sockets, event.return_value, sockets.get(data.get("oldfd", -1)))

    def _close(self, event: Event, data: dict[str, Any], sockets: Sockets) -> None:
        self._becomes(event, sockets, data.get("fd"), None)

    def _exec(self, event: Event, data: dict[str, Any], sockets: Sockets) -> None:
        """Most descriptors are closed by it, unseen; these three seldom are."""
        del data
        for fd in [fd for fd in sockets if fd not in _STDIO]:
            self._becomes(event, sockets, fd, None)

    def _exit(self, event: Event, data: dict[str, Any], sockets: Sockets) -> None:
        del sockets
        if data.get("process_group_exit"):
            del self._processes[_process(event)]

    def _becomes(self, event: Event, sockets: Sockets, fd: int | None, host: Remote | None) -> None:
        """A descriptor is now connected to that host, or no socket that we know."""
        if fd is None:
            return
        process = _process(event)
        before = sockets.pop(fd, None)
        if host is not None:
            kept = self._processes.get(process, Recent(_DESCRIPTORS))
            kept[fd] = host
            self._processes[process] = kept
            # Several events tell of the same change.
            if fd in _STDIO and host != before:
                self.found({"ip": host.ip, "port": host.port, "fd": fd})
        elif not sockets:
            self._processes.pop(process, None)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """See the tests for more."""
        shell, other = Task(host_pid=7, process_start_time=1), Task(host_pid=8)
        connect = example("connect", {"sockfd": 3, "addr": _ADDRESS}, task=shell)
        found = {"ip": "203.0.113.7", "port": "4444"}
        moves = [
            example("dup2", {"oldfd": 3, "newfd": fd}, returned=fd, task=shell) for fd in _STDIO
        ]
        yield Example("a reverse shell", [connect, *moves], [{**found, "fd": fd} for fd in _STDIO])
        yield Example("a client that keeps its socket", [connect])
        closed = example("close", {"fd": 3}, task=shell)
        yield Example("another file with the number of a closed socket", [connect, closed, *moves])
        moved = example("dup2", {"oldfd": 3, "newfd": 0}, task=other)
        yield Example("another process", [connect, moved])


def _process(event: Event) -> tuple[int, int]:
    return event.task.host_pid, event.task.process_start_time
