# SPDX-License-Identifier: Apache-2.0
"""What was judged by the plan before is what its policies' namesakes in force are asked about."""

from collector.choosing.policy import Policy, Rule
from collector.context.subjects import Subjects
from collector.hello import another, hello
from collector.loading.plan import Plan, decide
from collector.narrowing import Narrowing
from collector.turning import Era, Turn
from schemas.events import BY_NAME
from schemas.stream.decoder import Decoder
from schemas.stream.encoder import record
from schemas.stream.joiner import Joiner
from schemas.task import Task

MARK = 1 << 60  # FLAG_UNDECIDED


def plan(*policies: tuple[str, tuple[str, ...]]) -> Plan:
    """Of (name, events)."""
    made = [Policy(name, tuple(Rule(BY_NAME[one]) for one in events)) for name, events in policies]
    return decide(made, lambda _: "")


def told(event: str, policies: int, generation: int, flags: int = MARK) -> bytes:
    return record(BY_NAME[event], {}, Task(host_pid=7), timestamp=1, policies=policies,
                  generation=generation, flags=flags)  # fmt: skip


OLD = plan(("a", ("execve",)), ("b", ("execve", "ptrace")), ("c", ("execve",)))
NEW = plan(("c", ("execve",)), ("x", ("execve",)), ("a", ("getppid",)), ("b", ("execve",)))


def turned() -> tuple[Narrowing, Era]:
    known = Joiner()
    narrowing = Narrowing(Subjects(known, 0), known.processes)
    first = hello(OLD)
    narrowing.use(Era(8, OLD, first, Decoder(first, known)))
    second = another(first, NEW, 9)
    era = Era(9, NEW, second, Decoder(second, known))
    narrowing.use(era)
    return narrowing, era


def names(narrowing: Narrowing, era: Era, data: bytes) -> list[str]:
    kept = narrowing.decide(data)
    if kept is None:
        return []
    event = era.decoder.event(era.decoder.split(b"\xdd\0\0\0\1" + kept)[0])
    assert (event.generation, event.flags & MARK) == (9, 0)
    return event.policy_names


def test_what_a_call_was_judged_by_as_it_began_goes_to_the_policies_of_the_same_names() -> None:
    narrowing, era = turned()
    assert names(narrowing, era, told("execve", 0b111, 8)) == ["c", "b"]
    assert names(narrowing, era, told("execve", 0b111, 9)) == ["c", "x"]
    assert names(narrowing, era, told("execve", 0b001, 8)) == []  # a asks for another event now
    assert names(narrowing, era, told("ptrace", 0b010, 8)) == []
    assert names(narrowing, era, told("execve", 0b111, 7)) == []
    assert narrowing.filtered == {"execve": 2, "ptrace": 1}


def test_records_of_both_plans_are_parted_in_their_order() -> None:
    _, era = turned()
    mixed = [told("execve", bits, generation, 0) for bits, generation in
             ((1, 8), (1, 9), (2, 8), (3, 9), (4, 8))]  # fmt: skip
    ends = [sum(map(len, mixed[: at + 1])) for at in range(len(mixed))]
    turn = Turn(era, 0)
    places = zip([0, *ends], ends, strict=False)
    old = turn.old(memoryview(b"".join(mixed)), iter(places))
    assert (old, turn.kept) == ([mixed[0], mixed[2], mixed[4]], [mixed[1], mixed[3]])
