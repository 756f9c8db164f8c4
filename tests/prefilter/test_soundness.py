# SPDX-License-Identifier: Apache-2.0
"""Where Python and Rego part ways, the prefilter lets the event through: each way by its name.

OPA is the witness that there is a match to lose.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detector.prefilter.condition import Argument
from detector.prefilter.prefilter import Prefilter, derive
from detector.prefilter.reading import Reading, Root
from tests.detector.rego import signature
from tests.prefilter.asking import Asked, Json, asked

VALUE = '\tsome a in input.args\n\ta.name == "pathname"\n\tx := a.value\n'

#: name → what is asked of x, the value of the argument "pathname"
RULES = {
    "plain": 'x == "/etc/shadow"',
    "characters": 'split(x, "")[_] == "q"',
    "lower": 'lower(x) == "i"',
    "not_lower": 'not lower(x) == "i"',
    "regex": "regex.match(`(?i)^k$`, x)",
    "not_regex": "not regex.match(`^a$`, x)",
    "regex_end": "regex.match(`^a$`, x)",
    "not_number": "not x == 1",
    "not_less": "not x > 5",
    "other_number": "x != 1",
    "same_number": "x == 1",
    "large_number": f"x == {10**23}",
    "small": "x < 3",
    "is_true": "x == true",
    "holds": "x",
    "not_start": 'not startswith(x, "/etc/")',
    "other_text": 'x != "/etc/shadow"',
    "listed": 'strings.any_prefix_match(x, ["/etc/"])',
    "not_listed": 'not strings.any_prefix_match(x, ["/etc/"])',
    "element": 'startswith(x[_], "/etc/")',
    "member": '"/etc/shadow" in x',
    "not_member": 'not "/etc/shadow" in x',
    "not_not": 'not x.path != "/etc/shadow"',
}
SLOW = """tracee_match if {
	some a in numbers.range(1, 9000)
	some b in numbers.range(1, 9000)
	a * b == 3
	input.userId == a
}"""
MANY = """tracee_match if {
	input.data.a == numbers.range(1, 10)[_]
	input.data.b == numbers.range(1, 10)[_]
	input.data.c == numbers.range(1, 10)[_]
}"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    directory = tmp_path_factory.mktemp("rules")
    for name, test in RULES.items():
        write(directory, name, f"tracee_match if {{\n{VALUE}\t{test}\n}}")
    write(directory, "many", MANY)
    with asked(directory) as opa:
        yield opa


def write(directory: Path, name: str, text: str) -> None:
    (directory / f"{name}.rego").write_text(
        signature(name, text).replace("import data.tracee.helpers\n", "")
    )


def event(*values: Any) -> Json:
    """With an argument "pathname" for each value."""
    args = [{"name": "pathname", "type": "x", "value": value} for value in values]
    return {"eventName": "ptrace", "args": args, "data": {"pathname": values[0] if values else 0}}


def both(opa: Asked, name: str, made: Json) -> tuple[bool, bool]:
    """Whether OPA finds a match, and whether the prefilter says that there may be one."""
    key = opa.key(name)
    return bool(opa.matches([key], [made])[0]), opa.may_match([key], made) == (key,)


SENT = (True, True)
QUIET = (False, False)


def test_it_does_filter(rules: Asked) -> None:
    assert both(rules, "plain", event("/etc/shadow")) == SENT
    values: list[Any] = ["/etc/shadow2", "", None, 1, True, [], {}]
    for value in values:
        assert both(rules, "plain", event(value)) == QUIET


def test_an_exception_sends(rules: Asked) -> None:
    assert both(rules, "characters", event("aqb")) == SENT


def test_arguments_of_one_name_send(rules: Asked) -> None:
    assert both(rules, "plain", event("/bin/ls", "/etc/shadow")) == SENT
    assert both(rules, "plain", event("/etc/shadow", "/bin/ls")) == SENT


def test_text_that_is_not_ascii_sends_where_case_is_changed(rules: Asked) -> None:
    assert "\u0130".lower() != "i"  # Python's idea, not Go's
    assert both(rules, "lower", event("\u0130")) == SENT
    assert both(rules, "not_lower", event("\u00df")) == SENT


def test_text_that_is_not_ascii_sends_where_patterns_are_matched(rules: Asked) -> None:
    assert both(rules, "regex", event("\u212a")) == SENT


def test_patterns_are_matched_as_go_does(rules: Asked) -> None:
    assert both(rules, "regex_end", event("a")) == SENT
    assert both(rules, "regex_end", event("a\n")) == QUIET  # Python's own re would find it


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("not_lower", "x"),
        ("not_regex", "ab"),
        ("not_number", True),
        ("not_number", "1"),
        ("not_less", 5),
        ("not_less", None),
        ("not_listed", ["/bin/ls"]),
        ("not_member", ["/bin/ls"]),
        ("not_member", []),
    ],
)
def test_a_negation_of_what_is_not_exact_sends(rules: Asked, name: str, value: Any) -> None:
    assert both(rules, name, event(value)) == SENT


