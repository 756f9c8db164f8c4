# SPDX-License-Identifier: Apache-2.0
"""Find the plan that this kernel takes, by trying: a program that it refuses costs its events their
next probe, or their place, and nothing else.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from collector.choosing.policy import Policy
from collector.loading.features import Features
from collector.loading.halves import check_room
from collector.loading.kernel import Kernel
from collector.loading.obstacles import cure
from collector.loading.plan import CONTEXT_PROGRAMS, Plan, decide
from collector.loading.programs import Refused
from pytracee.service.errors import OperatorError

_T = TypeVar("_T")


def settle(
    policies: Sequence[Policy],
    features: Features,
    ring_bytes: int,
    *,
    stacks: bool = False,
    ours: Container[str] = frozenset(),
) -> tuple[Plan, Kernel]:
    """The plan, and the kernel with it loaded and attached; `plan.refused` says what was not taken.

    `stacks`, `ours`: as for Kernel. Raises OperatorError where the kernel refuses what all events
    need.
    """
    made = partial(decide, policies, features.why_not)
    return _settled(made, partial(Kernel, ring_bytes=ring_bytes, stacks=stacks, ours=ours))


def settle_again(
    policies: Sequence[Policy],
    features: Features,
    extend: Callable[[Plan], None],
    before: Plan,
    *,
    filtering: bool,
) -> Plan:
    """The plan for other policies, beside the one in force. `extend`: as Kernel's; `filtering`: as
    for `decide`. Raises as `settle`.
    """
    made = partial(decide, policies, features.why_not, filtering=filtering)
    return _settled(made, extend, before.refused)[0]


def _settled(
    made: Callable[[Mapping[str, str]], Plan],
    carry_out: Callable[[Plan], _T],
    known: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Plan, _T]:
    refused = dict(known)
    while True:
        plan = made(refused)
        check_room(plan)
        try:
            return plan, carry_out(plan)
        except Refused as error:
            if not error.programs.keys() - CONTEXT_PROGRAMS - refused.keys():
                words = f"this kernel refuses what all events need: {error}"
                helps = cure(words)
                raise OperatorError(f"{words}: {helps}" if helps else words) from None
            refused |= error.programs
