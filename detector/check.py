# SPDX-License-Identifier: Apache-2.0
"""`detector check [DIR]…`: everything that is wrong with signatures, without running them.

Syntax and types, fields and arguments that the selected events do not have, events that nobody
knows, ids that two signatures have: all at once, each at its place.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from detector.cel import load as cel
from detector.notices import say
from detector.opa.binary import locate
from detector.opa.own_tests import Tested, assemble_with_tests
from detector.opa.schema_check import check_fields
from detector.opa.server import OpaServer
from detector.opa.signatures import load as load_rego
from detector.opa.source import Source
from detector.opa.tokens import tokens
from detector.python import load as python
from detector.rules import running, shipped_directories
from detector.signature import ANY, Selector, Signature
from pytracee.service.nearest import hint
from pytracee.service.problem import Problem, problem_at
from pytracee.sinks.file import FileSink
from schemas.events import BY_NAME

_CLEAN, _FAULTY = 0, 1  # exit statuses
_DESCRIBE_LIMIT = 30.0  # seconds


class _Placed(NamedTuple):
    """A signature, and the places of it and of its selectors: problems that say nothing yet."""

    signature: Signature
    at: Problem
    selectors: Sequence[Problem]


class _Checked:
    """What was found in some directories."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.placed: list[_Placed] = []


def run(directories: Sequence[Path]) -> int:
    """Print all problems, and give the exit status.

    Raises OpaMissing, CheckFailed, ServerFailed, SinkClosed and SinkFailed.
    """
    found = _Checked()
    _rego(directories, found)
    _cel(directories, found)
    _python(directories, found)
    found.problems += _second_ids(directories, found.placed)
    found.problems += _unknown_events(found.placed)
    problems = sorted(set(found.problems))
    totals = f"signatures {len(found.placed)}, errors {len(problems)}"
    sink = FileSink("", say)
    sink.write("".join(f"{line}\n" for line in (*problems, totals)))
    return _FAULTY if problems or sink.dropped else _CLEAN


def _cel(directories: Sequence[Path], found: _Checked) -> None:
    signatures, problems = cel.load(directories)
    found.problems += problems
    for one in signatures:
        selectors = one.part.get("eventSelectors")
        parts = selectors.items() if selectors else []
        places = [(part.get("name") or part).problem("") for part in parts]
        found.placed.append(_Placed(one.signature, one.part.problem(""), places))


def _python(directories: Sequence[Path], found: _Checked) -> None:
    classes, problems = python.load(directories)
    found.problems += problems
    for one in classes:
        at = one.problem("")
        found.placed.append(_Placed(one.signature, at, [at for _ in one.signature.selectors]))


def _rego(directories: Sequence[Path], found: _Checked) -> None:
    """OPA is needed only where there is Rego."""
    if not any(True for directory in directories for _ in directory.rglob("*.rego")):
        return
    opa = locate()
    with tempfile.TemporaryDirectory(prefix="pytracee-") as name:
        folder = Path(name)
        tested = assemble_with_tests(opa, directories, folder)
        signatures, unfit = _described(opa, tested, folder)
        found.problems += [*tested.problems, *unfit, *check_fields(opa, tested, signatures)]
    for one in signatures:
        source = tested.bundle.signatures[one.key]
        places = [_selector_place(source, selector) for selector in one.selectors]
        found.placed.append(_Placed(one, source.own_problem(""), places))


def _described(opa: Path, tested: Tested, folder: Path) -> tuple[list[Signature], list[Problem]]:
    server = OpaServer(opa, folder)
    server.start()
    try:
        with closing(server.connect(_DESCRIBE_LIMIT)) as connection:
            return load_rego(connection, tested.bundle)
    finally:
        server.stop()


def _selector_place(source: Source, selector: Selector) -> Problem:
    """Where the file names the event; a name that is put together has its signature's place."""
    for token in tokens(source.original):
        if token.text.strip('"`') == selector.name and token.kind == "text":
            return problem_at(source.path, source.original, token.at, "")
    return source.own_problem("")


def _second_ids(directories: Sequence[Path], placed: Iterable[_Placed]) -> Iterator[Problem]:
    """Within one directory; of two directories the later one's replaces the other's."""
    first: dict[tuple[str, Path | None], Signature] = {}
    for signature, at, _ in sorted(placed, key=lambda one: one.signature.path):
        root = next((one for one in directories if signature.path.is_relative_to(one)), None)
        for name in (signature.metadata.id, *signature.metadata.aliases):
            before = first.setdefault((name, root), signature)
            if before is not signature:
                yield at._replace(message=f"its id {name} is already that of {before.path}")


def _unknown_events(placed: Sequence[_Placed]) -> Iterator[Problem]:
    own = {signature.metadata.event_name for signature, _, _ in placed}
    known = {ANY, *BY_NAME, *own}
    unknown = [
        (selector.name, at)
        for signature, _, places in placed
        for selector, at in zip(signature.selectors, places, strict=True)
        if selector.name not in known
    ]
    if unknown:  # only then it is worth the time
        known |= _shipped_names()
    for name, at in unknown:
        if name not in known:
            yield at._replace(message=f"there is no event {name}{hint(name, known)}")


def _shipped_names() -> set[str]:
    """The events that findings of the shipped signatures are."""
    with running(shipped_directories()) as rules:
        return {signature.metadata.event_name for signature in rules.signatures}
