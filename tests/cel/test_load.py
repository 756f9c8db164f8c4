# SPDX-License-Identifier: Apache-2.0
"""Errors in YAML and CEL: at the user's own line and column, and the other signatures run."""

import subprocess
import sys
from pathlib import Path

import pytest

from detector.cel.load import load
from tests.cel.config import HEAD, entry
from tests.cel.conftest import Write


def problems(directory: Path) -> list[str]:
    return [f"{p.row}:{p.col}: {p.message}" for p in load([directory])[1]]


def place_of(text: str, what: str) -> str:
    at = text.index(what)
    return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


@pytest.mark.parametrize(
    ("expression", "what", "message"),
    [
        ("true &&\n\n  nope(1)", "(1)", "undeclared reference to 'nope'"),
        ("'é' == 'é' && nope", "nope", "undeclared reference to 'nope'"),
        (
            "input.stringArg('pathname') == 3",
            "== 3",
            "found no matching overload for '_==_' applied to '(string, int)'",
        ),
        (
            "true &&\n  input.stringArg(\n'pathname') > 1",
            "> 1",
            "found no matching overload for '_>_' applied to '(string, int)'",
        ),
        ("true && input.intArg('flags')", "true &&", "found no matching overload for '_&&_' "),
        ("input.userId", "input.userId", "an expression says true or false, and this is a INT"),
        ("dyn(true)", "dyn", "an expression says true or false, and this is a DYN"),
        ("true), (true", "), (", "Syntax error: "),
        ("true &&\n input.eventNam == ''", "input.e",
         "input has no field eventNam (did you mean eventName?)"),
        ("true && input.strinArg('x') == ''", "input.s",
         "input has no function strinArg (did you mean stringArg?)"),
        ("input.stringArg(pathname) == ''", "input.s",
         "stringArg takes an argument's name, as in ('pathname')"),
        ("input == 1", "input ==", "input stands alone: name a field, as in input.eventName"),
        ("input['eventName'] == ''", "input[", "input stands alone"),
        ("input.stringArg('pathnam') == ''", "input.s",
         "openat has no argument pathnam (did you mean pathname?)"),
        ("input.intArg('pathname') == 1", "input.i",
         "intArg: pathname is a const char*: use stringArg"),
        ("(" * 31 + "true" + ")" * 31, "((", "CANCELLED: Expression recursion limit exceeded"),
    ],
)  # fmt: skip
def test_an_error_in_an_expression_has_its_place_in_the_file(
    write: Write, expression: str, what: str, message: str
) -> None:
    text = f"# é\n{HEAD}{entry('BAD', expression, 'openat')}{entry('GOOD', 'true', 'openat')}"
    directory = write(text)
    told = problems(directory)
    if message.startswith("found no matching overload for '_&&_'"):
        what = "&& input.intArg"
    assert told[0].startswith(f"{place_of(text, what)}: {message}")
    assert [one.signature.metadata.id for one in load([directory])[0]] == ["GOOD"]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("input.nope == 1", "6:17"),
        ("'input.nope == 1'", "6:18"),
        ('"input.nope == 1"', "6:18"),
        (">-\n      true &&\n      input.nope == 1", "6:17"),
        ("|4-\n        true ||\n        input.nope == 1", "8:9"),
    ],
)
def test_an_expression_may_be_written_in_every_form(write: Write, written: str, place: str) -> None:
    text = HEAD + "  - metadata: {id: A, name: A}\n    eventSelectors: [{name: openat}]\n"
    told = problems(write(f"{text}    expression: {written}\n"))
    assert told[0].startswith(f"{place}: input has no field nope")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1", "1:6: cannot be read: "),
        ("a: 1\n  b: 2", "2:4: cannot be read: "),
        ("a: \x00", "1:1: cannot be read: "),
        ("[" * 5000, "1:1: cannot be read: "),
        ("a: &x 1\nb: *x\n", "2:4: cannot be read: aliases are not supported"),
        ("!!python/object:os.system x", None),
        (HEAD.replace("v1alpha1", "v9"), "2:13: apiVersion must be"),
        (HEAD, "3:12: signatures must be a list"),
        (HEAD.rsplit("\n", 2)[0], "1:1: signatures must be a list"),
        (HEAD + "  - 1\n", "4:5: it must be keys with values, and is a number"),
        (HEAD + "  - expression: 'true'\n", "4:5: metadata is missing: write metadata: {"),
        (
            HEAD + entry("A", "true", "x").replace("version", "verison"),
            "4:37: there is no verison (did you mean version?)",
        ),
        (HEAD + entry("A", "true", "x").replace('"1"', "1"), "4:46: it must be text, and is a num"),
        (HEAD + entry("A", "true", "x", more="    id: 1\n    id: 2\n"), "10:5: id is here twice"),
        (HEAD + entry("A", "true", "x").replace("id: A", "id: ''"), "4:20: the id is empty"),
        (HEAD + entry("A", "true").replace("Selectors:\n", "Selectors: []\n"),
         "5:21: it selects no event"),
        (HEAD + entry("A", "true", "x").replace("source: tracee", "source: falco"),
         "6:18: it must be tracee"),
        (HEAD + entry("A", "true", "x', origin: 'pod"), "6:45: it must be * or container"),
        (HEAD + entry("A", "true", "x").replace("id: A", "id: 2026-99-99"), "4:5: cannot be read"),
        (HEAD + entry("A", "true", "x").replace("id: A", "[id]: A"),
         "4:16: cannot be read: found unhashable key"),
        (HEAD + entry("A", "true", "x").replace("id: A", "id: !!python/name:os.system A"),
         "4:20: cannot be read: could not determine a constructor"),
    ],
)  # fmt: skip
def test_errors_in_yaml(write: Write, text: str, told: str | None) -> None:
    found = problems(write(text))
    assert bool(found) is (told is not None)
    assert told is None or found[0].startswith(told)


def test_a_file_of_another_kind_is_left_alone(write: Write, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text("apiVersion: tracee.aquasec.com/v1beta1\nkind: Policy\n")
    (tmp_path / "list.yml").write_text("- 1\n---\n--- 2\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "bad.yaml").write_text("[")
    found, told = load([write(HEAD + entry("A", "true", "x"))])
    assert not told
    assert [one.signature.metadata.id for one in found] == ["A"]


def test_several_documents_and_directories_have_keys_of_their_own(tmp_path: Path) -> None:
    directories = [tmp_path / name for name in "ab"]
    for directory in directories:
        directory.mkdir()
        (directory / "x.yaml").write_text("---\n".join(HEAD + entry(n, "true", "x") for n in "AB"))
    found, told = load(directories)
    assert not told
    assert len({one.signature.key for one in found}) == 4
    assert {one.signature.path.parent for one in found} == set(directories)


def test_who_has_no_cel_signature_does_not_load_cel(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("kind: Policy\n")
    script = (
        "import sys; from pathlib import Path\n"
        "from detector.cel.engine import CelEngine; from detector.cel.load import load\n"
        "from detector.notices import Errors\n"
        f"CelEngine(load([Path({str(tmp_path)!r})])[0], Errors())\n"
        "print([name for name in sys.modules if name.startswith('cel_expr')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"[]\n"


def test_without_the_library_cel_signatures_are_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    monkeypatch.delitem(sys.modules, "detector.cel.program", raising=False)
    told = problems(write(HEAD + entry("A", "true", "x")))
    assert told[0].startswith("4:5: CEL is not there: install cel-expr-python")
