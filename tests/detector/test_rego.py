# SPDX-License-Identifier: Apache-2.0
"""The shipped signatures' own tests, in Rego, and whether these tests notice anything."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.opa.bundle import assemble
from detector.opa.source import read
from detector.rules import shipped

_TEST = "_test.rego"
FILES = sorted(path for path in shipped().glob("*.rego") if not path.name.endswith(_TEST))
TESTS = sorted(shipped().glob(f"*{_TEST}"))
SIGNATURES = [path for path in FILES if path.stem != "helpers"]


def outcomes(
    opa: Path, folder: Path, change: Callable[[str], str] = str
) -> dict[str, dict[str, bool]]:
    """File stem → its tests' names → whether they hold, where `change` has altered each signature.

    The bundle is the one that runs, with the tests beside.
    """
    made = assemble(opa, [shipped()], folder)
    assert not made.problems
    for path in TESTS:
        test = read(path, shipped(), "d0")
        (folder / "bundle" / test.inside).write_text(test.text)
    for path in SIGNATURES:
        altered = folder / "bundle" / "d0" / path.name
        altered.write_text(change(altered.read_text()))
    command = [str(opa), "test", "--bundle", "--format=json", str(folder / "bundle")]
    done = subprocess.run(command, capture_output=True, check=False)
    results = json.loads(done.stdout)
    assert results, done.stderr.decode()
    found: dict[str, dict[str, bool]] = {}
    for result in results:
        stem = Path(result["location"]["file"]).name.removesuffix(_TEST)
        held = not (result.get("fail") or result.get("error"))
        found.setdefault(stem, {})[result["name"]] = held
    return found


def never(text: str) -> str:
    """The signature with a condition in each rule that no event meets."""
    text = re.sub(
        r"^(tracee_match if) ([^{].*)$", r"\1 {\n\tinput.never\n\t\2\n}", text, flags=re.MULTILINE
    )
    return re.sub(
        r"^(tracee_match(?: := .*)? if) \{$", r"\1 {\n\tinput.never", text, flags=re.MULTILINE
    )


def always(text: str) -> str:
    return f"{text}\ntracee_match if true\n"


def failed(tests: dict[str, bool]) -> list[str]:
    return [name for name, held in tests.items() if not held]


def test_every_file_has_its_tests_and_every_test_holds(opa: Path, tmp_path: Path) -> None:
    found = outcomes(opa, tmp_path)
    assert found.keys() >= {path.stem for path in FILES}
    assert not {stem: failed(tests) for stem, tests in found.items() if failed(tests)}


def test_they_notice_a_signature_that_never_fires(opa: Path, tmp_path: Path) -> None:
    found = outcomes(opa, tmp_path, never)
    for path in SIGNATURES:
        names = failed(found[path.stem])
        assert names, path.stem
        assert all("fires" in name for name in names), path.stem


def test_they_notice_a_signature_that_always_fires(opa: Path, tmp_path: Path) -> None:
    found = outcomes(opa, tmp_path, always)
    for path in SIGNATURES:
        quiet = [name for name in found[path.stem] if "quiet" in name]
        assert quiet, path.stem
        assert not any(found[path.stem][name] for name in quiet), path.stem


@pytest.mark.parametrize("command", [("check", "--strict"), ("fmt", "--list", "--fail")])
def test_opa_finds_nothing_to_mend(opa: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run([opa, *command, shipped()], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=lambda path: path.name)
def test_its_form(path: Path) -> None:
    """Short enough to read, but for a description, which is one text."""
    lines = path.read_text().splitlines()
    assert lines[0] == "# SPDX-License-Identifier: Apache-2.0"
    assert not [one for one in lines if len(one) > 100 and '"description"' not in one]
    if path in SIGNATURES:
        assert len(lines) < 80
