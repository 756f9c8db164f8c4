# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas: of a rule's `input` for each event, generated into this folder.

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
            "syscall",
        ),
        _INTEGER,
    ),
    **dict.fromkeys(
        (
            "processName", "hostName", "containerId", "containerImage", "containerName",
            "podName", "podNamespace", "podUID", "eventId", "eventName",
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


def event_schema(event: EventType) -> dict[str, object]:
    """The schema of a rule's `input` for `event`."""
    data = {field.name: JSON_SCHEMA_OF_KIND[field.kind] for field in event.fields}
    argument = {
        "type": "object",
        "properties": {"name": {"enum": list(data)}, "type": _STRING, "value": {}},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
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
