# SPDX-License-Identifier: Apache-2.0
"""What the operator is told of a plan that comes into force."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collector.choosing.policy import Policy
from collector.context.options import unknown
from collector.notices import debug, warn

if TYPE_CHECKING:
    from collector.loading.plan import Plan


def tell_of(policies: Sequence[Policy]) -> None:
    """Before there is a plan."""
    for event, place in (waiting for policy in policies for waiting in policy.waiting):
        warn(f"{place}: {event} is not there yet: the rule waits for it")
    for text in unknown(policies):
        warn(text)


def tell(plan: "Plan") -> None:
    for event, probe in plan.probes.items():
        debug(f"{event.name} is seen by {probe.place}")
    for program, words in plan.refused.items():
        debug(f"this kernel refuses the program {program}: {words}")
    for name, reason in plan.unavailable.items():
        warn(f"{name} is not to be had here: {reason}")
