# SPDX-License-Identifier: Apache-2.0
"""The loop: ring memory to outputs, context before the events that need it."""

import os
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from collector.context import containers, own
from collector.context.ambiguity import Ambiguity
from collector.context.control import ContextState, group_of, loaded_object, snapshot
from collector.context.subjects import Subjects, standing
from collector.hello import another, hello
from collector.integrity.inspection import Inspection, order
from collector.integrity.sieve import Sieve
from collector.loading.containers import State
from collector.loading.kernel import Kernel
from collector.loading.plan import Plan
from collector.made.hashing import Hashing
from collector.made.teller import Teller
from collector.narrowing import LAST_PAD, Batch, Narrowing
from collector.notices import say, warn
from collector.outputs.output import Failed, Gone, Output
from collector.outputs.outputs import Outputs
from collector.reloading import Reloading, keep_old
from collector.reports import planned
from collector.reports.busiest import Busiest
from collector.reports.loss import Loss
from collector.reports.statistics import Statistics
from collector.sampling import Sample
from collector.signals import Late
from collector.turning import GENERATIONS, Era, Turn
from pytracee.service import notices
from schemas.events import BY_ID
from schemas.stream.decoder import Decoder
from schemas.stream.messages import Container, Context, Lost, encode

POLL = 0.01  # seconds between two looks at the rings
_PRIORITY = -10  # nice value
_BATCH = 256 << 10  # bytes, about
_HEAD = struct.Struct(">BIBI")  # ce length, dd count
_PARTS = 512  # that are written at once (IOV_MAX is 1024)


