# SPDX-License-Identifier: Apache-2.0
"""What CEL signatures see of an event, and what becomes of those that cannot judge one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detector.cel.engine import CelEngine
from detector.cel.load import load
from detector.example import example
from detector.notices import Errors
from detector.selection import Candidate
from schemas.event import Event
from schemas.finding import Finding, FindingEvent, SignatureMetadata
from schemas.rendering.event import rule_input
from schemas.task import Task
from tests.cel.config import HEAD, entry
from tests.cel.conftest import Write

GUIDE = """\
kind: SignaturesConfig
apiVersion: tracee.aquasecurity.github.io/v1alpha1
signatures:
  - metadata:
      id: "Mine-0.1.0"
      version: "0.1.0"
      name: "My Own Signature"
      description: "My Own Signature Detects Stuff"
      tags:
        - "linux"
    eventSelectors:
      - source: tracee
        name: openat
    expression: |-
        input.eventName == 'openat' &&
        input.stringArg('pathname').startsWith('/etc/passwd')

"""
TASK = Task(host_pid=70, pid=7, uid=1000, comm=b"c\xff\xe9\x9b\xaa", uts_name=b"box")


def engine(directory: Path, errors: Errors | None = None) -> CelEngine:
    found, problems = load([directory])
    assert not problems
    return CelEngine(found, errors or Errors())


def judge(made: CelEngine, events: Sequence[Event], *more: str) -> list[tuple[int, str]]:
    """(position, signature id) of the matches, where every signature is to see every event."""
    names = {one.key: one.metadata.id for one in made.signatures}
    keys = (*more, *names)
    found = made.judge([Candidate(at, event, keys) for at, event in enumerate(events)])
    return [(match.candidate.position, names[match.key]) for match in found]


def matches(write: Write, expression: str, event: Event) -> bool:
    errors = Errors()
    made = engine(write(HEAD + entry("X", expression, "*")), errors)
    answer = bool(judge(made, [event]))
    assert errors.count == 0
    return answer


def opened(path: str | None) -> Event:
    return example("openat", {"pathname": path, "flags": 0o101, "dirfd": -100}, task=TASK)


def test_the_guides_example_runs_as_it_is(write: Write) -> None:
    made = engine(write(GUIDE))
    [signature] = made.signatures
    assert signature.metadata.id == "Mine-0.1.0"
    assert signature.metadata.event_name == "my_own_signature"
    assert signature.metadata.tags == ("linux",)
    assert [selector.name for selector in signature.selectors] == ["openat"]
    found = judge(made, [opened("/etc/passwd"), opened("/etc/hosts"), opened(None)])
    assert found == [(0, "Mine-0.1.0")]


@pytest.mark.parametrize(
    ("expression", "event"),
    [
        ("input.stringArg('flags') == 'O_WRONLY|O_CREAT'", opened("x")),
        ("input.intArg('flags') == 65 && input.uintArg('flags') == 65u", opened("x")),
        ("input.stringArg('dirfd') == 'AT_FDCWD' && input.intArg('dirfd') == -100", opened("x")),
        ("input.uintArg('dirfd') == 18446744073709551516u", opened("x")),
        (
            "input.intArg('addr') == -1 && input.stringArg('addr') == '0xffffffffffffffff'",
            example("mprotect", {"addr": (1 << 64) - 1}),
        ),
        ("input.boolArg('invoked_from_kernel')",
         example("sched_process_exec", {"invoked_from_kernel": True})),
        (("input.stringSliceArg('argv').exists(a, a.startsWith('-')) && "
         "input.stringSliceArg('argv')[0] == 'ls'"),
         example("sched_process_exec", {"argv": ["ls", "-l"]})),
        (("input.sockaddrArg('addr')['sin_port'] == '443' && "
         "input.sockaddrArg('addr').sa_family == 'AF_INET'"),
         example("connect", {"addr": {"sa_family": "AF_INET", "sin_port": "443"}})),
        ('input.stringArg("pathname") == "input.stringArg(\'x\')" // input.nothing',
         opened("input.stringArg('x')")),
        ("input.stringArg( // which?\n  'pathname' ).endsWith('d')", opened("/etc/passwd")),
    ],
)  # fmt: skip
def test_arguments(write: Write, expression: str, event: Event) -> None:
    assert matches(write, expression, event)


@pytest.mark.parametrize("container", ["", "3f4ea2c9d5b1"])
def test_every_field_is_what_rego_rules_see(write: Write, container: str) -> None:
    event = example("openat", {}, task=TASK, returned=-2, timestamp=9, container=container)
    flat = rule_input(event)
    values = {name: value for name, value in flat.items() if type(value) in (str, int)} | {
        "executable.path": flat["executable"]["path"],
        "contextFlags.containerStarted": flat["contextFlags"]["containerStarted"],
        "containerID": flat["containerId"],
        "container.id": flat["containerId"],
        "userID": 1000,
        "kubernetes.podName": flat["podName"],
    }
    said = " && ".join(f"input.{name} == {_literal(value)}" for name, value in values.items())
    assert matches(write, said, event)


def _literal(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@pytest.mark.parametrize(
    "expression",
    [
        "input.stringArg('pathname') == ''",
        "input.stringArg('pathname') != 'x'",
        "!(input.stringArg('pathname') == 'x')",
        "input.intArg('mode') == 0",
        "!input.boolArg('mode')",
        "input.stringSliceArg('mode') == []",
        "input.intArg('pathname') == 0",
        "input.stackAddresses == []",
    ],
)
def test_what_an_event_does_not_have_does_not_match_and_is_no_error(
    write: Write, expression: str
) -> None:
    assert not matches(write, expression, opened(None))


def test_findings_of_other_signatures_are_events(write: Write) -> None:
    data = {"path": "/x", "fd": 3, "argv": ["a"], "to": {"ip": "::1"}, "first": True, "big": 1.5}
    finding = Finding(SignatureMetadata("A", "A", event_name="a_name"), opened("x"), data, 0)
    said = (
        "input.eventName == 'a_name' && input.stringArg('path') == '/x' && input.intArg('fd') == 3"
        " && input.stringSliceArg('argv') == ['a'] && input.sockaddrArg('to').ip == '::1'"
        " && input.boolArg('first')"
    )
    assert matches(write, said, FindingEvent(finding, frozenset()))
    assert not matches(write, "input.intArg('big') >= 0", FindingEvent(finding, frozenset()))


def test_a_key_that_an_address_does_not_have_does_not_match(write: Write) -> None:
    event = example("connect", {"addr": {"sa_family": "AF_UNIX", "sun_path": "/x"}})
    assert not matches(write, "input.sockaddrArg('addr')['sin_port'] != '1'", event)


def test_what_is_not_there_does_not_spoil_an_alternative(write: Write) -> None:
    said = "input.stringArg('pathname') == 'x' || input.intArg('flags') == 65"
    assert matches(write, said, opened(None))


def test_many_signatures_of_one_event_each_have_their_own_answer(write: Write) -> None:
    entries = [
        entry(f"S{n}", f"input.stringArg('pathname').endsWith('/{n}') // odd ]", "openat")
        for n in range(100)
    ]
    made = engine(write(HEAD + "".join(entries)))
    found = judge(made, [opened("/3"), opened("none"), opened("/99")], "s0")
    assert found == [(0, "S3"), (2, "S99")]


def test_an_error_costs_only_its_own_signature_and_is_told_once(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = Errors()
    text = HEAD + entry("BAD", "1 / input.returnValue == 1", "*") + entry("GOOD", "true", "*")
    made = engine(write(text), errors)
    events = [opened("x"), opened("y"), example("openat", returned=1)]
    assert judge(made, events) == [(0, "GOOD"), (1, "GOOD"), (2, "BAD"), (2, "GOOD")]
    assert errors.count == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "BAD" in told[0]
    assert "cannot judge openat at position 0: INVALID_ARGUMENT: divide by zero" in told[0]


def test_expressions_that_are_too_long_together_are_judged_one_by_one(write: Write) -> None:
    long = "input.returnValue == 0 && '" + "x" * 60_000 + "' != ''"
    made = engine(write(HEAD + entry("A", long, "*") + entry("B", long, "*")))
    assert judge(made, [opened("x")]) == [(0, "A"), (0, "B")]


def test_keys_of_other_engines_are_left_alone(write: Write) -> None:
    made = engine(write(HEAD + entry("A", "true", "*")))
    candidate = Candidate(0, opened("x"), ("s0", "p0"))
    assert made.judge([candidate]) == []
    assert (made.settle(), made.end("x"), made.busy) == ([], [], False)
