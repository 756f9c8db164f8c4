# SPDX-License-Identifier: Apache-2.0
"""Signatures directories → one checked bundle that OPA can load.

A file with an error is left out and reported at its own line; the others run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.opa.check import Complaint, write_capabilities
from detector.opa.sieve import Sieve, told
from detector.opa.source import BadSource, Source, read
from pytracee.service.problem import Problem


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is in `folder`, and what was left out of it.

    `signatures` maps the harness's key to the file of the signature.
    """

    folder: Path
    sources: Sequence[Source]
    signatures: dict[str, Source]
    problems: Sequence[Problem]

    @property
    def fields(self) -> frozenset[str] | None:
        """The fields of `input` that the files read, None: any."""
        names: set[str] = set()
        for source in self.sources:
            if source.fields is None:
                return None
            names |= source.fields
        return frozenset(names)

    def problem(self, complaint: Complaint) -> Problem | None:
        """An error of OPA at the user's file and line; None if it has no place in one."""
        return told(complaint, {source.inside: source for source in self.sources})


def assemble(opa: Path, directories: Sequence[Path], folder: Path) -> Bundle:
    """Read, check and write the bundle. Raises CheckFailed if OPA cannot be run."""
    sources, problems = _read(directories)
    sources, twice = _without_second_signatures(sources)
    problems += twice
    signatures = {f"s{n}": s for n, s in enumerate(sources) if s.metadata_at is not None}
    write_capabilities(opa, folder)
    sieve = Sieve(opa, folder, sources, signatures)
    problems += sieve.run()
    return Bundle(folder, list(sieve.files.values()), sieve.signatures, sorted(problems))


def _read(directories: Iterable[Path]) -> tuple[list[Source], list[Problem]]:
    sources, problems = [], []
    for number, directory in enumerate(directories):
        for path in _files(directory):
            try:
                sources.append(read(path, directory, f"d{number}"))
            except BadSource as error:
                problems.append(error.problem)
    return sources, problems


def _files(directory: Path) -> list[Path]:
    """The Rego files but tests. Hidden folders hold a mounted ConfigMap's older versions."""
    return sorted(
        path
        for path in directory.rglob("*.rego")
        if not path.name.endswith("_test.rego")
        and not any(part.startswith(".") for part in path.relative_to(directory).parts)
        and path.is_file()
    )


def _without_second_signatures(sources: list[Source]) -> tuple[list[Source], list[Problem]]:
    """OPA would merge two signatures of one package into one."""
    kept, problems, seen = [], [], dict[str, Source]()
    for source in sources:
        if source.metadata_at is not None:
            first = seen.setdefault(source.package, source)
            if first is not source:
                problems.append(
                    source.own_problem(f"its package is already that of {first.path}: rename it")
                )
                continue
        kept.append(source)
    return kept, problems
