# SPDX-License-Identifier: Apache-2.0
"""From bytes to messages. Trusts no byte of the stream.

`Parser` is fed as bytes come; `StreamReader` pulls from a file. Both give every whole message
before a damaged place, and then a StreamError with the offset of that place.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from schemas.stream import messages
from schemas.stream.decoder import Decoder
from schemas.stream.joiner import Joiner
from schemas.stream.messages import BATCH_TAG, MAX_BODY, Bye, Container, Exit, Hello, Lost, Process

_HEAD = 5  # 0xce and a 32-bit length
_CHUNK = 1 << 18
_decode: Callable[[bytes], messages.Other] = msgspec.msgpack.Decoder(messages.Other).decode
_fields = msgspec.msgpack.Decoder(dict[str, object]).decode
_KNOWN = {name.__name__.lower() for name in messages.Other.__args__}
#: what comes of bytes that are no message; the last one, of lists in lists in lists
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class StreamError(Exception):
    """The stream is damaged or was cut. `offset` is the byte at which its message begins."""

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(f"offset {offset}: {what}")
        self.offset = offset


class Batch:
    """Records as they came. `decoder` is that of the Hello in force."""

    __slots__ = ("decoder", "records")

    def __init__(self, decoder: Decoder, records: list[msgspec.Raw]) -> None:
        self.decoder = decoder
        self.records = records


Item = Hello | Batch | Lost | Bye


class Parser:
    """Feed it bytes, get messages. Context is taken in by `joiner` and not handed out."""

    def __init__(self) -> None:
        self.decoder: Decoder | None = None
        self.joiner = Joiner()
        self.offset = 0  # of the first byte that is not yet used
        self.ended = False  # a Bye was the last message
        self.skipped = 0  # messages of a type that a later version added
        #: a list here gets the bodies of all messages but batches, for who passes them on
        self.told: list[bytes] | None = None
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Item]:
        """The messages that `data` completes. Raises StreamError at the first damaged one."""
        buffer = self._buffer
        buffer += data
        used = 0
        try:
            while (size := self._whole(buffer, used)) is not None:
                body = bytes(memoryview(buffer)[used + _HEAD : used + size])
                item = self._message(body)
                used += size
                self.offset += size
                if item is not None:
                    yield item
        finally:
            del buffer[:used]

    def finish(self) -> None:
        """Say that no more bytes will come. Raises StreamError if that is too early."""
        if self._buffer:
            raise StreamError(
                self.offset, f"the stream was cut inside a message ({len(self._buffer)} bytes left)"
            )
        if self.decoder is None:
            raise StreamError(0, "empty: not a pytracee stream or recording")
        if not self.ended:
            raise StreamError(self.offset, "the stream was cut: it has no Bye")

    def _whole(self, buffer: bytearray, at: int) -> int | None:
        """Length of the message at `at` with its head, None while it is not all there."""
        have = len(buffer) - at
        if have and buffer[at] != 0xCE:
            raise StreamError(self.offset, self._wrong_start(buffer[at]))
        if have < _HEAD:
            return None
        size = int.from_bytes(buffer[at + 1 : at + _HEAD], "big")
        if not 0 < size <= MAX_BODY:
            raise StreamError(self.offset, f"a message of {size} bytes (the limit is {MAX_BODY})")
        return _HEAD + size if have >= _HEAD + size else None

    def _wrong_start(self, byte: int) -> str:
        if self.offset == 0:
            return f"not a pytracee stream or recording (it begins with byte 0x{byte:02x})"
        return f"damaged: no message begins with byte 0x{byte:02x}"

    def _message(self, body: bytes) -> Item | None:
        self.ended = False
        if body[0] == BATCH_TAG:
            return self._batch(body)
        message = self._other(body)
        if self.told is not None:
            self.told.append(body)
        if isinstance(message, Process | Exit | Container):
            self.joiner.learn(message)
            return None
        if isinstance(message, Hello):
            self._greet(message)
        elif self.decoder is None:
            raise StreamError(self.offset, "a message before the first Hello")
        self.ended = isinstance(message, Bye)
        return message

    def _batch(self, body: bytes) -> Batch:
        if self.decoder is None:
            raise StreamError(self.offset, "events before the first Hello")
        try:
            return Batch(self.decoder, self.decoder.split(body))
        except _UNREADABLE as error:
            raise StreamError(self.offset, f"damaged batch of events: {error}") from None

    def _other(self, body: bytes) -> messages.Other | None:
        try:
            return _decode(body)
        except _UNREADABLE as error:
            self._skip_newer(body, f"damaged message: {error}")
            return None

    def _skip_newer(self, body: bytes, else_: str) -> None:
        """A whole message of a type that we do not know is skipped and counted."""
        try:
            fields = _fields(body)
        except _UNREADABLE:
            raise StreamError(self.offset, else_) from None
        match fields:
            case {"type": "hello", "magic": str(magic), "version": [int(major), *_]}:
                self._check_format(magic, major)
            case {"type": str(kind)} if kind not in _KNOWN:
                self.skipped += 1
                return
        raise StreamError(self.offset, else_)

    def _check_format(self, magic: str, major: int) -> None:
        if magic != messages.MAGIC or major != messages.FORMAT[0]:
            raise StreamError(
                self.offset,
                f"a stream of format {major} ({magic}), this program reads format "
                f"{messages.FORMAT[0]}: use the pytracee that made it, or a newer one",
            )

    def _greet(self, hello: Hello) -> None:
        self._check_format(hello.magic, hello.version[0])
        try:
            self.decoder = Decoder(hello, self.joiner)
        except ValueError as error:
            raise StreamError(self.offset, f"damaged Hello: {error}") from None


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes | None: ...


class StreamReader:
    """The messages of a file: iterate over it. `parser` holds the state that a caller may ask."""

    def __init__(self, file: _Readable) -> None:
        self.parser = Parser()
        self._file = file

    def __iter__(self) -> Iterator[Item]:
        while data := self._file.read(_CHUNK):
            yield from self.parser.feed(data)
        self.parser.finish()
