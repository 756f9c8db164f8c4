# SPDX-License-Identifier: Apache-2.0
"""Finds out by its first bytes what an input is, and reads it as that."""

from collections.abc import Iterator
from typing import Protocol

from detector.inputs.compressed import MAGIC, Decompressor
from detector.inputs.lines import LineBatch, Lines
from schemas.stream.parser import Item, Parser

InputItem = Item | LineBatch


class _Form(Protocol):
    def feed(self, data: bytes) -> Iterator[InputItem]:
        """Raises StreamError at the first damaged place."""

    def finish(self) -> Iterator[InputItem]:
        """No more bytes will come. Raises StreamError if that is too early."""


class _Stream:
    def __init__(self) -> None:
        self._parser = Parser()

    def feed(self, data: bytes) -> Iterator[InputItem]:
        return self._parser.feed(data)

    def finish(self) -> Iterator[InputItem]:
        self._parser.finish()
        return iter(())


class _Zstd:
    def __init__(self) -> None:
        self._decompressor = Decompressor()
        self._inner = Reader(compressed=True)

    def feed(self, data: bytes) -> Iterator[InputItem]:
        for piece in self._decompressor.feed(data):
            yield from self._inner.feed(piece)

    def finish(self) -> Iterator[InputItem]:
        self._decompressor.finish()
        yield from self._inner.finish()


class Reader:
    """Feed it an input's bytes, get its messages or batches of lines."""

    def __init__(self, *, compressed: bool = False) -> None:
        self._may_be_zstd = not compressed
        self._head = b""
        self._form: _Form | None = None

    def feed(self, data: bytes) -> Iterator[InputItem]:
        if self._form is None:
            self._head += data
            if len(self._head) < len(MAGIC):
                return
            self._form, data = self._chosen(), self._head
        yield from self._form.feed(data)

    def finish(self) -> Iterator[InputItem]:
        if self._form is None:
            self._form = self._chosen()
            yield from self._form.feed(self._head)
        yield from self._form.finish()

    def _chosen(self) -> _Form:
        if self._may_be_zstd and self._head.startswith(MAGIC):
            return _Zstd()
        return Lines() if self._head.lstrip().startswith(b"{") else _Stream()
