# SPDX-License-Identifier: Apache-2.0
"""What is told of a run itself: the options for `--stats`, and for pages that tell meanwhile."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from pytracee.service.errors import OperatorError
from pytracee.service.metric import Value
from pytracee.service.option_group import grouped

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Watching:
    """What was asked for."""

    stats: bool = False
    metrics: bool = False
    health: bool = False
    profile: bool = False
    address: str = ""

    @property
    def pages(self) -> bool:
        """Whether any is to be served."""
        return self.metrics or self.health or self.profile

    @contextmanager
    def endpoints(
        self, values: Callable[[], Iterable[Value]], problem: Callable[[], str]
    ) -> Iterator[Callable[[], None]]:
        """The address is taken, and what it gives starts serving there. As for `Endpoints`."""
        if not self.pages:
            yield lambda: None
            return
        from pytracee.service.endpoints import Endpoints  # dear to import, and seldom needed

        metrics, health = values if self.metrics else None, problem if self.health else None
        served = Endpoints(self.address, metrics, health, profile=self.profile)
        try:
            yield served.start
        finally:
            served.close()


def with_options(stats: str, port: int) -> Callable[[_F], _F]:
    """A click command with these options, for `given`. `stats`: what that option tells."""
    return grouped(
        click.option("--stats", is_flag=True, help=stats),
        click.option("--metrics", is_flag=True, help="Serve /metrics for Prometheus."),
        click.option("--healthz", is_flag=True, help="Serve /healthz."),
        click.option(
            "--profile",
            is_flag=True,
            help="Serve /profile?seconds=10: where its time goes, as folded stacks.",
        ),
        click.option(
            "--listen-addr",
            default=f":{port}",
            show_default=True,
            metavar="[HOST]:PORT",
            help="Where these pages are served.",
        ),
    )


def given(options: Mapping[str, Any]) -> Watching:
    """From the values of those options. Raises OperatorError."""
    address = options["listen_addr"]
    _, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 0xFFFF:
        raise OperatorError(f"--listen-addr {address}: give [HOST]:PORT, such as :3366")
    return Watching(
        options["stats"], options["metrics"], options["healthz"], options["profile"], address
    )
