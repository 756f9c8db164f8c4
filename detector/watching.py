# SPDX-License-Identifier: Apache-2.0
"""What is told of the run itself: `--stats` at its end, metrics and health while it lasts."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from detector.detect import Detection
from detector.notices import Errors
from pytracee.service.errors import OperatorError

_F = TypeVar("_F", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--stats", is_flag=True, help="At the end, what each signature did and cost."),
    click.option("--metrics", is_flag=True, help="Serve /metrics for Prometheus."),
    click.option("--healthz", is_flag=True, help="Serve /healthz."),
    click.option(
        "--listen-addr",
        default=":4466",
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

    def need_one_process(self) -> None:
        """Raises OperatorError if anything was."""
        if self.stats or self.metrics or self.health:
            raise OperatorError("--jobs: --stats, --metrics and --healthz tell of one process only")

    @contextmanager
    def over(self, detection: Detection, errors: Errors) -> Iterator[None]:
        """Raises OperatorError where the address cannot be had."""
        detection.ledger.timed = self.stats
        with ExitStack() as stack:
            if self.metrics or self.health:
                from detector.metrics import values  # dear to import, and seldom needed
                from pytracee.service.endpoints import Endpoints

                metrics = (lambda: values(detection, errors)) if self.metrics else None
                health = (lambda: _problem(detection)) if self.health else None
                served = Endpoints(self.address, metrics, health)
                stack.callback(served.close)
                served.start()
            yield
        if self.stats:
            ids, suspended = detection.signature_ids(), detection.suspended
            print(detection.ledger.table(ids, errors.of, suspended), file=sys.stderr)


def with_options(command: _F) -> _F:
    """A click command with these options, for `given`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given(options: Mapping[str, Any]) -> Watching:
    """From the values of those options."""
    names = ("stats", "metrics", "healthz", "listen_addr")
    return Watching(*(options[name] for name in names))


def _problem(detection: Detection) -> str:
    return "" if detection.opa_runs else "OPA does not run"
