# SPDX-License-Identifier: Apache-2.0
"""`detector check`: every mistake at its place, all at once, and none where there is none."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.check import run
from detector.rules import shipped_directories
from tests.cel.config import HEAD, entry
from tests.detector.rego import ALWAYS, GUIDE
from tests.detector.rego import signature as with_helpers

Make = Callable[..., Path]
PYTHON = """\
from detector.python import PythonSignature, Selector, SignatureMetadata

class Mine(PythonSignature):
    metadata = SignatureMetadata(id="MINE", name="Mine")
    selectors = [Selector("{event}")]
    def on_event(self, event): pass
"""


def signature(name: str, match: str, *, events: str = "ptrace") -> str:
    """As `with_helpers`, without an import that the rules do not use."""
    text = with_helpers(name, match, events=events)
    return text if "helpers." in match else text.replace("import data.tracee.helpers\n", "")


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """What is said of directories, without their names; the exit status is held to it."""

    def check(*directories: Path) -> list[str]:
        status = run(directories)
        *lines, totals = capfd.readouterr().out.splitlines()
        assert totals.endswith(f", errors {len(lines)}")
        assert status == bool(lines)
        return [re.sub(r"^\S*/", "", line) for line in lines]

    return check


def place(path: Path, what: str) -> str:
    text = path.read_text()
    at = text.index(what)
    return f"{path.name}:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


@pytest.mark.parametrize(
    ("match", "what", "message"),
    [
        ('input.data.pathnam == "x"', "input.data",
         "openat has no data.pathnam (did you mean pathname?)"),
        ('input["proccessName"] == "x"', "input[",
         "openat has no proccessName (did you mean processName?)"),
        ("input.data.flags == 1; input.data.pathname == 1", "input.data.pathname",
         "match error"),
        ("unused := 1", "unused", "assigned var unused unused"),
        ("input.args[_].nam == 1", "input.args", "undefined ref: input.args[_].nam"),
        ('helpers.get_tracee_argument("pathnam") == "x"', '"pathnam"',
         "openat has no argument pathnam (did you mean pathname?)"),
        ('some x in helpers.argument.pathnam; x == "x"', "pathnam;",
         "openat has no argument pathnam (did you mean pathname?)"),
        ('count(helpers.argument["pathnam"]) > 0', '"pathnam"',
         "openat has no argument pathnam (did you mean pathname?)"),
        ('helpers.first("pathnam") == 1', '"pathnam"',
         "openat has no argument pathnam (did you mean pathname?)"),
    ],
)  # fmt: skip
def test_what_rego_asks_of_an_event_that_has_it_not(
    signatures: Make, told: Callable[..., list[str]], match: str, what: str, message: str
) -> None:
    helpers = (
        "package tracee.helpers\n\nimport rego.v1\n\n"
        "get_tracee_argument(name) := input.data[name]\n\n"
        "first(name) := input.data[name]\n\n"
        "argument[name] contains input.processName if some name in [input.eventName]\n"
    )
    directory = signatures(
        bad=signature("BAD", f"tracee_match if {{\n\t{match}\n}}", events="openat"),
        good=signature("GOOD", 'tracee_match if input.data.pathname == "x"', events="openat"),
        helpers=helpers,
    )
    [line] = [line for line in told(directory) if "bad.rego" in line]
    assert line.startswith(f"{place(directory / 'bad.rego', what)}: {message}")


def test_a_field_that_one_of_the_selected_events_has_is_no_mistake(
    signatures: Make, told: Callable[..., list[str]]
) -> None:
    more = 'tracee_selected_events contains {"source": "tracee", "name": "openat2"}\n'
    text = signature("A", "tracee_match if input.data.flags == input.data.how", events="openat")
    assert told(signatures(a=text + more)) == []
    assert told(signatures(a=text.replace('"openat"', '"ptrace"') + more)) == [
        "a.rego:9:17: openat2 or ptrace has no data.flags"
    ]


@pytest.mark.parametrize("event", ["*", "anti_debugging"])
def test_of_events_that_are_not_in_the_catalogue_any_field_is_right(
    signatures: Make, told: Callable[..., list[str]], event: str
) -> None:
    match = "tracee_match if {\n\tinput.data.x == 1\n\tinput.metadata.Name\n\tinput.args[_].nam\n}"
    assert told(signatures(a=signature("A", match, events=event))) == []


def test_the_parts_of_an_address_are_known(
    signatures: Make, told: Callable[..., list[str]]
) -> None:
    good = 'net.cidr_contains("10.0.0.0/8", input.data.addr.sin_addr); input.data.addr.sin6_port'
    match = "tracee_match if {{\n\t{}\n}}"
    assert told(signatures(a=signature("A", match.format(good), events="connect"))) == []
    bad = signature("B", match.format("input.data.addr.sin_prt"), events="connect")
    assert [line for line in told(signatures(b=bad)) if line.startswith("b.")] == [
        "b.rego:10:2: undefined ref: input.data.addr.sin_prt"
    ]


def test_old_rego_is_checked_too(signatures: Make, told: Callable[..., list[str]]) -> None:
    assert told(signatures(guide=GUIDE)) == []
    bad = GUIDE.replace("arg :=", "input.argssNum == 1; arg :=")
    assert told(signatures(guide=bad)) == [
        "guide.rego:24:9: ptrace has no argssNum (did you mean argsNum?)"
    ]


def test_unknown_events_of_all_three_kinds(
    signatures: Make, told: Callable[..., list[str]]
) -> None:
    directory = signatures(a=signature("A", ALWAYS, events="ptrac"))
    (directory / "b.yaml").write_text(HEAD + entry("B", "true", "opennat"))
    (directory / "c.py").write_text(PYTHON.format(event="conect"))
    rego = place(directory / "a.rego", '"ptrac"')
    yaml = place(directory / "b.yaml", "'opennat'")
    assert told(directory) == [
        f"{rego}: there is no event ptrac (did you mean ptrace?)",
        f"{yaml}: there is no event opennat (did you mean openat?)",
        "c.py:3:1: there is no event conect (did you mean connect?)",
    ]


def test_findings_of_others_are_events(signatures: Make, told: Callable[..., list[str]]) -> None:
    directory = signatures(
        a=signature("A", ALWAYS, events="fileless_execution"),
        b=signature("B", ALWAYS, events="a_name"),
    )
    assert told(directory) == []


def test_errors_of_all_three_kinds_at_once(
    signatures: Make, told: Callable[..., list[str]]
) -> None:
    directory = signatures(
        a=signature("A", "tracee_match if nope(1)"),
        a_test="package tracee.A_test\n\nimport rego.v1\n\ntest_x if nope(2)\n",
        b="package tracee.B\n\nx := nope(3)\n",
    )
    (directory / "c.yaml").write_text(HEAD + entry("C", "input.nope == 1", "openat"))
    (directory / "d.py").write_text("import nope\n")
    lines = told(directory)
    assert [line.split(": ")[0] for line in lines] == [
        "a.rego:9:17", "a_test.rego:5:11", "b.rego:3:6", "c.yaml:8:7", "d.py:1:1",
    ]  # fmt: skip


def test_an_id_that_two_signatures_of_a_directory_have(
    signatures: Make, told: Callable[..., list[str]]
) -> None:
    one = signatures("one", a=signature("MINE", ALWAYS))
    (one / "b.py").write_text(PYTHON.format(event="ptrace"))
    assert told(one) == [f"b.py:3:1: its id MINE is already that of {one / 'a.rego'}"]
    entries = [entry(name, "true", "ptrace") for name in ("MINE", "OTHER", "OTHER")]
    (one / "0.yaml").write_text(HEAD + "".join(entries))
    assert told(one) == [
        f"0.yaml:14:5: its id OTHER is already that of {one / '0.yaml'}",
        f"a.rego:5:1: its id MINE is already that of {one / '0.yaml'}",
        f"b.py:3:1: its id MINE is already that of {one / '0.yaml'}",
    ]
    (one / "0.yaml").unlink()
    two = signatures("two", a=signature("OTHER", ALWAYS))
    (one / "b.py").rename(two / "b.py")
    assert told(one, two) == []


def test_the_shipped_signatures_are_clean(told: Callable[..., list[str]]) -> None:
    assert told(*shipped_directories()) == []


def test_our_examples_are_clean(told: Callable[..., list[str]]) -> None:
    assert told(Path(__file__).parents[2] / "examples" / "signatures") == []


def test_without_rego_there_need_be_no_opa(
    tmp_path: Path, told: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRACEE_OPA", "/not/there")
    (tmp_path / "c.py").write_text(PYTHON.format(event="connect"))
    assert told(tmp_path) == []
