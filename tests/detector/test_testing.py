# SPDX-License-Identifier: Apache-2.0
"""`detector test`: what holds, what does not and where, for all three kinds."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from detector.rules import shipped_directories
from detector.testing import run
from pytracee.service.errors import OperatorError
from tests.cel.config import HEAD, entry
from tests.detector.rego import ALWAYS, GUIDE, signature

Make = Callable[..., Path]
Told = Callable[..., tuple[int, list[str]]]

#: as Tracee's users wrote them: in the signature's own style, and in its package
OLD_TEST = """\
package tracee.TRC_2

test_match_1 {
        tracee_match with input as {
                "eventName": "ptrace",
                "argsNum": 1,
                "args": [{"name": "request", "value": "PTRACE_TRACEME"}]
        }
}

test_match_wrong_request {
        not tracee_match with input as {
                "eventName": "ptrace",
                "args": [{"name": "request", "value": "PTRACE_PEEKDATA"}]
        }
}
"""
NEW_TEST = """\
package tracee.A_test

import data.tracee.A
import rego.v1

test_good if A.tracee_match

test_bad if not A.tracee_match

todo_test_later if false
"""
CASES = """\
    tests:
      - {name: passwd, event: {eventName: openat, args: {pathname: /etc/passwd}}, match: true}
      - {event: {eventName: openat, args: {pathname: /etc/hosts}}, match: true}
      - name: root reads it
        event: {eventName: openat, userId: 0, args: {pathname: /etc/passwd}}
        match: false
      - {event: {eventName: openat, args: {pathnam: x}}, match: true}
      - {event: {eventName: openat, usrId: 1}, match: true}
      - {event: {eventName: openat, args: {flags: O_RDWR, pathname: 1}}, match: true}
      - {event: {eventName: ptrace}, match: false}
      - {event: {eventName: openat, args: {pathname: /etc/passwd, flags: O_RDWR}}, match: true}
      - {event: {eventName: openat, returnValue: -5}, match: false}
"""
EXPRESSION = (
    "10 / (input.returnValue + 5) > 0 && input.stringArg('pathname') == '/etc/passwd' && "
    "input.userId != 1000"
)
PYTHON = """\
from detector.python import *

class Mine(PythonSignature):
    metadata = SignatureMetadata(id="MINE", name="Mine")
    selectors = [Selector("openat")]

    def on_event(self, event):
        if event.data()["pathname"].startswith("/etc"):
            self.found({"fd": event.return_value})

    @classmethod
    def examples(cls):
        etc = example("openat", {"pathname": "/etc/x"}, returned=3)
        yield Example("good", [etc, etc], [{"fd": 3}, {"fd": 3}])
        yield Example("misses", [etc])
        yield Example("invents", [example("openat", {"pathname": "/x"})], [{"fd": 0}])
        yield Example("fails", [example("openat")])
"""


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Told:
    """Exit status, and the lines without the directories' names."""

    def check(*paths: Path) -> tuple[int, list[str]]:
        status = run(paths)
        lines = capfd.readouterr().out.splitlines()
        return status, [re.sub(r" /\S*/", " ", line) for line in lines]

    return check


def test_rego(signatures: Make, told: Told) -> None:
    directory = signatures(a=signature("A", ALWAYS), a_test=NEW_TEST, g=GUIDE, g_test=OLD_TEST)
    assert told(directory) == (
        1,
        [
            "ok    a_test.rego:6: test_good",
            "FAIL  a_test.rego:8: test_bad: it does not hold",
            "skip  a_test.rego:10: todo_test_later",
            "ok    g_test.rego:3: test_match_1",
            "ok    g_test.rego:11: test_match_wrong_request",
            "tests 5, passed 3, failed 1, skipped 1, files with errors 0",
        ],
    )


def test_of_a_file_only_its_own_tests_run(signatures: Make, told: Told) -> None:
    directory = signatures(a=signature("A", ALWAYS), a_test=NEW_TEST, g=GUIDE, g_test=OLD_TEST)
    for name in ("g.rego", "g_test.rego"):
        status, lines = told(directory / name)
        assert status == 0
        assert lines[-1] == "tests 2, passed 2, failed 0, skipped 0, files with errors 0"


def test_a_test_that_cannot_be_compiled_is_told_and_the_others_run(
    signatures: Make, told: Told
) -> None:
    directory = signatures(g=GUIDE, g_test=OLD_TEST, x_test="package x\n\ntest_x { nope(1) }\n")
    status, lines = told(directory)
    assert status == 1
    assert re.sub(r".*/", "", lines[0]) == "x_test.rego:3:10: undefined function nope"
    assert lines[-1] == "tests 2, passed 2, failed 0, skipped 0, files with errors 1"


def test_a_test_cannot_reach_out(signatures: Make, told: Told) -> None:
    test = 'package x\n\ntest_x { http.send({"method": "get", "url": "http://127.0.0.1"}) }\n'
    _, lines = told(signatures(x_test=test))
    assert "http.send is not allowed in signatures" in lines[0]


def test_cel(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(HEAD + entry("C", EXPRESSION, "openat", more=CASES))
    lines = [
        "ok    c.yaml:10: C passwd",
        "FAIL  c.yaml:11: C case 2: it does not match",
        "FAIL  c.yaml:12: C root reads it: it matches",
        "FAIL  c.yaml:15: C case 4: openat has no argument pathnam (did you mean pathname?)",
        "FAIL  c.yaml:16: C case 5: an example has no field usrId (did you mean userId?)",
        "FAIL  c.yaml:17: C case 6: pathname is a const char*, and 1 is none",
        "FAIL  c.yaml:18: C case 7: it does not select ptrace",
        "ok    c.yaml:19: C case 8",
        "FAIL  c.yaml:20: C case 9: it cannot judge this event",
        "tests 9, passed 2, failed 7, skipped 0, files with errors 0",
    ]
    assert told(tmp_path) == (1, lines)
    assert told(path) == (1, lines)


def test_python(tmp_path: Path, told: Told) -> None:
    (tmp_path / "p.py").write_text(PYTHON)
    status, lines = told(tmp_path)
    assert status == 1
    assert lines == [
        "ok    p.py:11: MINE good",
        "FAIL  p.py:11: MINE misses: it finds [{'fd': 3}], and not nothing",
        "FAIL  p.py:11: MINE invents: it finds nothing, and not [{'fd': 0}]",
        "FAIL  p.py:11: MINE fails: it fails on these events",
        "tests 4, passed 1, failed 3, skipped 0, files with errors 0",
    ]


def test_examples_that_cannot_be_made_are_told(tmp_path: Path, told: Told) -> None:
    (tmp_path / "p.py").write_text(PYTHON.replace('"openat", {"pathname": "/x"}', '"openat", 1'))
    status, lines = told(tmp_path)
    assert status == 1
    assert "MINE examples: they cannot be made: TypeError" in lines[0]


def test_nothing_to_test_is_an_error(signatures: Make) -> None:
    with pytest.raises(OperatorError, match="there is no test"):
        run([signatures(a=signature("A", ALWAYS))])


EXAMPLES = Path(__file__).parents[2] / "examples" / "signatures"


@pytest.mark.parametrize(
    "directories", [shipped_directories(), [EXAMPLES]], ids=["shipped", "examples"]
)
def test_ours_pass(told: Told, directories: Sequence[Path]) -> None:
    status, lines = told(*directories)
    assert status == 0
    assert {line[:4].strip() for line in lines[:-1]} == {"ok"}
