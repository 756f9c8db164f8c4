# SPDX-License-Identifier: Apache-2.0
"""The shape of a policy's document. `schemas/policy.schema.json` is generated from it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

_Name = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
        max_length=253,
        description="Its name in events and findings: letters, digits, and . _ - between them.",
    ),
]
_Expression = Annotated[str, Meta(min_length=1, max_length=4096)]


class Annotations(msgspec.Struct, frozen=True):
    """Other annotations may stand beside it."""

    description: Annotated[str, Meta(min_length=1)]


class Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Name
    annotations: Annotations
    labels: dict[str, str] = {}
    namespace: str = ""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event, a set, a wildcard or a signature, and what must be in it."""

    event: Annotated[str, Meta(min_length=1, max_length=4096)]
    filters: Annotated[
        list[_Expression],
        Meta(description="data.NAME=…, retval<0, or a scope's expression, for this rule only."),
    ] = []


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scope: Annotated[
        list[_Expression],
        Meta(min_length=1, description="Whose activity: global, uid=0, comm=…, container, …"),
    ]
    rules: Annotated[list[Rule], Meta(min_length=1)]


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A policy: whose activity, which events, with what in them."""

    api_version: Literal["tracee.aquasec.com/v1beta1"]
    kind: Literal["Policy"]
    metadata: Metadata
    spec: Spec


def schema() -> dict[str, Any]:
    """The JSON Schema of a policy's document."""
    made = msgspec.json.schema(Document, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pytracee policy",
        **made,
    }
