# SPDX-License-Identifier: Apache-2.0
"""Signatures directories → signatures of all three kinds, and the OPA for those in Rego."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from detector.cel.load import CelSignature
from detector.cel.load import load as load_cel
from detector.choice import choose
from detector.opa.binary import locate
from detector.opa.bundle import Bundle, assemble
from detector.opa.connection import Gone, TimedOut
from detector.opa.server import OpaServer, ServerFailed
from detector.opa.signatures import load as load_rego
from detector.python.load import LoadedClass
from detector.python.load import load as load_python
from detector.signature import Signature
from pytracee.service.errors import OperatorError
from pytracee.service.problem import Problem

_DESCRIBE_LIMIT = 30.0  # seconds for all signatures to say what they are


@dataclass(frozen=True, slots=True)
class Rules:
    """What can run, in the order of directories and files.

    `problems` are lines on what cannot, or was replaced.
    """

    signatures: Sequence[Signature]
    problems: Sequence[str]
    bundle: Bundle
    server: OpaServer
    cel: Sequence[CelSignature]
    python: Sequence[LoadedClass]

    def chosen(self, names: Sequence[str]) -> list[Signature]:
        """Those of these comma lists. Raises OperatorError, with the problems before it.

        What was named may be among what cannot run.
        """
        try:
            return choose(self.signatures, names)
        except OperatorError as error:
            raise OperatorError(*self.problems, *error.complaints) from None


def shipped() -> Path:
    """The directory of our own signatures in Rego."""
    return Path(str(files("detector") / "rego"))


def shipped_directories() -> tuple[Path, ...]:
    """The directories of all our own signatures."""
    return (shipped(), Path(str(files("detector.python") / "shipped")))


@contextmanager
def running(directories: Sequence[Path]) -> Iterator[Rules]:
    """Load the signatures and run OPA on them, until the end of the block.

    Raises OpaMissing, CheckFailed or ServerFailed, all with one clear sentence.
    """
    opa = locate()
    with tempfile.TemporaryDirectory(prefix="pytracee-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        bundle = assemble(opa, directories, folder)
        server = OpaServer(opa, folder)
        try:
            server.start()
            yield _rules(directories, bundle, server)
        finally:
            server.stop()


def _rules(directories: Sequence[Path], bundle: Bundle, server: OpaServer) -> Rules:
    rego, unfit = _described(bundle, server)
    cel, wrong = load_cel(directories)
    python, broken = load_python(directories)
    found = [*rego, *(one.signature for one in cel), *(one.signature for one in python)]
    at: dict[str, Callable[[str], Problem]] = {
        **{key: source.own_problem for key, source in bundle.signatures.items()},
        **{one.signature.key: one.part.problem for one in cel},
        **{one.signature.key: one.problem for one in python},
    }
    kept, replaced = _one_of_each_id(found, directories, at)
    keys = {signature.key for signature in kept}
    return Rules(
        kept,
        [*map(str, (*bundle.problems, *unfit, *wrong, *broken)), *replaced],
        bundle,
        server,
        [one for one in cel if one.signature.key in keys],
        [one for one in python if one.signature.key in keys],
    )


def _described(bundle: Bundle, server: OpaServer) -> tuple[Sequence[Signature], Sequence[Problem]]:
    with closing(server.connect(_DESCRIBE_LIMIT)) as connection:
        try:
            return load_rego(connection, bundle)
        except (Gone, TimedOut) as error:
            raise ServerFailed(f"OPA did not say what the signatures are: {error}") from None


def _one_of_each_id(
    signatures: Sequence[Signature],
    directories: Sequence[Path],
    at: Mapping[str, Callable[[str], Problem]],
) -> tuple[list[Signature], list[str]]:
    """A later directory replaces; within one directory the first stays. An alias is an id too.

    `at` makes a problem at the place where the signature of a key is written.
    """

    def place(signature: Signature) -> tuple[int, Path]:
        within = (n for n, d in enumerate(directories) if signature.path.is_relative_to(d))
        return max(within), signature.path

    kept: dict[str, Signature] = {}  # by its own id
    named: dict[str, str] = {}  # id or alias → that id
    told = []
    for signature in sorted(signatures, key=place):
        said = signature.metadata
        earlier = [kept[named[name]] for name in (said.id, *said.aliases) if name in named]
        if earlier and place(earlier[0])[0] == place(signature)[0]:
            told.append(str(at[signature.key](f"its id is already that of {earlier[0].path}")))
            continue
        for before in {one.metadata.id: one for one in earlier}.values():
            told.append(f"{said.id} of {signature.path} replaces that of {before.path}")
            del kept[before.metadata.id]
            named = {name: owner for name, owner in named.items() if owner != before.metadata.id}
        kept[said.id] = signature
        named |= dict.fromkeys((said.id, *said.aliases), said.id)
    return list(kept.values()), told
