# SPDX-License-Identifier: Apache-2.0
"""The loop: ring memory to outputs, context before the events that need it."""

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from collector.context import own
from collector.delivery import Delivery
from collector.hello import another, hello
from collector.integrity.inspection import Inspection, order
from collector.integrity.sieve import Sieve
from collector.learning import Learning
from collector.loading.kernel import Kernel
from collector.loading.plan import Plan
from collector.made.hashing import Hashing
from collector.narrowing import Narrowing
from collector.notices import say, warn
from collector.outputs.output import Failed, Gone, Output
from collector.outputs.outputs import Outputs
from collector.reloading import Reloading, keep_old
from collector.reports import planned
from collector.reports.statistics import Statistics
from collector.sampling import Sample
from collector.signals import Late
from collector.totals import Totals
from collector.turning import GENERATIONS, Era, Turn
from pytracee.service import notices
from pytracee.service.counted import counted
from schemas.stream.decoder import Decoder
from schemas.stream.messages import Context, encode

POLL = 0.01  # seconds between two looks at the rings
_PRIORITY = -10  # nice value
_ROUNDS = 100  # until nothing has changed; two or three will do


class Collector:
    """Runs a loaded kernel into outputs until told to stop."""

    def __init__(
        self,
        kernel: Kernel,
        plan: Plan,
        outputs: Sequence[Output],
        give_up_root: Callable[[Kernel], None] = lambda _: None,
        *,
        chosen: bool = False,
        tree: bool = True,
        sample: Sample | None = None,
        hashing: Hashing | None = None,
        statistics: Statistics | None = None,
        reloading: Reloading | None = None,
    ) -> None:
        """`chosen`: as for `hello`; `tree`: as for ContextState; `reloading` None: never."""
        self._kernel = kernel
        self._give_up_root = give_up_root
        self._learning = Learning(kernel, plan.policies, tree=tree)
        self.known = known = self._learning.context.known
        self._hashing = hashing
        self._narrowing = Narrowing(self._learning.subjects, known.processes, sample, hashing)
        self.statistics = statistics or Statistics()
        self._outputs = Outputs(outputs, self._greeting)
        self._delivery = Delivery(kernel, self._outputs, self._narrowing, self.statistics)
        self.totals = self._delivery.totals
        wanted = order(plan, kernel)
        self._inspection = Inspection(wanted) if wanted else None
        self._turns: deque[Turn] = deque()  # that the stream has yet to make
        told = hello(plan, chosen=chosen)
        self._use(Era(0, plan, told, Decoder(told, known)))
        self._greeted = False  # whether what is learnt is to be told
        self._newest = self._era  # whose plan the kernel goes by
        self._reloading = reloading
        if reloading:
            reloading.over(kernel, self._inspection)

    def run(
        self,
        stopped: Callable[[], bool],
        hung_up: Callable[[], bool] = lambda: False,
        ready: Callable[[], None] = lambda: None,
    ) -> Totals:
        """Until `stopped()` or no output takes any more; then drain, say Bye, close.

        `hung_up()` says once that files are to be opened anew; `ready()` is called when root is
        given up and events flow.
        """
        try:
            self._start()
            ready()
            while not stopped():
                self._drain()
                if hung_up():
                    self._hang_up()
                self._go_on()
                time.sleep(POLL)
            self._kernel.detach()
            self._drain()
            self._delivery.tell(self._hashing.rest() if self._hashing else ())
            self.totals.dropped += self._delivery.left_in_ring()
            self._delivery.report_lost()
            self._outputs.finish(self.totals.lost)
        except Failed:
            self._kernel.detach()
            self.totals.dropped += self._delivery.left_in_ring()
        except Gone:
            self._kernel.detach()
        except Late:
            self._kernel.detach()
            self.totals.dropped += self._delivery.left_in_ring()
            warn("a reader of the stream takes nothing any more: what is left is dropped")
        if self._reloading:
            with suppress(Late):
                self._reloading.end()
        for child in (self._inspection, self._hashing):
            if child:
                child.close()
        with suppress(Late):
            self._outputs.close()
        self.totals.filtered, self.totals.in_kernel = self.filtered, self._kernel.filtered()
        self.totals.dropped += self._outputs.dropped
        self.totals.failed = self._outputs.failed
        return self.totals

    @property
    def filtered(self) -> int:
        """Events that nobody wanted, in the kernel and after it."""
        sample = self._narrowing.sample
        left_out = sample.left_out if sample else 0
        return self._kernel.filtered() + self._narrowing.filtered.total() + left_out

    @property
    def dropped(self) -> int:
        """Events that outputs had no room for so far."""
        return self.totals.dropped + self._outputs.dropped_so_far()

    def _start(self) -> None:
        """Hello and what there is already, before the first event."""
        with suppress(PermissionError):  # a busy machine can hold a reader up for a second
            os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
        printers = self._outputs.begin()
        self._exclude_own(printers)
        self._exclude_own(printers)  # again: a reader may have forked before the kernel knew of it
        half = self._kernel.prepare(self._era.plan, 0)
        self._learning.take_stock()
        self._put_in_force(half)
        self._give_up_root(self._kernel)
        self._outputs.greet()
        self._greeted = True
        self._learning.begin()
        self._delivery.tell(self._learning.teller.take())

    def _hang_up(self) -> None:
        notices.reopen("collector")
        self._outputs.reopen(self.totals.lost)
        if self._reloading:
            self._reloading.ask()

    def _go_on(self) -> None:
        """Put another plan in force if there is one now."""
        plan = self._reloading.plan(self._newest.plan) if self._reloading else None
        if plan is None:
            return
        try:
            self._change(plan)
        except OSError as error:  # the kernel has no room for it
            keep_old(str(error))
        else:
            planned.tell_of(plan.policies)
            planned.tell(plan)
            policies = counted(len(plan.policies), "policy", "policies")
            say(f"reloaded: {policies}, {counted(len(plan.asked), 'event')}")
        self._kernel.keep_only(self._newest.plan)

    def _change(self, plan: Plan) -> None:
        """Events that both plans ask for have no gap; what comes of the others comes in its time.

        Raises OSError, and the old plan stays in force.
        """
        kernel, before = self._kernel, self._kernel.halves.half
        generation = (self._newest.generation + 1) % GENERATIONS
        half = kernel.prepare(plan, generation)
        end = self._put_in_force(half)
        self._learn_of(half)  # whom the plan before began to follow meanwhile
        kernel.forget(before)
        kernel.halves.judge_again()
        if self._inspection:
            self._inspection.use(plan)
        told = another(self._newest.hello, plan, generation)
        decoder = Decoder(told, self.known)
        self._newest = Era(generation, plan, told, decoder)
        self._learning.use(plan.policies)
        self._turns.append(Turn(self._newest, end))

    def _put_in_force(self, half: int) -> int:
        """The plan in that half, once that says of all processes who they are. As the kernel's."""
        self._learning.tell_descents(half)
        self._kernel.wait()
        self._learn_of(half)
        return self._kernel.put_in_force(half)

    def _learn_of(self, half: int) -> None:
        """What has changed meanwhile; and while that was written, which may have undone what the
        kernel wrote.
        """
        for _ in range(_ROUNDS):
            if not (news := self._hear()):
                return
            self._learning.tell_news(half, news)

    def _use(self, era: Era) -> None:
        """From the next record on the stream is by that plan."""
        self._era = era
        self._hello = encode(era.hello)
        self._narrowing.use(era)
        self._sieve = Sieve(era, self._narrowing.subjects, self._narrowing.filtered)
        self._learning.teller.use(era.plan.asked, era.generation)

    def _exclude_own(self, printers: set[int]) -> None:
        pids = own.readers(output.fd for output in self._outputs.ready)
        children = {child.pid for child in (self._inspection, self._hashing) if child}
        self._kernel.exclude(own.with_descendants(pids | printers | children | {os.getpid()}))

    def _greeting(self) -> bytes:
        return self._hello + b"".join(map(encode, self._learning.context.all()))

    def _drain(self) -> None:
        """One round. The data ring's end is taken before the control ring is read: what explains
        an event was written before it, so it is among what is read now.
        """
        if newcomers := self._outputs.welcome():
            self._kernel.exclude(own.with_descendants(newcomers))
            self._outputs.greet()  # at once: a quiet machine gives no other cause to write
        if not self._outputs.ready:
            self._learning.learn()
            return
        end = self._kernel.events.end()
        self.statistics.look(self._kernel.events.fill(end))
        self._hear()
        self._delivery.tell(self._learning.teller.take())
        self._pass_on(end)
        self._delivery.tell(self._hashing.ready() if self._hashing else ())
        found = self._inspection.read() if self._inspection else ()
        self._delivery.tell_findings(found, self._sieve)
        self._delivery.look()
        self._outputs.flush()

    def _hear(self) -> list[Context]:
        """New context, told to whoever reads."""
        messages = self._learning.learn()
        if messages and self._greeted:
            told = map(self._learning.context.told, messages)
            self._outputs.write([b"".join(map(encode, told))])
        return messages

    def _pass_on(self, end: int) -> None:
        """Records up to `end`, and on the way from one plan to the next."""
        while self._turns:
            turn = self._turns[0]
            if not self._delivery.pass_on(turn.end, turn):
                return
            self._turns.popleft()
            self._use(turn.era)
            self._outputs.write([self._hello])
            self._learning.begin()
            self._delivery.write(self._narrowing.each(turn.kept))
        self._delivery.pass_on(end)
