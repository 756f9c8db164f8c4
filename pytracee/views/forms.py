# SPDX-License-Identifier: Apache-2.0
"""The forms that events and findings are shown in."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pytracee.sinks.forward import entry
from schemas.event import Event
from schemas.finding import FindingEvent
from schemas.rendering.columns import Columns, fitting
from schemas.rendering.event import event_line
from schemas.rendering.json_lines import JsonLines
from schemas.rendering.look import Look
from schemas.rendering.table import TableRows, named_row
from schemas.stream.decoder import Decoder

Line = Callable[[Sequence[Any]], bytes]
_encode = msgspec.json.Encoder().encode


class Unrenderable(ValueError):
    """An event or finding that a template does not fit; the message has the template's file and
    line.
    """


class Form(ABC):
    """How things look. `joined`: texts may be written many at a time."""

    joined = True

    def __init__(self, look: Look) -> None:
        self.look = look

    @abstractmethod
    def lines(self, decoder: Decoder) -> Line:
        """What makes a text of a record's values: raises DamagedRecord, Unrenderable."""

    @abstractmethod
    def finding(self, event: FindingEvent) -> bytes:
        """A finding as the event that it is. Raises Unrenderable."""

    def head(self, decoder: Decoder | None) -> bytes:  # noqa: ARG002 (the table's needs it)
        """What is to be written now before any more texts."""
        return b""


class Json(Form):
    """A line of JSON each. `terminal`: some characters would turn its lines around."""

    def __init__(self, look: Look, *, terminal: bool = False) -> None:
        super().__init__(look)
        self._terminal = terminal

    def lines(self, decoder: Decoder) -> Line:
        line = JsonLines(decoder, self.look).line
        if self._terminal:
            return lambda values: _printable(line(values))
        return line

    def finding(self, event: FindingEvent) -> bytes:
        line = _encode(event_line(event, self.look)) + b"\n"
        return _printable(line) if self._terminal else line


class Posted(Json):
    """JSON, one event in each request."""

    joined = False

    def lines(self, decoder: Decoder) -> Line:
        line = JsonLines(decoder, self.look).line
        return lambda values: line(values)[:-1]

    def finding(self, event: FindingEvent) -> bytes:
        return _encode(event_line(event, self.look))


class Entries(Form):
    """Entries of the Forward protocol."""

    def lines(self, decoder: Decoder) -> Line:
        return lambda values: self._entry(decoder.event_of(values))

    def finding(self, event: FindingEvent) -> bytes:
        return self._entry(event)

    def _entry(self, event: Event) -> bytes:
        return entry(event.timestamp, event_line(event, self.look))


class Table(Form):
    """Rows under a header, which is written again when a first container makes a new column."""

    def __init__(self, look: Look, terminal: int | None) -> None:
        """`terminal`: the descriptor of the one that shows it, None where none does."""
        super().__init__(look)
        self._terminal = terminal
        self._columns: Columns | None = None
        self._rows: TableRows | None = None

    def head(self, decoder: Decoder | None) -> bytes:
        before, now = self._columns, self._fitting(decoder)
        if now == before:
            return b""
        self._columns = now
        if self._rows is not None:
            self._rows.columns = now
        if before is not None and before.container == now.container:
            return b""  # the terminal is wider or narrower than it was
        return f"{now.header()}\n".encode()

    def _fitting(self, decoder: Decoder | None) -> Columns:
        time = self.look.time != "none"
        container = bool(decoder and decoder.joiner.containers)
        container |= bool(self._columns and self._columns.container)
        if self._terminal is None:
            return Columns(time=time, container=container)
        width = os.get_terminal_size(self._terminal).columns
        return fitting(width, time=time, container=container, color=wants_color())

    def lines(self, decoder: Decoder) -> Line:
        self._rows = TableRows(decoder, self.look, self._columns or Columns())
        return self._rows.line

    def finding(self, event: FindingEvent) -> bytes:
        row = named_row(event, event.name, event.data(), self._columns or Columns(), self.look)
        return f"{row}\n".encode()


def wants_color() -> bool:
    """Of a terminal: https://no-color.org"""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Templated(Form):
    """By a Go template, with Go's names of the fields."""

    def __init__(self, look: Look, path: Path, *, joined: bool = True) -> None:
        """Raises OperatorError."""
        # Only who has a template pays for the 0.1 s that its library takes to import.
        from pytracee.sinks.template import Template

        super().__init__(look)
        self.joined = joined
        self._template = Template(path)

    def lines(self, decoder: Decoder) -> Line:
        return lambda values: self._render(decoder.event_of(values))

    def finding(self, event: FindingEvent) -> bytes:
        return self._render(event)

    def _render(self, event: Event) -> bytes:
        from pytracee.sinks.go_names import line_value
        from pytracee.sinks.template import RenderFailed

        try:
            value = line_value(event_line(event, self.look))
            return self._template.render(value, event.timestamp).encode()
        except RenderFailed as error:
            raise Unrenderable(str(error)) from None


def _printable(line: bytes) -> bytes:
    """The same JSON, with what is not printable as JSON's own escapes."""
    text = line.decode()
    if text[:-1].isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text).encode()


def _escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
