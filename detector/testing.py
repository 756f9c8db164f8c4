# SPDX-License-Identifier: Apache-2.0
"""`detector test [DIR|FILE]…`: the tests that signatures bring along.

Rego has its `_test.rego` files, CEL a list `tests` in the YAML, Python the method `examples`.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from detector.cel import load as cel
from detector.cel.cases import run_cases
from detector.notices import say
from detector.opa.binary import locate
from detector.opa.own_tests import assemble_with_tests, run_tests
from detector.outcome import Outcome
from detector.python import load as python
from detector.python.stories import run_stories
from pytracee.service.errors import OperatorError
from pytracee.service.problem import Problem
from pytracee.sinks.file import FileSink

_HOLDS, _FAILED = 0, 1  # exit statuses


def run(paths: Sequence[Path]) -> int:
    """Run all tests, print a line for each, and give the exit status.

    Of a file only its own tests are run, in the company of its directory. Raises OperatorError
    where there is no test at all, OpaMissing, CheckFailed, SinkClosed and SinkFailed.
    """
    directories = list(dict.fromkeys(path if path.is_dir() else path.parent for path in paths))
    problems, outcomes = _everything(directories)
    bad = [one for one in problems if _asked(one.path, paths)]
    ran = [one for one in outcomes if _asked(one.path, paths)]
    if not ran and not bad:
        raise OperatorError(f"{', '.join(map(str, paths))}: there is no test")
    failed = sum(bool(one.failure) for one in ran)
    skipped = sum(one.skipped for one in ran)
    totals = (
        f"tests {len(ran)}, passed {len(ran) - failed - skipped}, failed {failed}, "
        f"skipped {skipped}, files with errors {len({one.path for one in bad})}"
    )
    sink = FileSink("", say)
    sink.write("".join(f"{line}\n" for line in (*bad, *ran, totals)))
    return _FAILED if failed or bad or sink.dropped else _HOLDS


def _everything(directories: Sequence[Path]) -> tuple[list[Problem], list[Outcome]]:
    in_cel, cel_problems = cel.load(directories)
    in_python, python_problems = python.load(directories)
    rego_problems, rego_outcomes = _rego(directories)
    outcomes = [*rego_outcomes, *run_cases(in_cel), *run_stories(in_python)]
    return [*rego_problems, *cel_problems, *python_problems], outcomes


def _rego(directories: Sequence[Path]) -> tuple[Sequence[Problem], Sequence[Outcome]]:
    """OPA is needed only where there is Rego."""
    if not any(_rego_files(directories)):
        return [], []
    opa = locate()
    with tempfile.TemporaryDirectory(prefix="pytracee-") as folder:
        tested = assemble_with_tests(opa, directories, Path(folder))
        return tested.problems, run_tests(opa, tested)


def _rego_files(directories: Sequence[Path]) -> Iterator[Path]:
    return (path for directory in directories for path in directory.rglob("*.rego"))


def _asked(path: Path, paths: Sequence[Path]) -> bool:
    """Whether a file is one of those to be tested, or lies in one of the directories."""
    signature = path.with_name(path.name.replace("_test.rego", ".rego"))
    return any(
        path.is_relative_to(one) if one.is_dir() else one in (path, signature) for one in paths
    )
