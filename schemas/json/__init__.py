# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas: of a rule's `input` for each event, generated into this folder, and of a finding's
JSON line, generated beside it.

`opa check --schema` takes the folder; a rule names its event with
`schemas: [{input: schema.EVENT}]` in its metadata.
"""

from schemas.event_type import EventType
from schemas.kinds import JSON_SCHEMA_OF_KIND

_STRING: dict[str, object] = {"type": "string"}
_INTEGER: dict[str, object] = {"type": "integer"}
_BOOLEAN: dict[str, object] = {"type": "boolean"}

#: what `schemas.rendering.event` puts beside args and data; a test holds the two together
_TOP: dict[str, dict[str, object]] = {
    **dict.fromkeys(
        (
            "timestamp", "threadStartTime", "processorId", "processId", "cgroupId", "threadId",
            "parentProcessId", "hostProcessId", "hostThreadId", "hostParentProcessId", "userId",
            "effectiveUserId", "mountNamespace", "pidNamespace", "argsNum", "returnValue",
        ),
        _INTEGER,
    ),
    **dict.fromkeys(
        (
            "processName", "hostName", "containerId", "containerImage", "containerName",
            "podName", "podNamespace", "podUID", "eventId", "eventName", "syscall",
        ),
        _STRING,
    ),
    "executable": {"type": "object", "properties": {"path": _STRING}},
    "matchedPolicies": {"type": "array", "items": _STRING},
    "stackAddresses": {"type": ["array", "null"], "items": _INTEGER},
    "contextFlags": {
        "type": "object",
        "properties": {"containerStarted": _BOOLEAN, "isCompat": _BOOLEAN},
    },
}  # fmt: skip

_DRAFT = "http://json-schema.org/draft-07/schema#"

#: as `schemas.rendering.signature` writes it
_METADATA: dict[str, object] = {
    **dict.fromkeys(("ID", "Version", "Name", "EventName", "Description"), _STRING),
    "Tags": {"type": "array", "items": _STRING},
    "Properties": {"type": "object"},
}


def event_schema(event: EventType) -> dict[str, object]:
    """The schema of a rule's `input` for `event`."""
    data = {field.name: JSON_SCHEMA_OF_KIND[field.kind] for field in event.fields}
    argument = {
        "type": "object",
        "properties": {"name": {"enum": list(data)}, "type": _STRING, "value": {}},
    }
    return {
        "$schema": _DRAFT,
        "title": event.name,
        "description": event.doc,
        "type": "object",
        "properties": {
            **_TOP,
            "args": {"type": "array", "items": argument},
            "data": {"type": "object", "properties": data, "additionalProperties": False},
        },
        "additionalProperties": False,
    }


def finding_schema() -> dict[str, object]:
    """The schema of a finding's JSON line, of any signature on any event.

    An event that came as another program's JSON line may have other fields beside ours.
    """
    argument = {
        "type": "object",
        "properties": {"name": _STRING, "type": _STRING, "value": {}},
        "required": ["name", "value"],
    }
    context = {
        "type": "object",
        "properties": {
            **_TOP,
            "args": {"type": "array", "items": argument},
            "data": {"type": "object"},
        },
        "required": ["timestamp", "eventName", "args", "data"],
    }
    return {
        "$schema": _DRAFT,
        "title": "finding",
        "description": "A signature matched an event: a line of `detector --output json`.",
        "type": "object",
        "properties": {
            "Data": {"type": ["object", "null"], "description": "What the signature found."},
            "Context": context,
            "SigMetadata": _object(_METADATA, ["ID", "Name"]),
        },
        "required": ["Data", "Context", "SigMetadata"],
        "additionalProperties": False,
    }


def _object(properties: dict[str, object], required: list[str]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
