# SPDX-License-Identifier: Apache-2.0
"""The Fluent Forward protocol: a receiver that is well, gone and back, slow, or hostile."""

import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pytracee.service.errors import OperatorError
from pytracee.sinks.forward import entry, forward_sink, receiver
from pytracee.sinks.spooled import SpoolPlace
from tests.sinks.receiver import free_port

EVENTS = [{"eventName": "openat", "number": number} for number in range(20)]
SECOND = 10**9
_msgpack = msgspec.msgpack.encode
Answer = Callable[[int, Any], bytes | None]  # to the n-th message; None: hang up
Greet = Callable[[socket.socket], bool]


@dataclass
class Received:
    """Messages as they came, also those that were not acknowledged."""

    port: int
    messages: list[Any] = field(default_factory=list)
    more: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.messages) >= count, 60)

    def events(self) -> list[Any]:
        """What their entries hold."""
        return [event for message in self.messages for _, event in entries(message)]


def entries(message: Any) -> list[tuple[int, Any]]:
    """(ns since the epoch, event) of each entry of a PackedForward."""
    found, rest = objects(message[1])
    assert not rest
    return [(_time(when), event) for when, event in found]


def objects(data: bytes) -> tuple[list[Any], bytes]:
    """The msgpack objects that stand there one after the other, and what is not whole."""
    found = []
    while data:
        try:
            found.append(msgspec.msgpack.decode(data))
            return found, b""
        except msgspec.DecodeError as error:
            more = re.search(r"trailing characters \(byte (\d+)\)", str(error))
            if not more:
                break
            found.append(msgspec.msgpack.decode(data[: int(more[1])]))
            data = data[int(more[1]) :]
    return found, data


def _time(when: Any) -> int:
    assert when.code == 0
    return int.from_bytes(when.data[:4], "big") * SECOND + int.from_bytes(when.data[4:], "big")


def acknowledged(_number: int, message: Any) -> bytes:
    return _msgpack({"ack": message[2]["chunk"]}) if "chunk" in message[2] else b""


