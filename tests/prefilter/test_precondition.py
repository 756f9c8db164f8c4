# SPDX-License-Identifier: Apache-2.0
"""The `where` of Python signatures: tested before an event is decoded, and only to save work."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from detector.candidates import Candidates
from detector.notices import Errors
from detector.prefilter.condition import Condition
from detector.prefilter.prefilter import Prefilter
from detector.python.where import data, either, every, field, parsed
from detector.selection import Selection
from detector.signature import Selector
from detector.totals import Totals
from schemas.events import BY_NAME
from schemas.stream.messages import Hello, encode
from schemas.stream.parser import Batch, Parser
from tests.detector.test_signatures import made
from tests.recordings import TASK, batch, hello, layout, record

HOME, LOADER = ["HOME=/"], ["HOME=/", "LD_PRELOAD=/x.so"]
ADDRESS = b"\2\0\0\x50" + bytes((10, 0, 0, 1)) + bytes(8)


def seen(
    selectors: Sequence[Selector], name: str, *events: dict[str, Any], greeting: Hello | None = None
) -> list[bool]:
    """Of which of these events the signature is handed, by the arguments."""
    selection = Selection([made("k", *selectors)])
    prefilter = Prefilter({}, {"k": selectors})
    stream = encode(greeting or hello()) + batch([record(name, args, task=TASK) for args in events])
    [found] = [item for item in Parser().feed(stream) if isinstance(item, Batch)]
    errors = Errors()
    candidates = Candidates(found.decoder, selection, prefilter, errors, Totals())
    chosen = {one.position for one in candidates.of(found, 0)}
    assert not errors.count
    return [at in chosen for at in range(len(events))]


@pytest.mark.parametrize(
    ("where", "name", "yes", "no"),
    [
        (True, "dup2", {"oldfd": 3}, None),
        (data("oldfd").at_most(2), "dup2", {"oldfd": 2}, {"oldfd": 3}),
        (data("oldfd").at_least(2), "dup2", {"oldfd": 2}, {"oldfd": 1}),
        (data("oldfd").equals(1, 2), "dup2", {"oldfd": 2}, {"oldfd": 3}),
        (data("oldfd").at_most(2), "dup2", {"oldfd": None}, None),  # it cannot be judged
        (data("pathname").is_one_of("/a", "/b"), "openat", {"pathname": "/b"}, {"pathname": "/c"}),
        (data("pathname").starts_with("/a"), "openat", {"pathname": "/ab"}, {"pathname": "/b"}),
        (data("pathname").ends_with("/a", "b"), "openat", {"pathname": "/ab"}, {"pathname": None}),
        (data("pathname").contains("a"), "openat", {"pathname": "/ab"}, {"pathname": "/b"}),
        (parsed("flags").contains("O_RDWR"), "openat", {"flags": 2}, {"flags": 1}),
        (data("flags").equals(2), "openat", {"flags": 2}, {"flags": 1}),
        (data("envp").any().starts_with("LD_"), "execve", {"envp": LOADER}, {"envp": HOME}),
        (
            data("addr").key("sa_family").is_one_of("AF_INET"),
            "connect",
            {"addr": ADDRESS},
            {"addr": b"\1\0/x"},
        ),
        (field("userId").equals(0), "dup2", {}, None),
        (field("userId").at_least(1), "dup2", None, {}),
        (field("no.such.field").equals(1), "dup2", {}, None),
        (data("no_argument").at_most(5), "dup2", None, {"oldfd": 3}),
        (every(data("oldfd").equals(1), field("userId").equals(0)), "dup2", {"oldfd": 1}, {}),
        (every(data("oldfd").equals(1), data("none").equals(0)), "dup2", None, {"oldfd": 1}),
        (
            either(data("oldfd").equals(1), data("none").equals(0)),
            "dup2",
            {"oldfd": 1},
            {"oldfd": 2},
        ),
    ],
)
def test_where(
    where: Condition, name: str, yes: dict[str, Any] | None, no: dict[str, Any] | None
) -> None:
    for args, expected in ((yes, True), (no, False)):
        if args is not None:
            assert seen([Selector(name, where=where)], name, args) == [expected], args


def test_one_of_several_selectors_is_enough() -> None:
    first, second = data("oldfd").equals(1), data("newfd").equals(1)
    selectors = [Selector("dup2", where=first), Selector("dup2", "host", where=second)]
    events = [{"oldfd": 1}, {"newfd": 1}, {"oldfd": 2, "newfd": 2}]
    assert seen(selectors, "dup2", *events) == [True, True, False]
    every_event = Selector("*", where=first)
    assert seen([every_event], "dup2", *events) == [True, False, False]


def test_a_kind_of_a_later_version_lets_everything_through() -> None:
    dup = layout(BY_NAME["dup2"])
    later = [msgspec.structs.replace(field, kind=99) for field in dup.fields]
    greeting = hello(layouts=[msgspec.structs.replace(dup, fields=tuple(later))])
    assert seen(
        [Selector("dup2", where=data("oldfd").equals(1))], "dup2", {"oldfd": 2}, greeting=greeting
    ) == [True]
