# SPDX-License-Identifier: Apache-2.0
"""Find the plan that this kernel takes, by trying: a program that it refuses costs its events their
next probe, or their place, and nothing else.
"""

from collections.abc import Sequence

from collector.choosing.policy import Policy
from collector.loading.features import Features
from collector.loading.kernel import Kernel, Refused
from collector.loading.obstacles import cure
from collector.loading.plan import CONTEXT_PROGRAMS, Plan, decide
from pytracee.service.errors import OperatorError


def settle(policies: Sequence[Policy], features: Features, ring_bytes: int) -> tuple[Plan, Kernel]:
    """The plan, and the kernel with it loaded and attached; `plan.refused` says what was not taken.

    Raises OperatorError where the kernel refuses what all events need.
    """
    refused: dict[str, str] = {}
    while True:
        plan = decide(policies, features.why_not, refused)
        try:
            return plan, Kernel(plan, ring_bytes)
        except Refused as error:
            if not error.programs.keys() - CONTEXT_PROGRAMS - refused.keys():
                words = f"this kernel refuses what all events need: {error}"
                known = cure(words)
                raise OperatorError(f"{words}: {known}" if known else words) from None
            refused |= error.programs