@contextmanager
def receiving(
    answer: Answer = acknowledged, port: int = 0, greet: Greet = lambda _: True
) -> Iterator[Received]:
    listening = socket.create_server(("127.0.0.1", port))
    made = Received(listening.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(0.05)
                serve(connection)

    def serve(connection: socket.socket) -> None:
        if not greet(connection):
            return
        data = b""
        while listening.fileno() >= 0:
            try:
                more = connection.recv(1 << 16)
            except TimeoutError:
                continue
            except OSError:
                return
            if not more:
                return
            whole, data = objects(data + more)
            for message in whole:
                given = answer(len(made.messages), message)
                with made.more:
                    made.messages.append(message)
                    made.more.notify_all()
                if given is None:
                    return
                connection.sendall(given)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def send(port: int, folder: Path, events: list[Any], query: str = "", linger: float = 10) -> None:
    """Each as a text of its own."""
    url = f"tcp://127.0.0.1:{port}?timeout=1s{query}"
    sink = forward_sink(url, SpoolPlace(folder / "spool", linger=linger), "collector", print)
    for number, event in enumerate(events):
        sink.write(entry(number * SECOND + 5, event))
    sink.close()


@pytest.mark.parametrize("ack", ["", "&requireAck=true"])
def test_events_arrive_in_order_with_their_time_and_tag(ack: str, tmp_path: Path) -> None:
    with receiving() as there:
        send(there.port, tmp_path, EVENTS, f"&tag=mine{ack}")
        there.wait(len(EVENTS))
    assert there.events() == EVENTS
    assert {message[0] for message in there.messages} == {"mine"}
    assert all(("chunk" in message[2]) == bool(ack) for message in there.messages)
    assert [when for one in there.messages for when, _ in entries(one)] == [
        number * SECOND + 5 for number in range(len(EVENTS))
    ]


def test_many_entries_are_one_message(tmp_path: Path) -> None:
    with receiving() as there:
        url = f"tcp://127.0.0.1:{there.port}?requireAck=true"
        sink = forward_sink(url, SpoolPlace(tmp_path), "collector", print)
        sink.write(b"".join(entry(1, event) for event in EVENTS), len(EVENTS))
        sink.close()
    assert len(there.messages) == 1
    assert there.events() == EVENTS


@pytest.mark.parametrize(
    "bad",
    [
        lambda _: None,
        lambda _: _msgpack({"ack": "another"}),
        lambda _: b"\xc1 no msgpack",
        lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n",
        lambda _: b"\xdd\xff\xff\xff\xff" + b"\x91" * 100_000,
        lambda _: b"",
    ],
    ids=["hangs up", "another's", "garbage", "http", "endless lists", "silence"],
)
def test_what_is_not_acknowledged_is_sent_again(
    bad: Callable[[Any], bytes | None], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def answer(number: int, message: Any) -> bytes | None:
        return bad(message) if number == 0 else acknowledged(number, message)

    with receiving(answer) as there:
        send(there.port, tmp_path, EVENTS[:2], "&requireAck=true")
    assert there.events() == [EVENTS[0], *EVENTS[:2]]
    assert there.messages[0] == there.messages[1]
    said = capfd.readouterr().err
    assert f"forward 127.0.0.1:{there.port}: " in said
    assert "kept in" in said


def test_events_wait_for_a_receiver_that_comes_later(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    send(port, tmp_path, EVENTS[:10], linger=0.1)
    assert "not sent: 10;" in capfd.readouterr().err
    with receiving(port=port) as there:
        send(port, tmp_path, EVENTS[10:])
        there.wait(len(EVENTS))
    assert there.events() == EVENTS


def greeting(key: str) -> Greet:
    """A receiver with a shared key, by the protocol's words."""

    def greet(connection: socket.socket) -> bool:
        connection.sendall(_msgpack(["HELO", {"nonce": b"n0nce", "auth": "", "keepalive": True}]))
        connection.settimeout(10)
        word, name, salt, proof, *_ = msgspec.msgpack.decode(connection.recv(1 << 16))
        connection.settimeout(0.05)
        ours = hashlib.sha512(salt + name.encode() + b"n0nce" + key.encode()).hexdigest()
        good: bool = word == "PING" and proof == ours
        proof = hashlib.sha512(salt + b"there" + b"n0nce" + key.encode()).hexdigest()
        reason = "" if good else "shared_key mismatch"
        connection.sendall(_msgpack(["PONG", good, reason, "there", proof]))
        return good

    return greet


def test_a_shared_key_is_proved(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with receiving(greet=greeting("secret")) as there:
        send(there.port, tmp_path, EVENTS[:1], "&sharedKey=wrong", linger=0.1)
        assert not there.messages
        assert "it refuses us: shared_key mismatch" in capfd.readouterr().err
        send(there.port, tmp_path, EVENTS[1:2], "&sharedKey=secret")
        there.wait(1)
    assert there.events() == EVENTS[1:2]
    assert "secret" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "give tcp://HOST"),
        ("udp://h", "give tcp://HOST"),
        ("tcp://h:99999", "give tcp://HOST"),
        ("tcp://me:pw@h", "give tcp://HOST"),
        ("tcp://h/path", "give tcp://HOST"),
        ("tcp://h?tagg=x", "no tagg; there are tag"),
        ("tcp://h?requireAck=yes", "requireAck is true or false"),
        ("tcp://h?timeout=soon", "give a time such as"),
    ],
)
def test_what_is_no_receiver_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(OperatorError, match=complaint):
        receiver(url)


def test_a_receiver_s_address() -> None:
    assert receiver("h").port == 24224
    assert receiver("tls://[::1]:1?requireAck=true&tag=a.b").host == "::1"