@dataclass(slots=True)
class Totals:
    """Events written; records lost in the kernel; events dropped by an output with no room."""

    events: int = 0
    lost: int = 0
    dropped: int = 0
    filtered: int = 0  # that no policy wanted after all
    in_kernel: int = 0  # of them, those that never left it
    context_lost: int = 0  # records of the control ring: processes and containers we do not know
    failed: bool = False  # whether an output took no more, other than that its reader went

    def __str__(self) -> str:
        context = f", context lost {self.context_lost}" if self.context_lost else ""
        where = f" ({self.in_kernel} in the kernel)" if self.in_kernel else ""
        filtered = f", filtered {self.filtered}{where}" if self.filtered else ""
        return f"events {self.events}, lost {self.lost}, dropped {self.dropped}{filtered}{context}"


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
        self.totals = Totals()
        self._kernel = kernel
        self._give_up_root = give_up_root
        self._context = ContextState(tree=tree)
        known = self._context.known
        self._hashing = hashing
        subjects = Subjects(known, kernel.began)
        self._narrowing = Narrowing(subjects, known.processes, sample, hashing)
        self.known = known
        self.statistics = statistics or Statistics()
        self._outputs = Outputs(outputs, self._greeting)
        self._loss = Loss()
        self._busiest = Busiest()
        self._ambiguity = Ambiguity(plan.policies)
        wanted = order(plan, kernel)
        self._inspection = Inspection(wanted) if wanted else None
        self._hierarchy = containers.hierarchy()
        self._teller = Teller(self._hierarchy)
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
            self._tell(self._hashing.rest() if self._hashing else ())
            self.totals.dropped += self._left_in_ring()
            self._report_lost()
            self._outputs.finish(self.totals.lost)
        except Failed:
            self._kernel.detach()
            self.totals.dropped += self._left_in_ring()
        except Gone:
            self._kernel.detach()
        except Late:
            self._kernel.detach()
            self.totals.dropped += self._left_in_ring()
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
        for record in snapshot(self._kernel.tasks()):
            self._context.learn(record)
        self._know_containers()
        self._know_processes(half)
        self._learn_of(half)
        self._kernel.put_in_force(half)
        self._give_up_root(self._kernel)
        self._outputs.greet()
        self._greeted = True
        state = self._context
        self._teller.begin(state.paths, state.standing())
        self._tell(self._teller.take())

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
            say(f"reloaded: {len(plan.policies)} policies, {len(plan.asked)} events")
        self._kernel.keep_only(self._newest.plan)

    def _change(self, plan: Plan) -> None:
        """Events that both plans ask for have no gap; what comes of the others comes in its time.

        Raises OSError, and the old plan stays in force.
        """
        kernel, before = self._kernel, self._kernel.halves.half
        generation = (self._newest.generation + 1) % GENERATIONS
        half = kernel.prepare(plan, generation)
        self._know_processes(half)
        self._learn_of(half)
        end = kernel.put_in_force(half)
        self._learn_of(half)
        kernel.forget(before)
        if self._inspection:
            self._inspection.use(plan)
        told = another(self._newest.hello, plan, generation)
        decoder = Decoder(told, self._context.known)
        self._newest = Era(generation, plan, told, decoder)
        self._ambiguity = Ambiguity(plan.policies)
        self._ambiguity.look(self._context.standing())
        self._turns.append(Turn(self._newest, end))

    def _know_processes(self, half: int) -> None:
        """To the plan in that half."""
        known = self._context.known
        self._kernel.descents.fill(half, known.processes, known.living())

    def _learn_of(self, half: int) -> None:
        """What has changed meanwhile."""
        self._kernel.descents.fill(half, self._context.known.processes, self._hear())

    def _use(self, era: Era) -> None:
        """From the next record on the stream is by that plan."""
        self._era = era
        self._hello = encode(era.hello)
        self._narrowing.use(era)
        self._sieve = Sieve(era, self._narrowing.subjects, self._narrowing.filtered)
        self._teller.use(era.plan.asked, era.generation)

    def _know_containers(self) -> None:
        for cgroup, path in containers.existing(self._hierarchy) if self._hierarchy else ():
            if message := self._context.group(cgroup, path):
                self._kernel.containers.add(cgroup, standing(message), State.STARTED)
        self._ambiguity.look(self._context.standing())

    def _exclude_own(self, printers: set[int]) -> None:
        pids = own.readers(output.fd for output in self._outputs.ready)
        children = {child.pid for child in (self._inspection, self._hashing) if child}
        self._kernel.exclude(own.with_descendants(pids | printers | children | {os.getpid()}))

    def _greeting(self) -> bytes:
        return self._hello + b"".join(map(encode, self._context.all()))

    def _drain(self) -> None:
        """One round. The data ring's end is taken before the control ring is read: what explains
        an event was written before it, so it is among what is read now.
        """
        if newcomers := self._outputs.welcome():
            self._kernel.exclude(own.with_descendants(newcomers))
            self._outputs.greet()  # at once: a quiet machine gives no other cause to write
        if not self._outputs.ready:
            self._learn()
            return
        end = self._kernel.events.end()
        self.statistics.look(self._kernel.events.fill(end))
        self._hear()
        self._tell(self._teller.take())
        self._pass_on(end)
        self._tell(self._hashing.ready() if self._hashing else ())
        self._pass_on_findings()
        self._report_lost()
        self._loss.tell()
        self._busiest.look(self.totals.events)
        self._outputs.flush()

    def _hear(self) -> list[Context]:
        """The same, told to whoever reads."""
        messages = self._learn()
        if messages and self._greeted:
            told = map(self._context.told, messages)
            self._outputs.write([b"".join(map(encode, told))])
        return messages

    def _learn(self) -> list[Context]:
        """New context, known to us and to the kernel from now on."""
        ring = self._kernel.control
        messages = []
        for record in ring.records(ring.end()):
            if loaded := loaded_object(record):
                self._teller.load(loaded)
                continue
            message = self._context.learn(record)
            if message is None or isinstance(message, Container):
                self._know_group(group_of(record), message)
            if message is not None:
                messages.append(message)
                self._teller.learn(self._context.paths, message)
        return messages

    def _know_group(self, cgroup: int, message: Container | None) -> None:
        if message is None or message.removed:
            self._kernel.containers.remove(cgroup)
        else:
            self._narrowing.subjects.note_new(cgroup)
            new = standing(message, new=True)
            self._kernel.containers.add(cgroup, new, State.CREATED)
            self._ambiguity.look(self._context.standing())
        self._kernel.halves.judge_again()

    def _pass_on(self, end: int) -> None:
        """Records up to `end`, and on the way from one plan to the next."""
        while self._turns:
            turn = self._turns[0]
            if not self._pass_on_to(turn.end, turn):
                return
            self._turns.popleft()
            self._use(turn.era)
            self._outputs.write([self._hello])
            state = self._context
            self._teller.begin(state.paths, state.standing())
            self._write(self._narrowing.each(turn.kept))
        self._pass_on_to(end)

    def _pass_on_to(self, end: int, turn: Turn | None = None) -> bool:
        """From the ring's memory to the outputs, a batch at a time; only the old ones of a turn.

        Whether that was all up to there.
        """
        ring = self._kernel.events
        while True:
            taken, body = ring.take(end, _BATCH)
            if not taken:
                return ring.passed(end)
            batch = Batch([body, LAST_PAD], taken)
            if self.statistics.counts:
                self.statistics.count(body, ring.places())
            if self._busiest.counts:
                self._busiest.count(body, ring.places())
            if turn:
                batch = self._narrowing.each(turn.old(body, ring.places()))
            elif self._undecided():
                batch = self._narrowing.narrow(body, ring.places())
            try:
                self._write(batch)
            finally:
                ring.release()

    def _undecided(self) -> bool:
        """Whether there are records about which something is left to be decided."""
        narrowing = self._narrowing
        return bool(narrowing.sample) or self._kernel.halves.undecided() != narrowing.decided

    def _write(self, batch: Batch) -> None:
        if not batch.records:
            return
        parts = batch.parts if len(batch.parts) <= _PARTS else [b"".join(batch.parts)]
        head = _HEAD.pack(0xCE, sum(map(len, parts)) + 5, 0xDD, batch.records)
        self._outputs.write([head, *parts], batch.records)
        self.totals.events += batch.records

    def _pass_on_findings(self) -> None:
        """What the checks of the kernel's integrity found."""
        for message in self._inspection.read() if self._inspection else ():
            kept, count = self._sieve.pass_on(message)
            if count:
                self._outputs.write([kept], count)
                self.totals.events += count

    def _tell(self, records: Iterable[bytes]) -> None:
        """Events that are not the kernel's."""
        decided = map(self._narrowing.decide, records)
        parts: list[bytes | memoryview] = [record for record in decided if record is not None]
        self._write(Batch(parts, len(parts)))

    def _left_in_ring(self) -> int:
        """Records that waited for a reader who never came: given up, counted."""
        ring, left = self._kernel.events, 0
        while count := ring.take(ring.end(), _BATCH)[0]:
            ring.release()
            left += count
        return left

    def _report_lost(self) -> None:
        found = self._kernel.lost()
        if not found:
            return
        context = found.pop(0, 0)
        if context:
            self.totals.context_lost += context
            self._outputs.write([encode(Lost("context", {"context": context}))])
        if found:
            names = {BY_ID[event].name: count for event, count in found.items()}
            self._outputs.write([encode(Lost("ring", names))])
            self.totals.lost += sum(found.values())
            self._loss.add(names)
            self.statistics.lost.update(names)
