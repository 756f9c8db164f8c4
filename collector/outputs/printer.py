# SPDX-License-Identifier: Apache-2.0
"""A process that reads the stream and prints it:
`python -m collector.outputs.printer table|json`.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator

import msgspec

from collector.notices import say
from schemas.event import Event
from schemas.rendering.event import event_dict
from schemas.rendering.table import HEADER, row
from schemas.stream.decoder import DamagedRecord
from schemas.stream.parser import Batch, Parser, StreamError

_CHUNK = 1 << 18


def _json(event: Event) -> bytes:
    return msgspec.json.encode(event_dict(event, event.args)) + b"\n"


def _table(event: Event) -> bytes:
    return row(event).encode() + b"\n"


_RENDER: dict[str, Callable[[Event], bytes]] = {"json": _json, "table": _table}


def main() -> int:
    """Exit status. The end of our input ends us, not the terminal's Ctrl-C: the collector flushes
    on that.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    form = sys.argv[1]
    try:
        if form == "table":
            _write(HEADER.encode() + b"\n")
        _print(_RENDER[form])
    except BrokenPipeError:
        return 0
    except OSError as error:
        say(f"printer: cannot write: {error.strerror}")
        return 1
    return 0


def _print(render: Callable[[Event], bytes]) -> None:
    parser = Parser()
    try:
        while data := os.read(0, _CHUNK):
            for item in parser.feed(data):
                if isinstance(item, Batch):
                    _write(b"".join(_rendered(item, render)))
        parser.finish()
    except StreamError as error:
        say(f"printer: {error}")


def _rendered(batch: Batch, render: Callable[[Event], bytes]) -> Iterator[bytes]:
    for record in batch.records:
        try:
            yield render(batch.decoder.event(record))
        except DamagedRecord as error:
            say(f"printer: a damaged event is left out: {error}")


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    sys.exit(main())
