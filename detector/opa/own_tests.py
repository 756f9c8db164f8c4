# SPDX-License-Identifier: Apache-2.0
"""The `_test.rego` files of signatures directories, on the bundle that also runs."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from detector.files import files_of
from detector.opa.bundle import Bundle, assemble
from detector.opa.check import CheckFailed
from detector.opa.sieve import FOLDER, Sieve
from detector.opa.source import BadSource, Source, read
from detector.outcome import Outcome
from pytracee.service.problem import Problem

_LIMIT = 300  # seconds for all tests


class _Place(msgspec.Struct):
    file: str
    row: int = 1


class _Result(msgspec.Struct):
    name: str
    location: _Place
    fail: bool = False
    skip: bool = False
    error: object = None


@dataclass(frozen=True, slots=True)
class Tested:
    """A bundle with its tests. `problems` are those of both."""

    bundle: Bundle
    tests: Sequence[Source]
    problems: Sequence[Problem]


def assemble_with_tests(opa: Path, directories: Sequence[Path], folder: Path) -> Tested:
    """Write the bundle into `folder`. Raises CheckFailed."""
    bundle = assemble(opa, directories, folder)
    tests, problems = _read(directories)
    sieve = Sieve(opa, folder, [*bundle.sources, *tests], dict(bundle.signatures))
    problems += sieve.run()
    good = [one for one in tests if one.inside in sieve.files]
    return Tested(bundle, good, sorted([*bundle.problems, *problems]))


def run_tests(opa: Path, tested: Tested) -> list[Outcome]:
    """Of every test, in the order of the files. Raises CheckFailed."""
    command = [str(opa), "test", "--bundle", "--format=json", FOLDER]
    try:
        done = subprocess.run(
            command,
            cwd=tested.bundle.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT,
            check=False,
        )
        results = msgspec.json.decode(done.stdout or b"[]", type=list[_Result])
    except (OSError, subprocess.TimeoutExpired, msgspec.DecodeError) as error:
        raise CheckFailed(f"`opa test` failed: {error}") from None
    if done.stderr.strip():
        raise CheckFailed(f"`opa test` failed: {done.stderr.decode(errors='replace').strip()}")
    files = {one.inside: one for one in tested.tests}
    outcomes = [_outcome(result, files) for result in results]
    return sorted(outcomes, key=lambda outcome: (outcome.path, outcome.row))


def _outcome(result: _Result, files: dict[str, Source]) -> Outcome:
    inside = result.location.file.removeprefix(f"{FOLDER}/")
    path = files[inside].path if inside in files else Path(inside)
    failure = "it does not hold" if result.fail else ""
    if result.error is not None:
        failure = f"it cannot be evaluated: {result.error}"
    return Outcome(path, result.location.row, result.name, failure, result.skip)


def _read(directories: Sequence[Path]) -> tuple[list[Source], list[Problem]]:
    tests, problems = [], []
    for number, directory in enumerate(directories):
        for path in files_of(directory, (".rego",)):
            if path.stem.endswith("_test"):
                try:
                    tests.append(read(path, directory, f"d{number}"))
                except BadSource as error:
                    problems.append(error.problem)
    return tests, problems
