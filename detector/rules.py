# SPDX-License-Identifier: Apache-2.0
"""Signatures directories → signatures, and the OPA that evaluates them."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from detector.opa.binary import locate
from detector.opa.bundle import Bundle, assemble
from detector.opa.connection import Gone, TimedOut
from detector.opa.server import OpaServer, ServerFailed
from detector.opa.signatures import load
from detector.signature import Signature

_DESCRIBE_LIMIT = 30.0  # seconds for all signatures to say what they are


@dataclass(frozen=True, slots=True)
class Rules:
    """What can run. `problems` are lines on what cannot, or was replaced."""

    signatures: Sequence[Signature]
    problems: Sequence[str]
    bundle: Bundle
    server: OpaServer


def shipped() -> Path:
    """The directory of our own signatures."""
    return Path(str(files("detector") / "rego"))


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
            yield _rules(bundle, server)
        finally:
            server.stop()


def _rules(bundle: Bundle, server: OpaServer) -> Rules:
    with closing(server.connect(_DESCRIBE_LIMIT)) as connection:
        try:
            signatures, unfit = load(connection, bundle)
        except (Gone, TimedOut) as error:
            raise ServerFailed(f"OPA did not say what the signatures are: {error}") from None
    signatures, replaced = _one_of_each_id(signatures, bundle)
    problems = [*map(str, bundle.problems), *map(str, unfit), *replaced]
    return Rules(signatures, problems, bundle, server)


def _one_of_each_id(
    signatures: Sequence[Signature], bundle: Bundle
) -> tuple[list[Signature], list[str]]:
    """A later directory replaces; within one directory the first stays."""
    kept: dict[str, Signature] = {}
    told = []
    for signature in signatures:
        before = kept.get(signature.metadata.id)
        if before is None:
            kept[signature.metadata.id] = signature
        elif _root(before, bundle) == _root(signature, bundle):
            source = bundle.signatures[signature.key]
            told.append(str(source.own_problem(f"its id is already that of {before.path}")))
        else:
            told.append(
                f"{signature.metadata.id} of {signature.path} replaces that of {before.path}"
            )
            kept[signature.metadata.id] = signature
    return list(kept.values()), told


def _root(signature: Signature, bundle: Bundle) -> str:
    return bundle.signatures[signature.key].inside.split("/", 1)[0]
