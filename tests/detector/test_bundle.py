# SPDX-License-Identifier: Apache-2.0
"""Signatures directories → a bundle that OPA takes, and addresses for what it does not take."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.opa.bundle import Bundle, assemble
from tests.detector.rego import ALWAYS, GUIDE, signature

Make = Callable[..., Path]


@pytest.fixture
def bundle(opa: Path, tmp_path: Path) -> Callable[..., Bundle]:
    def make(*directories: Path) -> Bundle:
        folder = tmp_path / "work"
        folder.mkdir()
        return assemble(opa, directories, folder)

    return make


def places(bundle: Bundle) -> list[str]:
    return [f"{p.path.name}:{p.row}:{p.col}" for p in bundle.problems]


def evaluate(opa: Path, bundle: Bundle, query: str) -> object:
    """The value of a query over the bundle, by `opa eval`; None if undefined."""
    command = [str(opa), "eval", "--bundle", str(bundle.folder / "bundle"), query]
    done = subprocess.run(command, capture_output=True, check=True)
    result = json.loads(done.stdout).get("result")
    return result[0]["expressions"][0]["value"] if result else None


def test_old_and_new_syntax_side_by_side(
    bundle: Callable[..., Bundle], signatures: Make, opa: Path
) -> None:
    made = bundle(signatures(old=GUIDE, new=signature("NEW", ALWAYS)))
    assert not made.problems
    assert len(made.signatures) == 2
    event = '{"eventName": "ptrace", "args": [{"name": "request", "value": "PTRACE_TRACEME"}]}'
    assert evaluate(opa, made, f"data.d0.tracee.TRC_2.tracee_match with input as {event}") is True
    assert evaluate(opa, made, "data.d0.tracee.NEW.tracee_match") is True


def test_errors_have_the_place_that_opa_gives_the_users_own_file(
    bundle: Callable[..., Bundle], signatures: Make, opa: Path
) -> None:
    """The witness is `opa check` on the file as the user wrote it."""
    directory = signatures(
        bad=signature("BAD", "tracee_match if { data.tracee.x.y; nope(data.tracee.z, 1); no() }")
    )
    told = subprocess.run([str(opa), "check", str(directory)], capture_output=True, check=False)
    lines = re.findall(rf"{re.escape(str(directory))}/(\S+?): rego_type", told.stderr.decode())
    made = bundle(directory)
    assert [re.sub(r":\d+$", "", place) for place in places(made)] == lines  # it tells no columns
    assert len(lines) == 2
    text = (directory / "bad.rego").read_text().splitlines()[9]
    assert [p.col for p in made.problems] == [text.index("nope") + 1, text.index("no()") + 1]
    assert "d0" not in "".join(map(str, made.problems))


def test_one_bad_file_costs_only_itself(
    bundle: Callable[..., Bundle], signatures: Make, opa: Path
) -> None:
    made = bundle(
        signatures(
            good=signature("GOOD", ALWAYS),
            syntax_new="package tracee.a\n\nx if { 1 }\n\ny if { 2 } }\n",
            syntax_old="package tracee.b\n\nx { 1 }\n\ny { 2 } }\n",
            unknown=signature("UNKNOWN", "tracee_match if nope(1)"),
            alone="package tracee.c\nx { data }\n",
            guide=GUIDE,
        )
    )
    assert places(made) == [
        "alone.rego:2:5",
        "syntax_new.rego:5:12",
        "syntax_old.rego:5:9",
        "unknown.rego:10:17",
    ]
    assert sorted(s.path.name for s in made.signatures.values()) == ["good.rego", "guide.rego"]
    assert evaluate(opa, made, "data.d0.tracee.GOOD.tracee_match") is True


def test_what_leans_on_a_bad_file_is_told_too(
    bundle: Callable[..., Bundle], signatures: Make
) -> None:
    made = bundle(
        signatures(
            helpers="package tracee.helpers\n\nyes(x) if { true } }\n",
            user=signature("USER", "tracee_match if helpers.yes(1)"),
            other=signature("OTHER", ALWAYS),
        )
    )
    assert places(made) == ["helpers.rego:3:20", "user.rego:10:17"]
    assert "undefined function data.tracee.helpers.yes" in str(made.problems[1])
    assert [s.path.name for s in made.signatures.values()] == ["other.rego"]


@pytest.mark.parametrize(
    "call",
    ['http.send({"method": "get", "url": "http://127.0.0.1"})', 'net.lookup_ip_addr("localhost")',
     "opa.runtime()"],
)  # fmt: skip
def test_a_rule_that_reaches_out_is_refused_at_its_place(
    bundle: Callable[..., Bundle], signatures: Make, call: str
) -> None:
    made = bundle(signatures(out=signature("OUT", f"tracee_match if {{\n\tx := {call}\n\tx\n}}")))
    name = call.split("(", maxsplit=1)[0]
    assert places(made) == ["out.rego:11:7"]
    assert f"{name} is not allowed in signatures" in str(made.problems[0])
    assert not made.signatures


def test_equal_packages_in_two_directories_do_not_meet(
    bundle: Callable[..., Bundle], signatures: Make, opa: Path
) -> None:
    user = signature("SAME", 'tracee_match := {"which": helpers.which}')
    first = signatures("one", user=user, helpers='package tracee.helpers\n\nwhich := "one"\n')
    second = signatures("two", user=user, helpers='package tracee.helpers\n\nwhich := "two"\n')
    made = bundle(first, second)
    assert not made.problems
    assert evaluate(opa, made, "data.d0.tracee.SAME.tracee_match") == {"which": "one"}
    assert evaluate(opa, made, "data.d1.tracee.SAME.tracee_match") == {"which": "two"}


def test_two_signatures_of_one_package_are_not_merged(
    bundle: Callable[..., Bundle], signatures: Make
) -> None:
    made = bundle(
        signatures(
            a=signature("A", ALWAYS, package="shared"), b=signature("B", ALWAYS, package="shared")
        )
    )
    assert places(made) == ["b.rego:6:1"]
    assert "its package is already that of" in str(made.problems[0])
    assert [s.path.name for s in made.signatures.values()] == ["a.rego"]


def test_a_match_that_is_a_function_is_told_of_the_signature(
    bundle: Callable[..., Bundle], signatures: Make
) -> None:
    made = bundle(
        signatures(f=signature("F", "tracee_match(x) if x"), good=signature("GOOD", ALWAYS))
    )
    assert places(made) == ["f.rego:6:1"]
    assert [s.path.name for s in made.signatures.values()] == ["good.rego"]


def test_a_mounted_config_map_counts_once_and_tests_do_not_count(
    bundle: Callable[..., Bundle], tmp_path: Path
) -> None:
    version = tmp_path / "mount" / "..2026_01_01"
    version.mkdir(parents=True)
    (version / "a.rego").write_text(signature("A", ALWAYS))
    (version / "a_test.rego").write_text("package tracee.A_test\n\ntest_bad if nope(1)\n")
    (tmp_path / "mount" / "..data").symlink_to(version.name)
    for name in ("a.rego", "a_test.rego"):
        (tmp_path / "mount" / name).symlink_to(f"..data/{name}")
    made = bundle(tmp_path / "mount")
    assert not made.problems
    assert [s.path for s in made.signatures.values()] == [tmp_path / "mount" / "a.rego"]


def test_the_fields_of_all_files_together(bundle: Callable[..., Bundle], signatures: Make) -> None:
    made = bundle(
        signatures(
            a=signature("A", 'tracee_match if input.processName == "x"'),
            b=signature("B", "tracee_match if input.data.request == 0"),
        )
    )
    assert made.fields == frozenset({"processName", "data"})
