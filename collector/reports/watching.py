# SPDX-License-Identifier: Apache-2.0
"""`--stats` at the end of a run, metrics and health while it lasts."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collector.collect import Collector

_F = TypeVar("_F", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--stats", is_flag=True, help="At the end, on stderr: events, rates, lost, CPU."),
    click.option("--metrics", is_flag=True, help="Serve /metrics for Prometheus."),
    click.option("--healthz", is_flag=True, help="Serve /healthz."),
    click.option(
        "--listen-addr",
        default=":3366",
        show_default=True,
        metavar="[HOST]:PORT",
        help="Where /metrics and /healthz are served.",
    ),
)


@dataclass(frozen=True, slots=True)
class Watching:
    """What was asked for."""

    stats: bool = False
    metrics: bool = False
    health: bool = False
    address: str = ""

    @contextmanager
    def over(self, collector: "Collector") -> Iterator[Callable[[], None]]:
        """Gives what starts serving; to be called once root is given up, which threads would keep.

        The address is taken before. Raises OperatorError where it cannot be had.
        """
        seen, begin = collector.statistics, _nothing
        with ExitStack() as stack:
            if self.metrics or self.health:
                from pytracee.service.endpoints import Endpoints  # dear, and seldom needed

                metrics = (lambda: seen.values(collector)) if self.metrics else None
                served = Endpoints(self.address, metrics, seen.problem if self.health else None)
                stack.callback(served.close)
                begin = served.start
            yield begin
        if self.stats:
            print(seen.table(collector), file=sys.stderr)


def _nothing() -> None:
    """There is nothing to serve."""


def with_options(command: _F) -> _F:
    """A click command with these options, for `given`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given(options: Mapping[str, Any]) -> Watching:
    """From the values of those options."""
    names = ("stats", "metrics", "healthz", "listen_addr")
    return Watching(*(options[name] for name in names))
