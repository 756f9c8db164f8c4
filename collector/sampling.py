# SPDX-License-Identifier: Apache-2.0
"""`--sampling PERCENT`: the events of that share of all processes, and none of the others.

Told by when a process began, which lies at a fixed place in a record: nothing is decoded, all
events of a process are kept or none, and each run over the same processes takes the same ones.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from collector.choosing.policy import Policy
from collector.notices import warn
from schemas.task import CONTEXT

_CONTEXT_AT = 47  # where a record's context lies (CONTEXT_AT in bpf/record.h)
_SIZE = {"Q": 8, "I": 4}
_ALL = 1 << 32
_F = TypeVar("_F", bound=Callable[..., Any])
_JUDGED = "detection"  # the set of what signatures select


def with_option(command: _F) -> _F:
    """A click command with --sampling, for `given`."""
    return click.option(
        "--sampling",
        type=click.FloatRange(0, 100, min_open=True),
        default=100,
        metavar="PERCENT",
        help="The events of that share of all processes. Default: 100.",
    )(command)


def _start_at() -> int:
    """Where in the context a process's start is."""
    at = 0
    for name, code in CONTEXT:
        if name == "process_start_time":
            return at
        at += _SIZE[code]
    raise LookupError("process_start_time")


_FROM = _CONTEXT_AT + _start_at()
_TO = _FROM + _SIZE["Q"]


class Sample:
    """Which records stay."""

    def __init__(self, percent: float) -> None:
        self.left_out = 0
        self._below = round(percent / 100 * _ALL)

    def keeps(self, body: memoryview | bytes, at: int) -> bool:
        """Whether the record that begins there stays; counted if not."""
        kept = zlib.crc32(body[at + _FROM : at + _TO]) < self._below
        self.left_out += not kept
        return kept


def given(options: Mapping[str, Any], policies: Sequence[Policy]) -> Sample | None:
    """From the option's value; None: everything stays."""
    percent = options["sampling"]
    if percent == 100:
        return None
    if any(_JUDGED in event.sets for policy in policies for event in policy.events):
        warn(f"--sampling {percent:g}: signatures see no other events, so findings will be missing")
    return Sample(percent)
