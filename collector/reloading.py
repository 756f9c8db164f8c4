# SPDX-License-Identifier: Apache-2.0
"""Working out the next plan, and loading what it needs, while events go on by the one in force.

A thread does it: the kernel's ring is not to run full meanwhile. It has the rights that were kept
for that in reserve, and raises them for itself alone.
"""

from collections.abc import Callable, Sequence
from threading import Thread

from collector.choosing.policy import Policy
from collector.integrity.inspection import Inspection
from collector.loading.features import Features
from collector.loading.kernel import Kernel
from collector.loading.plan import Plan
from collector.loading.settle import settle_again
from collector.notices import fail, say, warn
from pytracee.service.errors import OperatorError


class Reloading:
    """`ask` for it, look for the `plan`."""

    def __init__(self, choose: Callable[[], Sequence[Policy]], features: Features) -> None:
        """`choose` reads anew what was chosen, and raises OperatorError."""
        self._choose = choose
        self._features = features
        self._asked = False
        self._thread: Thread | None = None
        self._plan: Plan | None = None

    def over(self, kernel: Kernel, inspection: Inspection | None) -> None:
        """Before anything else: what is to be changed."""
        self._kernel = kernel
        self._inspection = inspection
        self._features.inspected = inspection is not None

    def ask(self) -> None:
        """Also while a plan is being worked out: then there is another after it."""
        self._asked = True

    def plan(self, before: Plan) -> Plan | None:
        """What is to follow the plan in force, once it can be; None: nothing does, or not yet."""
        if self._thread is not None and self._thread.is_alive():
            return None
        found, self._plan = self._plan, None
        if found is None and self._asked:
            self._asked = False
            self._thread = Thread(target=self._work, args=(before,), daemon=True)
            self._thread.start()
        return found

    def end(self) -> None:
        """Wait until nothing is being loaded any more."""
        if self._thread is not None:
            self._thread.join()

    def _work(self, before: Plan) -> None:
        """Whatever is wrong is told, and the plan in force stays."""
        try:
            policies = self._choose()
            if tuple(policies) == before.policies:
                say("reloaded: the policies are what they were")
            else:
                self._plan = self._settled(policies, before)
        except OperatorError as error:
            keep_old(*error.complaints)
        except OSError as error:
            keep_old(str(error))

    def _settled(self, policies: Sequence[Policy], before: Plan) -> Plan:
        filtering = self._kernel.filters
        if not filtering and any(rule.filters for one in policies for rule in one.rules):
            warn(
                "filters are decided in user space from now on: the programs were loaded without "
                "any. Start the collector anew where there are many events"
            )
        extend = self._extend
        return settle_again(policies, self._features, extend, before, filtering=filtering)

    def _extend(self, plan: Plan) -> None:
        if self._inspection is not None:
            self._inspection.expect(plan)
        self._kernel.extend(plan)


def keep_old(*complaints: str) -> None:
    """Tell why there is no other plan."""
    for complaint in complaints:
        fail(complaint)
    fail("the policies stay as they were")
