# SPDX-License-Identifier: Apache-2.0
"""Whether Rego signatures ask for what their events have: `opa check --strict --schema`.

OPA knows one schema of `input` at a time, so the bundle is checked once for every selected event.
A complaint counts where it comes with all events of a signature: a field that one of them has is
no mistake.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from detector.opa.check import Complaint, check
from detector.opa.own_tests import Tested
from detector.opa.sieve import FOLDER, told
from detector.opa.source import Source
from detector.opa.tokens import Token, tokens
from detector.signature import Signature
from pytracee.service.nearest import hint
from pytracee.service.problem import Problem, problem_at
from schemas.events import BY_NAME, CATALOGUE
from schemas.json import event_schema

_OTHER = ""  # stands for events that the catalogue does not have: any data, any arguments
_SCHEMA = "schema.json"
_UNKNOWN = re.compile(r"undefined ref: input\.(data\.)?(\w+)")
#: what comes before an argument's name in our rules, and in Tracee's
_ASKS = (
    ("helpers", ".", "argument", "."),
    ("helpers", ".", "argument", "["),
    ("helpers", ".", "first", "("),
    ("get_tracee_argument", "("),
)


def check_fields(opa: Path, tested: Tested, signatures: Iterable[Signature]) -> list[Problem]:
    """Fields, arguments and strictness, in all files of the bundle. Raises CheckFailed."""
    selected = {one.path: _events(one) for one in signatures}
    every = sorted({name for names in selected.values() for name in names}) or [_OTHER]
    found = {name: _complaints(opa, tested.bundle.folder, name) for name in every}
    files = {one.inside: one for one in (*tested.bundle.sources, *tested.tests)}
    problems: list[Problem] = []
    for source in files.values():
        names = selected.get(source.path, every)
        problems += _in_all([found[name] for name in names], source, names)
        if source.path in selected and _OTHER not in names:
            problems += _unknown_arguments(source, names)
    return sorted(set(problems))


def _events(signature: Signature) -> list[str]:
    names = {one.name for one in signature.selectors}
    return sorted(names) if names <= BY_NAME.keys() else [_OTHER]


def _complaints(opa: Path, folder: Path, event: str) -> list[Complaint]:
    (folder / _SCHEMA).write_bytes(msgspec.json.encode(_schema(event)))
    return check(opa, folder, "--strict", f"--schema={_SCHEMA}", "--bundle", FOLDER)


def _schema(event: str) -> Mapping[str, Any]:
    if event:
        return event_schema(BY_NAME[event])
    schema: dict[str, Any] = event_schema(CATALOGUE[0])
    open_ = {"args": {"type": "array"}, "data": {}, "metadata": {}}
    return {**schema, "properties": {**schema["properties"], **open_}}


def _in_all(found: Sequence[list[Complaint]], source: Source, events: list[str]) -> list[Problem]:
    """Complaints on one file that come with every event."""
    by_event = [
        {
            problem
            for complaint in complaints
            if (problem := told(_in_words(complaint, events), {source.inside: source}))
        }
        for complaints in found
    ]
    return list(set.intersection(*by_event))


def _in_words(complaint: Complaint, events: list[str]) -> Complaint:
    """With the name that was probably meant."""
    match = _UNKNOWN.match(complaint.message)
    if match is None:
        return complaint
    before, name = match[1] or "", match[2]
    if before:
        known = [field.name for event in events if event for field in BY_NAME[event].fields]
    else:
        known = list(_schema(events[0])["properties"])
    if name in known:  # something within it is unknown, which OPA's own words say
        return complaint
    of = " or ".join(filter(None, events)) or "an event"
    return Complaint(
        f"{of} has no {before}{name}{hint(name, known)}", complaint.code, complaint.location
    )


def _unknown_arguments(source: Source, events: list[str]) -> list[Problem]:
    known = [field.name for event in events for field in BY_NAME[event].fields]
    of = " or ".join(events)
    return [
        problem_at(
            source.path,
            source.original,
            token.at,
            f"{of} has no argument {name}{hint(name, known)}",
        )
        for token, name in _asked(list(tokens(source.original)))
        if name not in known
    ]


def _asked(found: Sequence[Token]) -> Iterable[tuple[Token, str]]:
    """Where an argument is named, and its name."""
    for asks in _ASKS:
        for at in range(len(found) - len(asks)):
            token = found[at + len(asks)]
            names = token.kind == "name" if asks[-1] == "." else token.text.startswith('"')
            if names and tuple(one.text for one in found[at : at + len(asks)]) == asks:
                yield token, token.text.strip('"')
