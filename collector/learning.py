# SPDX-License-Identifier: Apache-2.0
"""What the kernel tells of processes and containers: known to us, and to its own tables."""

from collections.abc import Sequence

from collector.choosing.policy import Policy
from collector.context import containers
from collector.context.ambiguity import Ambiguity
from collector.context.control import (
    ContextState,
    group_of,
    loaded_object,
    snapshot,
    starts_in,
)
from collector.context.subjects import Subjects, standing
from collector.loading.containers import State
from collector.loading.kernel import Kernel
from collector.made.teller import Teller
from schemas.stream.messages import Container, Context


class Learning:
    """`teller` hears of all of it, and makes events."""

    def __init__(self, kernel: Kernel, policies: Sequence[Policy], *, tree: bool) -> None:
        """`policies`: of the first plan; `tree`: as for ContextState."""
        self.context = ContextState(tree=tree)
        self.subjects = Subjects(self.context.known, kernel.began)
        self._kernel = kernel
        self._hierarchy = containers.hierarchy()
        self.teller = Teller(self._hierarchy)
        self._ambiguity = Ambiguity(policies)

    def use(self, policies: Sequence[Policy]) -> None:
        """Of another plan."""
        self._ambiguity = Ambiguity(policies)
        self._ambiguity.look(self.context.standing())

    def take_stock(self) -> None:
        """What there is already."""
        for record in snapshot(self._kernel.tasks()):
            self.context.learn(record)
        for cgroup, path in containers.existing(self._hierarchy) if self._hierarchy else ():
            if message := self.context.group(cgroup, path):
                self._kernel.containers.add(cgroup, standing(message), State.STARTED)
        self._ambiguity.look(self.context.standing())

    def begin(self) -> None:
        """Have the events made that a plan begins with."""
        self.teller.begin(self.context.paths, self.context.standing())

    def tell_descents(self, half: int) -> None:
        """Who descends from whom, to the plan in that half."""
        known = self.context.known
        self._kernel.descents.fill(half, known.processes, known.living())

    def tell_news(self, half: int, news: Sequence[Context]) -> None:
        """What has changed meanwhile, to the same."""
        self._kernel.descents.fill(half, self.context.known.processes, news)

    def learn(self) -> list[Context]:
        """New context, known to us and to the kernel from now on."""
        ring = self._kernel.control
        messages = []
        for record in ring.records(ring.end()):
            if loaded := loaded_object(record):
                self.teller.load(loaded)
                continue
            message = self.context.learn(record)
            if message is None or isinstance(message, Container):
                self._know_group(group_of(record), message)
            elif (cgroup := starts_in(record)) is not None:
                self._kernel.containers.start(cgroup)
            if message is not None:
                messages.append(message)
                self.teller.learn(self.context.paths, message)
        return messages

    def _know_group(self, cgroup: int, message: Container | None) -> None:
        if message is None or message.removed:
            self._kernel.containers.remove(cgroup)
        else:
            self.subjects.note_new(cgroup)
            new = standing(message, new=True)
            self._kernel.containers.add(cgroup, new, State.CREATED)
            self._ambiguity.look(self.context.standing())
        self._kernel.halves.judge_again()
