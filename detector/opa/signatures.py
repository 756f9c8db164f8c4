# SPDX-License-Identifier: Apache-2.0
"""What the signatures in a bundle say of themselves, asked of the running OPA."""

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from detector.metadata import Metadata
from detector.opa import harness
from detector.opa.bundle import Bundle
from detector.opa.connection import Connection, Refused
from detector.opa.source import Source
from detector.signature import ANY, ORIGINS, SOURCE, Selector, Signature
from pytracee.service.problem import Problem

_T = TypeVar("_T")
_NOTHING = msgspec.Raw()


class _Selector(msgspec.Struct):
    """An element of `tracee_selected_events`."""

    source: str
    name: str = ANY
    origin: str = ANY


class _Described(msgspec.Struct):
    metadata: msgspec.Raw = _NOTHING
    selectors: msgspec.Raw = _NOTHING


class _All(msgspec.Struct):
    result: dict[str, _Described] = {}


class _One(msgspec.Struct):
    result: _Described | None = None


class _Unfit(Exception):
    """A half sentence: what is wrong with a signature's description of itself."""


def load(connection: Connection, bundle: Bundle) -> tuple[list[Signature], list[Problem]]:
    """The signatures in the order of their files, and what is wrong with the others.

    Raises Gone and TimedOut.
    """
    signatures, problems = [], []
    for key, described in _describe(connection, bundle):
        source = bundle.signatures[key]
        try:
            if isinstance(described, Refused):
                raise _Unfit(f"it cannot be evaluated: {described}")
            signatures.append(_signature(key, source, described, bundle))
        except _Unfit as error:
            problems.append(source.own_problem(str(error)))
    return signatures, problems


def _describe(connection: Connection, bundle: Bundle) -> Iterator[tuple[str, _Described | Refused]]:
    """All at once; where one of them fails, one by one."""
    try:
        connection.ask(harness.SIGNATURES)
        found = msgspec.json.decode(connection.answer(), type=_All).result
    except Refused:
        for key in bundle.signatures:
            yield key, _describe_one(connection, key)
    else:
        for key in bundle.signatures:
            yield key, found.get(key, _Described())


def _describe_one(connection: Connection, key: str) -> _Described | Refused:
    try:
        connection.ask(f"{harness.SIGNATURES}/{key}")
        return msgspec.json.decode(connection.answer(), type=_One).result or _Described()
    except Refused as error:
        return error


def _signature(key: str, source: Source, described: _Described, bundle: Bundle) -> Signature:
    same_package = (other for other in bundle.sources if other.package == source.package)
    if not any("tracee_match" in other.text for other in same_package):
        raise _Unfit("it has no rule tracee_match")
    metadata = _read("__rego_metadoc__", described.metadata, Metadata)
    selectors = _read("tracee_selected_events", described.selectors, list[_Selector])
    if not metadata.id:
        raise _Unfit("__rego_metadoc__ has an empty id")
    return Signature(
        key=key,
        metadata=metadata.completed(),
        selectors=_selectors(selectors),
        path=source.path,
    )


def _selectors(found: list[_Selector]) -> tuple[Selector, ...]:
    if not found:
        raise _Unfit("it selects no event: tracee_selected_events is empty")
    for one in found:
        if one.source != SOURCE:
            raise _Unfit(f'it selects events of source "{one.source}": there is only "{SOURCE}"')
        if one.origin not in (ANY, *ORIGINS):
            raise _Unfit(f'it selects origin "{one.origin}": there are {", ".join(ORIGINS)} and *')
    return tuple(Selector(one.name, one.origin) for one in found)


def _read(what: str, value: msgspec.Raw, shape: type[_T]) -> _T:
    """Raises _Unfit where a rule has no value, or one of another shape."""
    if value == _NOTHING:
        raise _Unfit(f"{what} has no value")
    try:
        return msgspec.json.decode(value, type=shape)
    except msgspec.ValidationError as error:
        raise _Unfit(f"{what}: {error}") from None
