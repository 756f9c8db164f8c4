# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas: of a rule's `input` for each event, generated into this folder, and of a finding's
JSON line and an event's, generated beside it.

`opa check --schema` takes the folder; a rule names its event with
`schemas: [{input: schema.EVENT}]` in its metadata.
"""

from collections.abc import Mapping

from schemas.event_type import EventType
from schemas.kinds import JSON_SCHEMA_OF_KIND, KIND_OF_TYPE

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
    "processTree": {
        "type": "object",
        "properties": {
            "ancestors": {"type": "array", "items": _INTEGER},
            "startTimes": {"type": "array", "items": _INTEGER},
            "executables": {"type": "array", "items": _STRING},
        },
    },
    "matchedPolicies": {"type": "array", "items": _STRING},
    "stackAddresses": {"type": ["array", "null"], "items": _INTEGER},
    "contextFlags": {
        "type": "object",
        "properties": {"containerStarted": _BOOLEAN, "isCompat": _BOOLEAN},
    },
}  # fmt: skip

_DRAFT = "http://json-schema.org/draft-07/schema#"

#: what an argument may be instead of a value of its type: a name, or nothing that could be read
_INSTEAD = ({"type": "string"}, {"type": "null"})

_TRUNCATED = "names of the arguments that were longer than there is room for; if there are any"

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


def line_schema() -> dict[str, object]:
    """The schema of an event's JSON line, of any event, and of a finding's as an event.

    A value is of its C type; or a text, where numbers are shown by their names; or null.
    """
    return {
        "$schema": _DRAFT,
        "title": "event",
        "description": "An event: a line of `collector --output json`, and of pytracee's.",
        "type": "object",
        "properties": {
            **_TOP,
            "container": _texts("id", "name", "image"),
            "kubernetes": _texts("podName", "podNamespace", "podUID"),
            "args": {"type": "array", "items": _argument()},
            "truncated": {"type": "array", "items": _STRING, "description": _TRUNCATED},
            "metadata": _object(_METADATA, ["ID", "Name"]),
        },
        "required": [*(name for name in _TOP if name != "timestamp"), "args"],
        "additionalProperties": False,
    }


def _argument() -> dict[str, object]:
    """Of which type its value is depends on its own `type`."""
    typed = [
        {
            "if": {"properties": {"type": {"const": name}}},
            "then": {"properties": {"value": {"anyOf": [JSON_SCHEMA_OF_KIND[kind], *_INSTEAD]}}},
        }
        for name, kind in KIND_OF_TYPE.items()
    ]
    properties = {"name": _STRING, "type": _STRING, "value": {}}
    return {**_object(properties, ["name", "type", "value"]), "allOf": typed}


def _texts(*names: str) -> dict[str, object]:
    return _object(dict.fromkeys(names, _STRING), [])


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


def _object(properties: Mapping[str, object], required: list[str]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
