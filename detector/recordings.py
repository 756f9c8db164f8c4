# SPDX-License-Identifier: Apache-2.0
"""Recordings through `--jobs`: read, cut into windows, judged in turn, told in order."""

import os
from collections.abc import Sequence
from contextlib import closing

from detector.inputs.compressed import MAGIC
from detector.inputs.recorded import recorded
from detector.jobs import Jobs
from detector.notices import warn
from detector.sources import Source, open_source
from detector.stop import Stop


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
    recording, fault = recorded(source), ""
    for window in jobs.begin(recording):
        fault = jobs.give(window)
        if fault or stop.asked:
            break
    fault = fault or jobs.rest() or recording.damage
    jobs.rest()
    jobs.end(source.name)
    if fault:
        warn(f"{source.name}: {fault}")
    return not fault
