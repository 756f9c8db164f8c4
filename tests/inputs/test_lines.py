# SPDX-License-Identifier: Apache-2.0
"""Tracee's JSON lines: what rules see of them, and lines that are none."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.inputs import lines as lines_module
from detector.inputs.form import Reader
from detector.inputs.line_candidates import LineCandidates
from detector.inputs.lines import LineBatch, Lines
from detector.notices import Errors
from detector.prefilter.prefilter import Prefilter
from detector.selection import Candidate, Selection, origin_of
from detector.signature import Selector, Signature
from detector.totals import Totals
from schemas.finding import Finding, SignatureMetadata
from schemas.line import Line
from schemas.line_event import LineEvent
from schemas.rendering.event import event_dict, rule_input
from schemas.rendering.finding import finding_text
from schemas.stream.parser import Batch, Parser, StreamError
from tests.recordings import record, recording

#: an event of v0.8.1's flat form
FLAT: dict[str, Any] = {
    "timestamp": 1662531910000000000, "threadStartTime": 1, "processorId": 0, "processId": 7,
    "cgroupId": 1, "threadId": 7, "parentProcessId": 1, "hostProcessId": 70, "hostThreadId": 70,
    "hostParentProcessId": 1, "userId": 0, "mountNamespace": 4026531840,
    "pidNamespace": 4026531836, "processName": "strace", "hostName": "h", "containerId": "",
    "eventId": "101", "eventName": "ptrace", "argsNum": 4, "returnValue": 0,
    "stackAddresses": None,
    "args": [
        {"name": "request", "type": "string", "value": "PTRACE_TRACEME"},
        {"name": "pid", "type": "pid_t", "value": 0},
        {"name": "addr", "type": "void*", "value": "0x0"},
        {"name": "data", "type": "void*", "value": "0x0"},
    ],
}  # fmt: skip
#: an event of the manual's form, with objects
TODAY: dict[str, Any] = {
    "timestamp": 1680182976364916505, "threadStartTime": 1680179107675006774, "processorId": 0,
    "processId": 1234, "threadId": 1234, "parentProcessId": 1, "userId": 0,
    "eventName": "execve", "eventId": "59", "returnValue": 0,
    "args": [
        {"name": "pathname", "type": "const char*", "value": "/bin/ls"},
        {"name": "argv", "type": "const char**", "value": ["ls", "-la"]},
    ],
    "container": {"id": "abc123def456", "name": "my-container", "image": "nginx:latest"},
    "kubernetes": {"podName": "nginx-pod", "podNamespace": "default"},
}  # fmt: skip


def event(line: dict[str, Any]) -> LineEvent:
    return LineEvent(Line(json.dumps(line).encode()))


def batches(data: bytes, size: int = 1 << 18) -> list[LineBatch]:
    reader = Lines()
    found = [b for at in range(0, len(data), size) for b in reader.feed(data[at : at + size])]
    return [*found, *reader.finish()]


@pytest.mark.parametrize("line", [FLAT, TODAY])
def test_rules_see_what_the_line_says(line: dict[str, Any]) -> None:
    seen = rule_input(event(line))
    assert {name: seen[name] for name in line} == line
    assert seen["data"] == {arg["name"]: arg["value"] for arg in line["args"]}


def test_todays_objects_fill_the_flat_fields() -> None:
    seen = rule_input(event(TODAY))
    flat = {name: seen[name] for name in ("containerId", "containerName", "containerImage")}
    assert list(flat.values()) == ["abc123def456", "my-container", "nginx:latest"]
    assert (seen["podName"], seen["podNamespace"]) == ("nginx-pod", "default")
    assert rule_input(event({**TODAY, "containerId": "told"}))["containerId"] == "told"


def test_numbers_that_have_names_become_these() -> None:
    made = recording([record("ptrace", {"request": 0, "pid": 7, "addr": 255, "data": None})])
    [batch] = [item for item in Parser().feed(made) if isinstance(item, Batch)]
    recorded = batch.decoder.event(batch.records[0])
    told = event(event_dict(recorded, recorded.args))
    assert rule_input(told) == rule_input(recorded)


def test_the_text_form_shows_the_lines_task() -> None:
    finding = Finding(SignatureMetadata("X-1", "Name"), event(FLAT), None, 0)
    assert finding_text(finding) == (
        "\n*** Detection ***\nTime: 2022-09-07T06:25:10Z\nSignature ID: X-1\nSignature: Name\n"
        "Data: map[]\nCommand: strace\nHostname:  h\n"
    )


@pytest.mark.parametrize(
    ("changes", "origin"),
    [
        ({}, "host"),
        ({"containerId": "abc"}, "container"),
        ({"containerId": "abc", "contextFlags": {"containerStarted": False}}, "container-init"),
        ({"containerId": "abc", "contextFlags": {"containerStarted": True}}, "container"),
        ({"container": {"id": "abc"}, "containerId": "abc"}, "container"),
        ({"containerId": 5, "contextFlags": "x"}, "host"),
    ],
)
def test_origin(changes: dict[str, Any], origin: str) -> None:
    assert origin_of(event(FLAT | changes)) == origin


def with_args(*args: Any) -> dict[str, Any]:
    return FLAT | {"args": list(args)}


@pytest.mark.parametrize(
    "args",
    [
        [{"name": "pid", "value": 7}],
        [{"name": "request", "value": 4096.5}, {"name": "request", "value": "x"}],
        [{"name": "argv", "type": "const char**", "value": "no list"}],
        [{"name": "argv", "type": "const char**", "value": [1, None, {"a": []}]}],
        [{"name": "pid"}],
        [{"name": "x", "type": 5, "value": True}],
        [],
    ],
    ids=["no type", "twice", "text for list", "list of anything", "no value", "odd type", "none"],
)
def test_odd_arguments_are_seen_as_they_are(args: list[Any]) -> None:
    seen = event(with_args(*args))
    assert rule_input(seen)["args"] == args
    assert seen.parsed() == [arg.get("value") for arg in args]
    assert seen.data() == {arg["name"]: arg.get("value") for arg in args}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (with_args("x"), "an argument of it has no name"),
        (with_args({"name": 5}), "an argument of it has no name"),
        (FLAT | {"args": {"a": 1}}, "its args are no list"),
        (FLAT | {"timestamp": "yesterday"}, "its timestamp is no integer"),
    ],
)
def test_what_cannot_be_an_event_is_refused(line: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        event(line)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(changes=st.dictionaries(st.sampled_from([*FLAT, *TODAY, "executable"]), json_values))
def test_any_line_is_an_event_or_refused(changes: dict[str, Any]) -> None:
    try:
        made = event(FLAT | changes)
    except ValueError:
        return
    msgspec.json.encode(rule_input(made))
    finding_text(Finding(SignatureMetadata("X", "X"), made, None, 0))
    assert isinstance(made.policy_names, list)


@pytest.mark.parametrize("size", [1, 7, 1 << 18])
def test_lines_are_numbered_and_bad_ones_told(size: int) -> None:
    good = json.dumps(FLAT).encode()
    parts = [
        good,
        b"{broken",
        b"",
        b"[1]",
        b'{"a": 1}',
        b'{"eventName": 5}',
        b"\xff",
        good,
        good[:9],
    ]
    found = batches(b"\n".join(parts), size)
    assert [number for batch in found for number, _, _ in batch.events] == [1, 8]
    faults = [fault for batch in found for fault in batch.faults]
    assert [fault.split(":")[0] for fault in faults] == [f"line {n}" for n in (2, 4, 5, 6, 7, 9)]


@pytest.mark.parametrize("length", [1 << 16, 1 << 20, 5 << 20])
def test_a_line_may_be_long(length: int) -> None:
    long = json.dumps(FLAT | {"note": "x" * length}).encode()
    short = json.dumps(FLAT).encode()
    found = batches(b"\n".join([short, long, short]), 1 << 16)
    assert [len(line) for batch in found for _, _, line in batch.events] == [
        len(short),
        len(long),
        len(short),
    ]


def test_a_line_without_end_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "_LONGEST", 1 << 20)
    short = json.dumps(FLAT).encode()
    found = batches(short + b"\n" + b"x" * (3 << 20) + b"\n" + short, 1 << 16)
    assert [number for batch in found for number, _, _ in batch.events] == [1, 3]
    [fault] = [fault for batch in found for fault in batch.faults]
    assert fault == "line 2: skipped: longer than 1 MiB"


@pytest.mark.parametrize("data", [b"{\n" * 1000, b"{", b"{}\n{}", b'{"eventName": 1}'])
def test_garbage_comes_to_an_end_and_is_an_error(data: bytes) -> None:
    reader = Reader()
    with pytest.raises(StreamError, match="no line of it is an event"):
        list(reader.feed(data)) + list(reader.finish())


SELECTORS = (Selector("ptrace", "host"), Selector("execve", "container"))
SIGNATURES = [Signature("k", SignatureMetadata("X", "X"), SELECTORS, None)]  # type: ignore[arg-type]


def candidates(lines: list[Any]) -> tuple[list[Candidate], Errors, Totals]:
    errors, totals = Errors(), Totals()
    made = LineCandidates(Selection(SIGNATURES), Prefilter({}), errors, totals)
    found: list[Candidate] = []
    for batch in batches(b"\n".join(json.dumps(line).encode() for line in lines)):
        found += made.of(batch, totals.events, "a.json")
        totals.events += len(batch.events)
    return found, errors, totals


def test_only_lines_that_somebody_selects_are_candidates() -> None:
    made, errors, totals = candidates(
        [FLAT, TODAY, FLAT | {"eventName": "open"}, FLAT | {"containerId": "c"}, FLAT]
    )
    assert [(one.position, one.keys) for one in made] == [(0, ("k",)), (1, ("k",)), (4, ("k",))]
    assert rule_input(made[0].event)["args"] == FLAT["args"]
    assert (errors.count, totals.selected) == (0, 3)


def test_a_selected_line_that_is_no_event_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    made, errors, _ = candidates([FLAT, FLAT | {"args": 1}, FLAT])
    assert [one.position for one in made] == [0, 2]
    assert errors.count == 1
    assert "a.json: line 2: skipped: its args are no list" in capsys.readouterr().err
