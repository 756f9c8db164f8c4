# SPDX-License-Identifier: Apache-2.0
"""What a predicate reads of a record is what the rules get of the decoded event."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.candidates import Candidates
from detector.notices import Errors
from detector.prefilter.condition import Argument, Data, Field
from detector.prefilter.prefilter import Prefilter
from detector.prefilter.reading import TASK, Root, reading
from detector.rules import shipped
from detector.selection import Selection
from detector.totals import Totals
from schemas.event import COMPAT, CONTAINER_STARTED, Event
from schemas.event_type import EventType
from schemas.event_type import Field as Described
from schemas.events import CATALOGUE
from schemas.kinds import KIND_OF_TYPE, Kind
from schemas.rendering.event import rule_input
from schemas.stream.encoder import record
from schemas.stream.messages import Container, encode
from schemas.stream.parser import Batch, Parser
from tests.prefilter.asking import Asked, asked
from tests.recordings import TASK as SOMEONE
from tests.recordings import hello, layout, recording

CGROUP = 4242
WORDS = ("/etc/ld.so.preload", "/proc/1/mem", "/bin/sh", "LD_PRELOAD=x", "memfd:x", "x")
TEXT = st.one_of(st.sampled_from(WORDS), st.text("a/\u00e9", max_size=4)).map(str.encode)
BYTES = st.one_of(TEXT, st.binary(max_size=6).filter(lambda data: b"\0" not in data))
OF_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.I32: st.one_of(st.integers(0, 70), st.integers(-(2**31), 2**31 - 1)),
    Kind.U32: st.integers(0, 2**32 - 1),
    Kind.I64: st.one_of(st.integers(0, 20), st.integers(-(2**63), 2**63 - 1)),
    Kind.U64: st.integers(0, 2**64 - 1),
    Kind.POINTER: st.integers(0, 2**64 - 1),
    Kind.BOOL: st.booleans(),
    Kind.STRING: BYTES,
    Kind.STRINGS: st.lists(TEXT.map(bytes.decode), max_size=3),
    Kind.SOCKADDR: st.sampled_from([b"\1\0/run/x", b"\2\0\0\x35\x7f\0\0\1", b"", b"\2"]),
    Kind.TIMESPEC: st.one_of(st.just(b""), st.binary(min_size=16, max_size=16)),
    Kind.TIMESPEC32: st.one_of(st.just(b""), st.binary(min_size=8, max_size=8)),
    Kind.PAIR: st.one_of(st.just(b""), st.binary(min_size=8, max_size=8)),
    Kind.CREDENTIALS: st.one_of(st.just(b""), st.binary(min_size=80, max_size=80)),
}
#: of the other kinds: whatever it is, what comes of it must be the same for both
ANY_BYTES = st.one_of(BYTES, st.binary(max_size=20))
#: whatever the catalogue has today
EVERY_KIND = EventType(
    id=65_000,
    name="every_kind",
    doc="",
    sets=(),
    fields=tuple(
        Described(f"{kind.name}_{at}", written, "")
        for at, (written, kind) in enumerate(KIND_OF_TYPE.items())
    ),
    probes=(),
)
EVENTS = {event.id: event for event in (*CATALOGUE, EVERY_KIND)}
#: one event of each form that a record can have: kinds, and which fields have names for numbers
FORMS = {
    tuple((f.kind, f.parser is None) for f in event.fields): event for event in EVENTS.values()
}


@st.composite
def records(draw: st.DrawFn, event: EventType) -> bytes:
    args = {
        f.name: draw(st.one_of(st.none(), OF_KIND.get(f.kind, ANY_BYTES))) for f in event.fields
    }
    comm = draw(st.sampled_from([b"nginx", b"sh", b"\xff\\x", b"0123456789abcdef"]))
    flags = draw(st.sampled_from([0, 1, COMPAT, CONTAINER_STARTED, COMPAT | CONTAINER_STARTED]))
    task = SOMEONE._replace(comm=comm, cgroup_id=draw(st.sampled_from([0, 42, CGROUP])))
    returned = draw(st.integers(-5, 5))
    return record(event, args, task, timestamp=0, policies=1, returned=returned, flags=flags)


def batches(made: list[bytes]) -> Iterator[Batch]:
    """As a reader gets them; one control group is a container's."""
    events = {int.from_bytes(one[4:6]) for one in made}
    known = hello(layouts=[layout(EVENTS[number]) for number in events])
    stream = encode(known) + encode(Container(CGROUP, "c" * 64)) + recording(made, known)
    return (item for item in Parser().feed(stream) if isinstance(item, Batch))


@pytest.mark.parametrize("event", FORMS.values(), ids=lambda event: event.name)
def test_every_value_is_the_one_that_rules_get(event: EventType) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(records(event))
    def check(made: bytes) -> None:
        (batch,) = batches([made])
        values = batch.decoder.values(batch.records[0])
        seen = rule_input(batch.decoder.event(batch.records[0]))
        here = reading(batch.decoder, event.id)
        assert len(values) == here.length
        scope = {**here.functions, "values": values}
        exec(TASK, scope)
        for root, expression in here.expressions.items():
            assert eval(expression, scope) == expected(seen, root), root

    check()


def expected(seen: Mapping[str, Any], root: Root) -> Any:
    match root:
        case Argument(name):
            return next(one["value"] for one in seen["args"] if one["name"] == name)
        case Data(name):
            return seen["data"][name]
        case Field(path):
            return reduce(lambda value, step: value[step], path, seen)


@pytest.fixture(scope="module")
def ours() -> Iterator[Asked]:
    with asked(shipped()) as opa:
        yield opa


def test_no_finding_in_a_record_is_missed(ours: Asked) -> None:
    """The same records with and without the prefilter, and OPA's matches in both."""
    selection = Selection(ours.rules.signatures)
    selected = [event for event in CATALOGUE if event.name in selection.events()]

    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.one_of([records(event) for event in selected]), min_size=20, max_size=40))
    def check(made: list[bytes]) -> None:
        filtered = candidates(selection, ours.prefilter, made)
        every = candidates(selection, Prefilter({}), made)
        assert filtered.keys() <= every.keys()
        for position, (event, keys) in every.items():
            (matches,) = ours.matches(keys, [rule_input(event)])
            assert matches <= {*filtered.get(position, (event, ()))[1]}

    check()


def candidates(
    selection: Selection, prefilter: Prefilter, made: list[bytes]
) -> dict[int, tuple[Event, tuple[str, ...]]]:
    """Position → the event, and the keys of those that are to judge it."""
    (batch,) = batches(made)
    stage = Candidates(batch.decoder, selection, prefilter, Errors(), Totals())
    return {one.position: (one.event, one.keys) for one in stage.of(batch, 0)}
