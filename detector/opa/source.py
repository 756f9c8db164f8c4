# SPDX-License-Identifier: Apache-2.0
"""One Rego file as it goes into the bundle: under the root of its signatures directory.

Two directories may hold the same packages and helpers. So every `package` and every `data` of a
file gets a root (`tracee.TRC_2` becomes `d0.tracee.TRC_2`), and errors are told in the user's own
lines and columns.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from detector.opa.tokens import Token, tokens
from pytracee.service.problem import Problem, problem_at

_PLAIN_TEXT = re.compile(r'"[^"\\]*"').fullmatch
_END = Token("sign", "", -1)
_METADATA = "__rego_metadoc__"


class BadSource(Exception):
    """This file cannot go into a bundle."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Source:
    """A Rego file, read and rebased.

    `fields` are the names after `input.`, None where it uses `input` in any other way: then it
    may read every field.
    """

    path: Path
    inside: str  # where it stands in the bundle: "d0/sub/name.rego"
    package: str  # with its root: "d0.tracee.TRC_2"
    text: str
    original: str
    inserted: tuple[int, ...]  # offsets in `original` at which the root was put in
    metadata_at: int | None  # offset of __rego_metadoc__: then it is a signature
    fields: frozenset[str] | None

    def problem(self, row: int, col: int, message: str) -> Problem:
        """What OPA says about a place in `text`, at the same place of the user's file."""
        begin = _line_start(self.original, row)
        end = _line_start(self.original, row + 1)
        grown = len(self.inside.split("/", 1)[0]) + 1
        for at in self.inserted:
            if begin <= at < end and begin + col - 1 > at:
                col -= min(grown, begin + col - 1 - at)
        return Problem(self.path, row, col, message)

    def own_problem(self, message: str) -> Problem:
        """A problem of the whole signature, at its metadata."""
        return problem_at(self.path, self.original, self.metadata_at or 0, message)


def read(path: Path, directory: Path, root: str) -> Source:
    """Raises BadSource for a file that is not UTF-8, has no package or names `data` alone."""
    try:
        original = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSource(Problem(path, 1, 1, f"cannot be read: {error}")) from None
    found = list(tokens(original))
    package_at, package = _package(path, original, found)
    inserted = [package_at, *_data_ends(path, original, found)]
    parts = _cut(original, inserted)
    return Source(
        path=path,
        inside=f"{root}/{path.relative_to(directory).as_posix()}",
        package=f"{root}.{package}",
        text=f"{parts[0]}{root}.{f'.{root}'.join(parts[1:])}",
        original=original,
        inserted=tuple(inserted),
        metadata_at=_defines_metadata(found),
        fields=_input_fields(found),
    )


def _package(path: Path, text: str, found: list[Token]) -> tuple[int, str]:
    """Where the name of the package begins, and the name."""
    if len(found) < 2 or found[0].text != "package" or found[1].kind != "name":
        raise BadSource(Problem(path, 1, 1, "a Rego file begins with `package NAME`"))
    start = end = found[1].at
    for token in found[1:]:
        if token.at != end:
            break
        end = token.at + len(token.text)
    return start, text[start:end]


def _data_ends(path: Path, text: str, found: list[Token]) -> list[int]:
    """Offsets just after every `data` that names the root document."""
    ends = []
    for before, token, after in _triples(found):
        if token.text != "data" or token.kind != "name" or before.text == ".":
            continue
        if after.text not in (".", "["):
            raise BadSource(problem_at(path, text, token.at, _DATA_ALONE))
        ends.append(token.at + len("data"))
    return ends


_DATA_ALONE = (
    "`data` stands alone here: name the package, as in data.tracee.helpers, and call variables "
    "something else"
)


def _input_fields(found: list[Token]) -> frozenset[str] | None:
    names = set()
    after = [*found[1:], _END, _END, _END]
    for at, (before, token) in enumerate(pairwise([_END, *found])):
        if token.text != "input" or token.kind != "name" or before.text == ".":
            continue
        sign, name, close = after[at : at + 3]
        if sign.text == "." and name.kind == "name":
            names.add(name.text)
        elif sign.text == "[" and _PLAIN_TEXT(name.text) and close.text == "]":
            names.add(name.text[1:-1])
        else:
            return None
    return frozenset(names)


def _defines_metadata(found: list[Token]) -> int | None:
    for before, token, after in _triples(found):
        if token.text == _METADATA and before.text != "." and after.text in (":", "="):
            return token.at
    return None


def _triples(found: list[Token]) -> Iterator[tuple[Token, Token, Token]]:
    return zip(chain([_END], found), found, chain(found[1:], [_END]), strict=False)


def _cut(text: str, places: list[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([0, *places, len(text)])]


def _line_start(text: str, row: int) -> int:
    """Offset of the first character of line `row`, the text's length after the last."""
    at = 0
    for _ in range(row - 1):
        at = text.find("\n", at) + 1
        if at == 0:
            return len(text)
    return at
