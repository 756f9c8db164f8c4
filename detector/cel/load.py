# SPDX-License-Identifier: Apache-2.0
"""Signatures directories → CEL signatures: YAML of `kind: SignaturesConfig`.

A signature with an error is left out and told at its own line; the others run.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from detector.cel.expression import Expression, Misuse, check_arguments
from detector.cel.expression import read as read_expression
from detector.cel.places import scalar_places
from detector.files import files_of
from detector.metadata import Metadata
from detector.signature import ANY, Selector, Signature
from pytracee.service.document import BadDocument, Part, read
from pytracee.service.problem import Problem
from schemas.events import BY_NAME

KIND = "SignaturesConfig"
API_VERSION = "tracee.aquasecurity.github.io/v1alpha1"
_SUFFIXES = (".yaml", ".yml")


class _Metadata(Metadata, rename="camel", forbid_unknown_fields=True):
    """A misspelt field is told, where Rego's may have more."""


class _Selector(msgspec.Struct, forbid_unknown_fields=True):
    name: str = ANY
    source: Literal["tracee"] = "tracee"
    origin: Literal["*", "host", "container", "container-init"] = "*"


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """An example of a signature: whether it is to match an event (see `detector.example`)."""

    event: dict[str, Any]
    match: bool
    name: str = ""


class _Entry(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    metadata: _Metadata
    event_selectors: list[_Selector]
    expression: str
    tests: list[Case] = []


@dataclass(frozen=True, slots=True)
class CelSignature:
    """A signature that can run. `part` is where it is written, for errors of its examples."""

    signature: Signature
    expression: Expression
    cases: Sequence[Case]
    part: Part


def load(directories: Sequence[Path]) -> tuple[list[CelSignature], list[Problem]]:
    """The signatures in the order of their files, and what is wrong with the others."""
    found: list[CelSignature] = []
    problems: list[Problem] = []
    for path in (path for directory in directories for path in files_of(directory, _SUFFIXES)):
        try:
            parts = [part for document in read(path) for part in _signatures(document)]
        except BadDocument as error:
            problems.append(error.problem)
            continue
        for part in parts:
            made = _made(part, f"c{len(found)}", problems.append)
            found += [made] if made else []
    return found, problems


def _signatures(document: Part) -> list[Part]:
    """The elements of `signatures`. A document of another kind is none of ours."""
    kind = document.get("kind")
    if kind is None or kind.node.value != KIND:
        return []
    version = document.get("apiVersion")
    if version is None or version.node.value != API_VERSION:
        raise BadDocument((version or document).problem(f"apiVersion must be {API_VERSION}"))
    listed = document.get("signatures")
    if listed is None or not isinstance(listed.node, yaml.SequenceNode):
        raise BadDocument((listed or document).problem("signatures must be a list"))
    return listed.items()


def _made(part: Part, key: str, tell: Callable[[Problem], None]) -> CelSignature | None:
    """The signature that `part` describes; None if it has errors, which are told."""
    try:
        entry = part.read(_Entry)
        _check(part, entry)
        expression = _expression(part, entry)
    except BadDocument as error:
        tell(error.problem)
        return None
    broken = list(_complaints(part, expression))
    for problem in broken:
        tell(problem)
    if broken:
        return None
    return CelSignature(_signature(part, key, entry), expression, entry.tests, part)


def _check(part: Part, entry: _Entry) -> None:
    if not entry.metadata.id:
        raise BadDocument(_at(part, "metadata", "id").problem("the id is empty"))
    if not entry.event_selectors:
        raise BadDocument(_at(part, "eventSelectors").problem("it selects no event"))


def _expression(part: Part, entry: _Entry) -> Expression:
    names = [selector.name for selector in entry.event_selectors]
    events = [BY_NAME[name] for name in names if name in BY_NAME]
    try:
        expression = read_expression(entry.expression)
        # Of what is not in the catalogue (ANY, findings, events to come) the arguments are unknown.
        if len(events) == len(names):
            check_arguments(expression, events)
    except Misuse as error:
        before = entry.expression[: error.at]
        row, col = before.count("\n") + 1, error.at - before.rfind("\n")
        raise BadDocument(_in_expression(part, row, col, str(error))) from None
    return expression


def _complaints(part: Part, expression: Expression) -> Iterator[Problem]:
    try:
        from detector.cel.program import complaints  # dear: only for those who have signatures
    except ImportError as error:
        yield part.problem(f"CEL is not there: install cel-expr-python ({error})")
        return
    for complaint in complaints(expression):
        yield _in_expression(part, *complaint)


def _in_expression(part: Part, row: int, col: int, message: str) -> Problem:
    """A problem at a row and column of the expression, at the file's own if they are known."""
    written = _at(part, "expression")
    assert isinstance(written.node, yaml.ScalarNode)  # it was read as a text
    places = scalar_places(written.node)
    if places is None:
        return written.problem(f"{message} (line {row}, column {col} of the expression)")
    first_row, first_col = places.get(row - 1, next(iter(places.values())))
    return Problem(part.path, first_row, first_col + col - 1, message)


def _at(part: Part, *steps: str) -> Part:
    return part.get(*steps) or part


def _signature(part: Part, key: str, entry: _Entry) -> Signature:
    return Signature(
        key=key,
        metadata=entry.metadata.completed(),
        selectors=tuple(Selector(one.name, one.origin) for one in entry.event_selectors),
        path=part.path,
    )
