# SPDX-License-Identifier: Apache-2.0
"""A receiver of webhooks on loopback, which answers as a test wants it to."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def status(code: int, extra: str = "") -> bytes:
    return f"HTTP/1.1 {code} Because\r\nContent-Length: 0\r\n{extra}\r\n".encode()


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: str


#: the answer to the n-th request; what it gives piece by piece is sent so
Answer = Callable[[int, Request], bytes | Iterator[bytes]]


@dataclass
class Receiver:
    """What was received, also of what was then not answered with yes."""

    port: int
    requests: list[Request] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    more: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait(self, until: Callable[["Receiver"], bool], seconds: float = 60) -> None:
        """Until that holds; a test that waits in vain fails."""
        with self.more:
            assert self.more.wait_for(lambda: until(self), seconds)

    def take(self, request: Request, answer: bytes | None) -> None:
        with self.more:
            self.requests.append(request)
            if answer is not None and answer.startswith(b"HTTP/1.1 2"):
                self.accepted.append(request.body)
            self.more.notify_all()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def receiver(answer: Answer = lambda _number, _request: OK, port: int = 0) -> Iterator[Receiver]:
    listening = socket.create_server(("127.0.0.1", port))
    made = Receiver(listening.getsockname()[1])
    over = threading.Event()
    threads: list[threading.Thread] = []

    def begin(connection: socket.socket) -> None:
        threads.append(threading.Thread(target=_talk, args=(connection, made, answer, over)))
        threads[-1].start()

    accepting = threading.Thread(target=_accept, args=(listening, begin))
    accepting.start()
    try:
        yield made
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (accepting, *threads):
            thread.join()


def _accept(listening: socket.socket, begin: Callable[[socket.socket], None]) -> None:
    """Until nobody listens any more."""
    with suppress(OSError):
        while True:
            begin(listening.accept()[0])


def _talk(connection: socket.socket, made: Receiver, answer: Answer, over: threading.Event) -> None:
    with connection, suppress(OSError):
        connection.settimeout(0.05)
        _serve(connection, made, answer, over)


def _serve(
    connection: socket.socket, made: Receiver, answer: Answer, over: threading.Event
) -> None:
    data = b""
    while not over.is_set():
        head, end, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        length = int(headers.get("Content-Length", 0))
        if not end or len(rest) < length:
            try:
                more = connection.recv(1 << 16)
            except TimeoutError:
                continue
            if not more:
                return
            data += more
            continue
        data = rest[length:]
        request = Request(lines[0], headers, rest[:length].decode())
        given = answer(len(made.requests), request)
        if isinstance(given, bytes):
            made.take(request, given)
            connection.sendall(given)
            if b"close" in given or not given:
                return
        else:
            made.take(request, None)
            connection.settimeout(None)
            for piece in given:
                if over.is_set():
                    return
                connection.sendall(piece)
            return
