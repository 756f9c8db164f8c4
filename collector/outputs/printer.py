# SPDX-License-Identifier: Apache-2.0
"""A process that reads the stream and shows it: `python -m collector.outputs.printer`.

Standard input is a socket: the settings on its first line, then the stream. On the same socket it
tells, as a number of eight bytes, how many events its destination had no room for so far. The end
of the input ends it, and no signal: the collector flushes on those.
"""

import gc
import os
import select
import signal
import struct
import sys
from contextlib import suppress

import msgspec

from collector.notices import fail, warn
from pytracee.service import hangup, notices, privileges
from pytracee.service.errors import OperatorError
from pytracee.service.notices import Errors
from pytracee.service.opener import OPENER
from pytracee.service.privileges import User
from pytracee.sinks.opening import open_to_write
from pytracee.sinks.sink import SinkClosed, SinkFailed
from pytracee.views.opening import open_view
from pytracee.views.view import View
from pytracee.views.wanted import URLS, Options, Wanted
from schemas.stream.messages import Hello
from schemas.stream.parser import Batch, Parser, StreamError

COUNT = struct.Struct("<Q")
_CHUNK = 1 << 18
_IDLE = 100  # ms without input after which what was held back is shown
_NICE = 10  # below the collector, and below what the machine is for
_GARBAGE = 50_000  # objects between two searches for cycles: events make many objects, no cycles


class Settings(msgspec.Struct, frozen=True):
    """What is shown, and how."""

    wanted: Wanted
    options: Options
    user: User | None = None  # whom it becomes


class Input:
    """Standard input, and whether SIGHUP asks for new files."""

    def __init__(self) -> None:
        self._bell, bell = os.pipe()
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)
        hangup.heed(lambda _number, _frame: None)
        self._poll = select.poll()
        self._poll.register(0, select.POLLIN)
        self._poll.register(self._bell, select.POLLIN)

    def read(self, *, forever: bool) -> tuple[bytes | None, bool]:
        """What came (None: nothing for a while; b"": the end), and whether to reopen files."""
        ready = dict(self._poll.poll(None if forever else _IDLE))
        reopen = self._bell in ready and bool(os.read(self._bell, 64))
        return (os.read(0, _CHUNK) if 0 in ready else None), reopen


def main() -> int:
    """Exit status: 0, 1 where the destination failed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICE)
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    settings = msgspec.json.decode(_first_line(), type=Settings)
    errors = Errors(warn)
    try:
        view = open_view(settings.wanted, settings.options, "collector", errors, fd=1)
        _give_up_root(settings)
        _show(view, Input())
        view.close()
    except SinkClosed:
        return 0
    except (OperatorError, SinkFailed) as error:  # it was right when the collector looked
        fail(str(error))
        return 1
    _tell_dropped(view)
    return 0


def _give_up_root(settings: Settings) -> None:
    """What is open stays open. A spool stays root's own, and so does who fills it."""
    names = [name for name in (settings.wanted.place, notices.log_file()) if name.startswith("/")]
    OPENER.start(names, open_to_write)
    privileges.drop(None if settings.wanted.form in URLS else settings.user)


def _first_line() -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    return bytes(line)


def _show(view: View, stream: Input) -> None:
    parser, dropped = Parser(), 0
    try:
        while True:
            data, reopen = stream.read(forever=not view.holds)
            if reopen:
                _reopen(view)
            if data == b"":
                break
            if data is None:
                view.idle()
                continue
            for item in parser.feed(data):
                match item:
                    case Hello():
                        view.begin()
                    case Batch():
                        view.show(item)
            if view.sink.dropped != dropped:
                dropped = view.sink.dropped
                _tell_dropped(view)
        parser.finish()
    except StreamError as error:
        fail(f"printer: {error}")


def _reopen(view: View) -> None:
    """What cannot be opened anew stays as it was."""
    notices.reopen("collector")
    try:
        view.sink.reopen()
    except SinkFailed as error:
        warn(f"{error}: it goes on in the old file")


def _tell_dropped(view: View) -> None:
    with suppress(OSError):  # the collector may be gone
        os.write(0, COUNT.pack(view.sink.dropped))


if __name__ == "__main__":
    sys.exit(main())
