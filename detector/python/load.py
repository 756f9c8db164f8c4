# SPDX-License-Identifier: Apache-2.0
"""Signatures directories → classes: every `*.py` that is no test holds one.

A file that cannot be used is left out and told; the others run.
"""

import dataclasses
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from detector.files import files_of
from detector.python.limit import Limit, Overrun
from detector.python.selectors import complaints
from detector.python.signature import PythonSignature
from detector.signature import Signature, event_name
from pytracee.service.problem import Problem
from schemas.finding import SignatureMetadata

_IMPORT = 15.0  # seconds: it may import much


class Code(NamedTuple):
    """Two classes of one file are the same while its text is."""

    path: Path
    text: bytes


@dataclass(frozen=True, slots=True)
class LoadedClass:
    """A signature that can run."""

    signature: Signature
    made_by: type[PythonSignature]
    code: Code

    def problem(self, message: str) -> Problem:
        """At its class."""
        return Problem(self.signature.path, row_of(self.made_by), 1, message)


class _Unfit(Exception):
    """What is wrong with a file, at a row and column of it."""

    def __init__(self, message: str, row: int = 1, col: int = 1) -> None:
        super().__init__(message)
        self.row, self.col = row, col


def load(directories: Sequence[Path]) -> tuple[list[LoadedClass], list[Problem]]:
    """The signatures in the order of their files, and what is wrong with the others."""
    found: list[LoadedClass] = []
    problems: list[Problem] = []
    for path in (path for directory in directories for path in _files(directory)):
        key = f"p{len(found)}"
        try:
            code = Code(path, _text(path))
            made_by = _class(_module(path, f"pytracee_signature_{key}"))
            found.append(LoadedClass(_signature(key, path, made_by), made_by, code))
        except _Unfit as error:
            problems.append(Problem(path, error.row, error.col, str(error)))
    return found, problems


def _files(directory: Path) -> list[Path]:
    return [path for path in files_of(directory, (".py",)) if not _no_signature(path)]


def _no_signature(path: Path) -> bool:
    return path.stem in ("__init__", "conftest") or (
        path.stem.startswith("test_") or path.stem.endswith("_test")
    )


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _Unfit(f"cannot be read: {error.strerror}") from None


def _module(path: Path, name: str) -> ModuleType:
    """The file as a module of its own, whatever else has its name."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # there is a loader for *.py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for their module there
    try:
        with Limit(_IMPORT).call():
            spec.loader.exec_module(module)
    except (Exception, SystemExit, Overrun) as error:
        del sys.modules[name]
        raise _import_error(path, error) from None
    return module


def _import_error(path: Path, error: BaseException) -> _Unfit:
    """At the last line of this file that ran, or that is no Python."""
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return _Unfit(f"{type(error).__name__}: {error.msg}", error.lineno or 1, error.offset or 1)
    ours = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
    last = ours[-1] if ours else None
    row, col = (last.lineno or 1, (last.colno or 0) + 1) if last else (1, 1)
    return _Unfit(f"cannot be imported: {said}", row, col)


def _class(module: ModuleType) -> type[PythonSignature]:
    """The one class of the file that is a signature; imported ones do not count."""
    classes = [
        one
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, PythonSignature)
        and one.__module__ == module.__name__
    ]
    if not classes:
        raise _Unfit("it has no class derived from detector.python.PythonSignature")
    if len(classes) > 1:
        raise _Unfit("one signature, one file: this is its second", row_of(classes[1]))
    return classes[0]


def row_of(what: type | Callable[..., object]) -> int:
    """The line of its file at which a class or a method begins."""
    return inspect.getsourcelines(what)[1]


def _signature(key: str, path: Path, made_by: type[PythonSignature]) -> Signature:
    if made_by.on_event is PythonSignature.on_event:
        raise _Unfit("it has no method on_event", row_of(made_by))
    metadata = getattr(made_by, "metadata", None)
    if not isinstance(metadata, SignatureMetadata) or not metadata.id:
        raise _Unfit("its metadata must be a SignatureMetadata with an id", row_of(made_by))
    if not metadata.event_name:
        metadata = dataclasses.replace(metadata, event_name=event_name(metadata.name))
    selectors = getattr(made_by, "selectors", ())
    for complaint in complaints(selectors):
        raise _Unfit(complaint, row_of(made_by))
    return Signature(key, metadata, tuple(selectors), path)
