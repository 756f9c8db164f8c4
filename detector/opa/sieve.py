# SPDX-License-Identifier: Apache-2.0
"""Writes the bundle's files and takes out those that OPA refuses, until it refuses none.

Each file is tried as Rego v1, else as v0: a bundle's manifest can say which is which.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from detector.opa import harness
from detector.opa.check import PARSE_ERROR, REFUSED, CheckFailed, Complaint, check
from detector.opa.source import Source
from pytracee.service.problem import Problem

FOLDER = "bundle"


class Sieve:
    """`files` by their place in the bundle and `signatures` by key: what is left is good."""

    def __init__(
        self, opa: Path, folder: Path, sources: Sequence[Source], signatures: dict[str, Source]
    ) -> None:
        self.files = {source.inside: source for source in sources}
        self.signatures = signatures
        self._opa = opa
        self._folder = folder
        self._old: set[str] = set()  # files in Rego v0
        self._problems: list[Problem] = []

    def run(self) -> list[Problem]:
        """Leave only good files on disk. Returns what is wrong with the others."""
        self._write(harness.FILE, harness.EVALUATE)
        for inside, source in self.files.items():
            self._write(inside, source.text)
        for key, source in self.signatures.items():
            self._write(harness.file_of(key), harness.module(key, source.package))
        versions_known = False
        while complaints := self._check_bundle():
            if versions_known or all(found.code != PARSE_ERROR for found in complaints):
                self._refuse(complaints)
            else:
                self._find_versions()
                versions_known = True
        return self._problems

    def _check_bundle(self) -> list[Complaint]:
        roots = {inside.split("/", 1)[0] for inside in self.files}
        manifest = {
            "rego_version": 1,
            "file_rego_versions": {f"/{inside}": 0 for inside in sorted(self._old)},
            "roots": [harness.ROOT, *sorted(roots)],
        }
        self._write(".manifest", msgspec.json.encode(manifest).decode())
        return check(self._opa, self._folder, "--bundle", FOLDER)

    def _find_versions(self) -> None:
        """Outside a bundle OPA tells the parse errors of all files at once."""
        as_v1 = _by_file(check(self._opa, self._folder, FOLDER))
        paths = [f"{FOLDER}/{inside}" for inside in sorted(as_v1)]
        as_v0 = _by_file(check(self._opa, self._folder, "--v0-compatible", *paths))
        self._old |= as_v1.keys() - as_v0.keys()
        # Of a file that is neither, the version in which its first error comes later was meant.
        bad = [max(as_v1[i], as_v0[i], key=lambda found: _place(found[0])) for i in as_v0]
        self._refuse([complaint for complaints in bad for complaint in complaints])

    def _refuse(self, complaints: list[Complaint]) -> None:
        blamed = self._blamed()
        for complaint in complaints:
            problem = told(complaint, blamed)
            if problem is None:
                raise CheckFailed(f"OPA refuses the bundle: {complaint.message}")
            self._problems.append(problem)
            self._leave_out(blamed[_inside(complaint)])

    def _blamed(self) -> dict[str, Source]:
        """File of the bundle → the user's file that answers for it."""
        ours = {harness.file_of(key): source for key, source in self.signatures.items()}
        return {**self.files, **ours}

    def _leave_out(self, source: Source) -> None:
        keys = [key for key, signature in self.signatures.items() if signature is source]
        for inside in (source.inside, *map(harness.file_of, keys)):
            (self._folder / FOLDER / inside).unlink(missing_ok=True)
        self.files.pop(source.inside, None)
        for key in keys:
            del self.signatures[key]

    def _write(self, inside: str, text: str) -> None:
        path = self._folder / FOLDER / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def told(complaint: Complaint, files: dict[str, Source]) -> Problem | None:
    """The complaint at its place in the user's file, None if it has none."""
    source = files.get(_inside(complaint))
    if source is None or complaint.location is None:
        return None
    message = _in_own_words(complaint.message, source)
    if source.inside != _inside(complaint):
        return source.own_problem(message)
    return source.problem(complaint.location.row, complaint.location.col, message)


def _in_own_words(message: str, source: Source) -> str:
    """Without the root that we put before the names; why a built-in function is missing."""
    name = message.removeprefix("undefined function ")
    if name in REFUSED:
        return f"{name} is not allowed in signatures: they see events, not the network or the host"
    root = source.inside.split("/", 1)[0]
    return message.replace(f"data.{root}.", "data.").replace(f"package {root}.", "package ")


def _inside(complaint: Complaint) -> str:
    """A file's place in the bundle: `bundle/d0/a.rego` of a check, `/d0/a.rego` of a server."""
    file = complaint.location.file if complaint.location else ""
    return file.removeprefix("/").removeprefix(f"{FOLDER}/")


def _by_file(complaints: list[Complaint]) -> dict[str, list[Complaint]]:
    """Parse errors by the file's place in the bundle, in the order of their places in it."""
    found: dict[str, list[Complaint]] = {}
    for complaint in sorted(complaints, key=_place):
        if complaint.code == PARSE_ERROR:
            found.setdefault(_inside(complaint), []).append(complaint)
    return found


def _place(complaint: Complaint) -> tuple[int, int]:
    place = complaint.location
    return (place.row, place.col) if place else (0, 0)
