# SPDX-License-Identifier: Apache-2.0
"""What the prefilter turns away of JSON lines would not have been found."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.inputs.line_candidates import LineCandidates
from detector.inputs.lines import LineBatch
from detector.notices import Errors
from detector.prefilter.prefilter import Prefilter
from detector.python.load import load
from detector.rules import shipped, shipped_directories
from detector.selection import Candidate, Selection
from detector.signature import Selector
from detector.totals import Totals
from schemas.rendering.event import rule_input
from tests.detector.test_signatures import made
from tests.prefilter.asking import Asked, Json, asked
from tests.prefilter.events import events
from tests.python_signatures.running import Running


def candidates(
    selection: Selection, prefilter: Prefilter, lines: Sequence[Json]
) -> dict[int, Candidate]:
    stage = LineCandidates(selection, prefilter, Errors(), Totals())
    rows = [
        (number, line["eventName"], json.dumps(line).encode())
        for number, line in enumerate(lines, 1)
    ]
    return {one.position: one for one in stage.of(LineBatch(rows), 0, "")}


@pytest.fixture(scope="module")
def ours() -> Iterator[Asked]:
    with asked(shipped()) as opa:
        yield opa


def test_no_finding_of_a_shipped_rule_is_missed(ours: Asked) -> None:
    selection = Selection(ours.rules.signatures)
    near = [events(one, ours.residuals[one.key]) for one in ours.rules.signatures]
    found: set[str] = set()

    @settings(max_examples=60, derandomize=True, database=None)
    @given(st.lists(st.one_of(near), min_size=20, max_size=40))
    def check(made: list[Json]) -> None:
        lines = [{name: value for name, value in one.items() if name != "data"} for one in made]
        filtered = candidates(selection, ours.prefilter, lines)
        for position, (_, event, keys) in candidates(selection, Prefilter({}), lines).items():
            (matches,) = ours.matches(keys, [rule_input(event)])
            assert matches <= {*(filtered[position].keys if position in filtered else ())}, event
            found.update(matches)

    check()
    assert len(found) > 10


FAMILIES = ("AF_INET", "AF_INET", "AF_INET6", "AF_UNIX", 2, None)
ADDRESSES = st.fixed_dictionaries(
    {
        "sa_family": st.sampled_from(FAMILIES),
        "sin_addr": st.sampled_from(["10.96.0.1", "10.96.0.1", "::ffff:10.96.0.1", "x", 7]),
        "sin_port": st.sampled_from(["443", "", 443]),
    }
)
SERVER = "KUBERNETES_SERVICE_HOST=10.96.0.1"
ENV: st.SearchStrategy[Any] = st.sampled_from(["A=1", SERVER, SERVER, 5, None, []])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "sockfd": st.sampled_from([-1, 0, 2, 3, None, "0"]),
    "oldfd": st.integers(0, 3),
    "newfd": st.sampled_from([-1, 0, 1, 2, 3, None, True, 2.0]),
    "addr": st.one_of(ADDRESSES, ADDRESSES, st.sampled_from([None, "x"])),
    "env": st.one_of(st.lists(ENV, min_size=1, max_size=3), ENV),
}
VALUES |= {"remote_addr": VALUES["addr"], "envp": VALUES["env"]}
ARGUMENTS = {
    "connect": ("sockfd", "addr"),
    "security_socket_connect": ("sockfd", "remote_addr"),
    "socket_dup": ("oldfd", "newfd", "remote_addr"),
    "execve": ("envp",),
    "sched_process_exec": ("env",),
}
PYTHON = load([shipped_directories()[-1]])[0]
NAMES = sorted({one.name for loaded in PYTHON for one in loaded.signature.selectors})


@st.composite
def lines_for_python(draw: st.DrawFn) -> Json:
    name = draw(st.sampled_from(NAMES))
    args = draw(st.fixed_dictionaries({field: VALUES[field] for field in ARGUMENTS[name]}))
    return {
        "eventName": name,
        "containerId": draw(st.sampled_from(["pod", "pod", "other", ""])),
        "returnValue": draw(st.sampled_from([0, -115, -111])),
        "args": [{"name": name, "value": value} for name, value in args.items()],
    }


def test_shipped_python_signatures_find_the_same() -> None:
    signatures = [one.signature for one in PYTHON]
    selection = Selection(signatures)
    prefilter = Prefilter({}, {one.key: one.selectors for one in signatures})
    found: set[str] = set()

    @settings(max_examples=200, derandomize=True, database=None)
    @given(st.lists(lines_for_python(), min_size=5, max_size=20))
    def check(lines: list[Json]) -> None:
        told = []
        for one in (prefilter, Prefilter({})):
            running = Running(shipped_directories()[-1])
            chosen = [*candidates(selection, one, lines).values()]
            matches = running.engine.judge(chosen) + running.engine.end("test")
            told.append(running.told(matches))
            assert not running.errors.count
        assert told[0] == told[1]
        found.update(name for _, name, _ in told[0])

    check()
    assert found == {one.metadata.id for one in signatures}


def line(name: str, value: Any, **more: Any) -> Json:
    return {"eventName": name, "args": [{"name": "x", "value": value}], **more}


def test_an_event_that_is_preferred_replaces_others_once_it_came() -> None:
    selectors = [Selector("better", instead_of=("good",)), Selector("good")]
    selection = Selection([made("k", *selectors)])
    names = ["good", "good", "better", "good", "better"]
    assert [*candidates(selection, Prefilter({}), [line(n, 1) for n in names])] == [0, 1, 2, 4]


def test_lines_that_tell_raw_values_apart_are_for_the_signatures_to_see() -> None:
    one = made("k", Selector("a"))
    prefilter = Prefilter({}, {"k": [Selector("a", where=False)]})
    lines = [line("a", 1), line("a", 1, data={"x": 5}), line("a", 1, data=None)]
    assert [*candidates(Selection([one]), prefilter, lines)] == [1]
