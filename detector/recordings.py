# SPDX-License-Identifier: Apache-2.0
"""Recordings through `--jobs`: read, cut into windows, judged in turn, told in order."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing

from detector.inputs.compressed import MAGIC, Decompressor
from detector.jobs import Jobs
from detector.notices import warn
from detector.sources import Source, open_source
from detector.stop import Stop
from schemas.stream.parser import StreamError

_CHUNK = 1 << 20


def divisible(names: Sequence[str]) -> bool:
    """Whether all of these are recordings in files: what is live, or JSON lines, has one reader."""
    return all(_is_recording(name) for name in names)


def _is_recording(name: str) -> bool:
    if not os.path.isfile(name):
        return False
    with closing(open_source(name)) as source:
        head = os.pread(source.fd, len(MAGIC), 0)
    return head == MAGIC or not head.lstrip().startswith(b"{")


def judge(jobs: Jobs, source: Source, stop: Stop) -> bool:
    """One recording. False if it was damaged or cut; what was whole is used.

    Raises OperatorError, SinkClosed, SinkFailed.
    """
    cutter, fault, damage = jobs.begin(), "", ""
    pieces = _pieces(source)
    while not fault and not cutter.broken and not stop.asked:
        try:
            data = next(pieces, None)
        except StreamError as error:
            damage = str(error)
            break
        if data is None:
            break
        for window in cutter.feed(data):
            fault = fault or jobs.give(window)
    if not fault and not stop.asked:
        fault = jobs.give(cutter.finish(), last=not damage)
    fault = fault or jobs.rest() or damage
    jobs.rest()
    jobs.end(source.name)
    if fault:
        warn(f"{source.name}: {fault}")
    return not fault


def _pieces(source: Source) -> Iterator[bytes]:
    """The bytes of the stream, decompressed. Raises StreamError where that is not possible."""
    head = os.pread(source.fd, len(MAGIC), 0)
    decompressor = Decompressor() if head == MAGIC else None
    while data := os.read(source.fd, _CHUNK):
        if decompressor is None:
            yield data
        else:
            yield from decompressor.feed(data)
        if source.on_read is not None:
            source.on_read(len(data))
    if decompressor is not None:
        decompressor.finish()