def test_a_negation_of_an_exact_test_filters(rules: Asked) -> None:
    assert both(rules, "not_start", event("/etc/passwd")) == QUIET
    assert both(rules, "not_start", event("/bin/ls")) == SENT


def test_a_negation_of_a_negation_sends_where_there_is_no_value(rules: Asked) -> None:
    assert both(rules, "not_not", event({"path": "/etc/shadow"})) == SENT
    found, sent = both(rules, "not_not", event({}))
    assert sent or not found


def test_true_is_no_number(rules: Asked) -> None:
    assert both(rules, "other_number", event(True)) == SENT
    assert both(rules, "other_number", event(1)) == QUIET
    assert both(rules, "is_true", event(1)) == QUIET
    assert both(rules, "is_true", event(True)) == SENT


@pytest.mark.parametrize(
    ("name", "value"), [("same_number", 1.0), ("large_number", 1e23), ("small", 2.5)]
)
def test_a_number_in_another_form_sends(rules: Asked, name: str, value: float) -> None:
    assert both(rules, name, event(value)) == SENT


@pytest.mark.parametrize("value", [None, False, True])
def test_values_that_rego_orders_before_numbers_send(rules: Asked, value: object) -> None:
    assert both(rules, "small", event(value)) == SENT


@pytest.mark.parametrize("name", ["holds", "not_number", "other_number", "other_text"])
def test_a_value_that_could_not_be_read_is_null_and_no_text(rules: Asked, name: str) -> None:
    assert both(rules, name, event(None)) == SENT


def test_a_value_that_could_not_be_read_matches_no_text(rules: Asked) -> None:
    for name in ("plain", "listed", "element", "lower", "regex"):
        assert both(rules, name, event(None)) == QUIET


def test_a_list_where_a_text_is_expected_sends(rules: Asked) -> None:
    assert both(rules, "listed", event(["/bin/ls", "/etc/x"])) == SENT


@pytest.mark.parametrize("name", ["element", "member"])
def test_the_values_of_an_object_are_its_elements(rules: Asked, name: str) -> None:
    assert both(rules, name, event({"/bin/ls": "/etc/shadow"})) == SENT
    assert both(rules, name, event({"/etc/shadow": "/bin/ls"})) == QUIET


def test_an_argument_that_is_not_there_does_not_match(rules: Asked) -> None:
    for name in RULES:
        assert both(rules, name, event()) == QUIET


def test_more_alternatives_than_are_quick_to_test_send(rules: Asked) -> None:
    key = rules.key("many")
    assert len(rules.residuals[key].queries) == 1000
    assert rules.may_match([key], event("x")) == (key,)


def test_a_change_of_the_rules_changes_the_prefilter(tmp_path: Path) -> None:
    for text, expected in (("/bin/a", QUIET), ("/etc/shadow", SENT)):
        write(tmp_path, "one", f'tracee_match if {{\n{VALUE}\tx == "{text}"\n}}')
        with asked(tmp_path) as opa:
            assert both(opa, "one", event("/etc/shadow")) == expected


def test_a_rule_that_takes_too_long_sends_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "plain", f'tracee_match if {{\n{VALUE}\tx == "a"\n}}')
    write(tmp_path, "slow", SLOW)
    with asked(tmp_path, limit=0.5) as opa:
        slow, plain = opa.key("slow"), opa.key("plain")
        assert opa.may_match([plain, slow], event("x")) == (slow,)
        assert opa.matches([plain], [event("a")]) == [{plain}]
    assert "slow has no prefilter" in capsys.readouterr().err


def test_what_opa_refuses_sends(rules: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    prefilter = Prefilter(derive(rules.rules.server, {"no key": "NONE"}))
    assert prefilter.may_match(["no key"], bare("ptrace", "x"))([]) == ("no key",)
    assert "NONE has no prefilter" in capsys.readouterr().err


def test_a_record_of_another_length_sends(rules: Asked) -> None:
    key = rules.key("plain")
    judge = rules.prefilter.may_match([key], bare("ptrace", "pathname"))
    assert judge(["/etc/shadow"]) == (key,)
    assert judge(["/bin/ls"]) == ()
    assert judge(["/bin/ls", "/bin/ls"]) == (key,)


@pytest.mark.parametrize("name", ["a b", "x'\n+'", "\u212a", "import os", "values", ""])
def test_names_from_a_stream_are_not_run(rules: Asked, name: str) -> None:
    key = rules.key("plain")
    judge = rules.prefilter.may_match([key], bare(name, "pathname", name))
    assert judge(["/etc/shadow", 1]) == (key,)
    assert judge(["/bin/ls", 1]) == ()


def bare(event_name: str, *names: str) -> Reading:
    """A record that has nothing but its arguments."""
    expressions: dict[Root, str] = {
        Argument(name): f"values[{at}]" for at, name in enumerate(names)
    }
    return Reading(event_name, names, len(names), expressions, {})
