# SPDX-License-Identifier: Apache-2.0
"""`--no-process-tree`, `--no-containers-enrich`: context that can be done without."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from collector.choosing.condition import Condition
from collector.choosing.kinds import OF_RUNTIMES
from collector.choosing.policy import Policy
from pytracee.service.option_group import grouped

_OPTIONS = (
    click.option(
        "--no-process-tree",
        is_flag=True,
        help="Tell nobody whose child a process is: events have no ancestors, which makes JSON "
        "quicker, and readers need not remember parents that have ended.",
    ),
    click.option(
        "--no-containers-enrich",
        is_flag=True,
        help="Containers by their ids alone, which control groups tell: no runtime is asked for "
        "names, images and pods, and no event waits for them.",
    ),
)


#: makes a click command have these options
with_options = grouped(*_OPTIONS)


def check(options: Mapping[str, Any], policies: Sequence[Policy], complaints: list[str]) -> None:
    """Add to `complaints` what asks for context that is to be done without."""
    if not options["no_containers_enrich"]:
        return
    complaints += dict.fromkeys(
        f"{one.place}: {one.key} is what --no-containers-enrich leaves out: leave out one of them"
        for one in _of_runtimes(policies)
    )


def unknown(policies: Sequence[Policy]) -> list[str]:
    """What is to be said of what these ask for and nobody can tell."""
    texts = (
        f"{one.place}: {one.key} is for a container's runtime to tell, and none is asked yet: no "
        "container is known by it"
        for one in _of_runtimes(policies)
    )
    return [*dict.fromkeys(texts)]


def _of_runtimes(policies: Sequence[Policy]) -> Iterator[Condition]:
    for policy in policies:
        yield from (one for one in policy.conditions() if one.key in OF_RUNTIMES)
