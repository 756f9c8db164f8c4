# SPDX-License-Identifier: Apache-2.0
"""One connection to a receiver of the Fluent Forward protocol, version 1.

What is sent are entries, many in one text, with a tag before them (the protocol's PackedForward).
https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
"""

import base64
import hashlib
import os
import select
import socket
import ssl
from typing import Any

import msgspec

from pytracee.sinks.delivery import Outcome, limit

PORT = 24224
_MOST = 1 << 16  # bytes of an answer

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.decode


class ForwardTo(msgspec.Struct, frozen=True, tag="forward"):
    """Where to, and how. `ack`: an answer is asked for; `key`: the secret that both sides know."""

    host: str
    port: int = PORT
    tls: bool = False
    tag: str = "tracee"
    ack: bool = False
    timeout: float = 10.0  # seconds
    key: str = ""


class Forward:
    """One connection, which is made anew when it breaks."""

    def __init__(self, to: ForwardTo) -> None:
        self._to = to
        self._socket: socket.socket | None = None

    def send(self, body: bytes) -> Outcome:
        try:
            with limit(self._to.timeout):
                self._send(body)
        except Exception as error:  # an answer can break its reading in any way
            self._close()
            return Outcome(False, again=True, reason=str(error) or type(error).__name__)
        return Outcome(True)

    def _send(self, body: bytes) -> None:
        # The same text has the same name when it is sent again, so a receiver can tell.
        chunk = base64.b64encode(hashlib.sha256(body).digest()[:16]).decode()
        connection = self._connected()
        connection.sendall(_encode([self._to.tag, body, {"chunk": chunk} if self._to.ack else {}]))
        if self._to.ack and self._answer(connection) != {"ack": chunk}:
            raise ValueError("its answer is no acknowledgement of what was sent")

    def _connected(self) -> socket.socket:
        """A plain receiver that has gone is seen by the end of what it sends, which is nothing."""
        plain = None if self._to.tls else self._socket
        if plain is not None and select.select([plain], [], [], 0)[0]:
            self._close()
        if self._socket is None:
            self._socket = self._connect()
            if self._to.key:
                self._shake_hands(self._socket)
        return self._socket

    def _connect(self) -> socket.socket:
        plain = socket.create_connection((self._to.host, self._to.port), self._to.timeout)
        if not self._to.tls:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._to.host)

    def _shake_hands(self, connection: socket.socket) -> None:
        """Each proves to the other that it knows the key."""
        kind, options = self._answer(connection)
        if kind != "HELO":
            raise ValueError("it does not greet, as a receiver with a shared key does")
        nonce, salt = _bytes(options["nonce"]), os.urandom(16)
        name = socket.gethostname()
        proof = _proof(salt, name, nonce, self._to.key)
        connection.sendall(_encode(["PING", name, salt, proof, "", ""]))
        kind, accepted, reason, host, theirs = self._answer(connection)
        if kind != "PONG" or accepted is not True:
            raise ValueError(f"it refuses us: {reason}: see sharedKey")
        if theirs != _proof(salt, host, nonce, self._to.key):
            raise ValueError("it does not know the shared key")

    def _answer(self, connection: socket.socket) -> Any:
        data = b""
        while len(data) < _MOST:
            more = connection.recv(_MOST)
            if not more:
                raise ValueError("it closed the connection instead of answering")
            data += more
            try:
                return _decode(data)
            except msgspec.DecodeError as error:
                if "truncated" not in str(error):
                    raise
        raise ValueError(f"an answer of more than {_MOST} bytes")

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _proof(salt: bytes, name: str, nonce: bytes, key: str) -> str:
    return hashlib.sha512(salt + name.encode() + nonce + key.encode()).hexdigest()


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
