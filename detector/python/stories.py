# SPDX-License-Identifier: Apache-2.0
"""The `examples` of Python signatures, each on a new object."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from detector.notices import Errors
from detector.outcome import Outcome
from detector.python.engine import PythonEngine
from detector.python.load import LoadedClass, row_of
from detector.python.signature import Example
from detector.selection import Candidate
from detector.suspension import Suspension


def run_stories(classes: Iterable[LoadedClass]) -> Iterator[Outcome]:
    """The outcome of every example, at the line of the method."""
    for one in classes:
        row, path = row_of(one.made_by.examples), one.signature.path
        name = one.signature.metadata.id
        try:
            examples = list(one.made_by.examples())
        except Exception as error:
            yield Outcome(path, row, f"{name} examples", f"they cannot be made: {error!r}")
            continue
        for example in examples:
            yield Outcome(path, row, f"{name} {example.name}", _failure(one, example))


def _failure(one: LoadedClass, example: Example) -> str:
    errors = Errors()
    signature = one.signature
    suspension = Suspension({signature.key: signature.metadata.id}, errors)
    found = _told(PythonEngine([one], errors, suspension), signature.key, example)
    if errors.count:
        return "it fails on these events"
    expected = list(example.found)
    if found == expected:
        return ""
    return f"it finds {found or 'nothing'}, and not {expected or 'nothing'}"


def _told(engine: PythonEngine, key: str, example: Example) -> Sequence[dict[str, Any] | None]:
    """The data of the findings over a whole stream of these events."""
    candidates = [Candidate(at, event, (key,)) for at, event in enumerate(example.events)]
    matches = [*engine.judge(candidates), *engine.end("example")]
    engine.close()
    return [match.data for match in matches]
