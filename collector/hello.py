# SPDX-License-Identifier: Apache-2.0
"""What a reader must know of a plan and of this machine."""

import platform
import time
from importlib.metadata import version
from typing import Any

import msgspec

from collector.loading.plan import Plan
from schemas.events import digest
from schemas.stream.messages import FORMAT, FieldLayout, Hello, Layout
from schemas.task import CONTEXT


def hello(plan: Plan, *, chosen: bool = False) -> Hello:
    """The first. `chosen`: signatures could be chosen, so those that were not are not to judge."""
    host = platform.uname()
    return Hello(
        version=FORMAT,
        catalogue=digest(),
        context=list(CONTEXT),
        machine=host.machine,
        kernel=host.release,
        host=host.node,
        started=time.clock_gettime_ns(time.CLOCK_BOOTTIME),
        clock_offset=time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME),
        collector=version("pytracee"),
        **_of(plan, chosen=chosen),
    )


def another(before: Hello, plan: Plan, generation: int) -> Hello:
    """For the plan that comes next."""
    told = _of(plan, chosen=before.signatures is not None)
    return msgspec.structs.replace(before, generation=generation, **told)


def _of(plan: Plan, *, chosen: bool) -> dict[str, Any]:
    """What of a Hello depends on the plan."""
    return {
        "layouts": _layouts(plan),
        "policies": tuple(policy.name for policy in plan.policies),
        "shown": plan.shown,
        "for_signatures": plan.for_signatures,
        "signatures": _signatures(plan) if chosen else None,
        "unavailable": plan.unavailable,
    }


def _layouts(plan: Plan) -> list[Layout]:
    return [
        Layout(
            event.id,
            event.name,
            tuple(FieldLayout(f.name, f.type, int(f.kind), f.parser) for f in event.fields),
            event.sets,
        )
        for event in plan.asked
    ]


def _signatures(plan: Plan) -> dict[str, int]:
    """Event name → bitmap of the policies that name the signature."""
    found: dict[str, int] = {}
    for bit, policy in enumerate(plan.policies):
        for name in {name for rule in policy.rules for name in rule.signatures}:
            found[name] = found.get(name, 0) | 1 << bit
    return found
