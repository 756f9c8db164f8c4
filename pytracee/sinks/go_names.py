# SPDX-License-Identifier: Apache-2.0
"""Events and findings with the field names that Tracee's Go templates use.

`{{ .Event.ProcessID }}`, `{{ .Event.Payload.ProcessID }}` and `{{ .Context.ProcessID }}` are the
spellings of its versions, and all of them work.
"""

import re
from typing import Any

from pytracee.sinks.template import Named
from schemas.finding import Finding
from schemas.rendering.event import rule_input
from schemas.rendering.signature import metadata_dict

_OTHERWISE = {"mountNamespace": "MountNS", "pidNamespace": "PIDNS"}
#: today's objects, which the flat fields also fill
_OBJECTS = {
    "Container": {"ID": "containerId", "Name": "containerName", "ImageName": "containerImage"},
    "Kubernetes": {"PodName": "podName", "PodNamespace": "podNamespace", "PodUID": "podUID"},
}


def go_name(name: str) -> str:
    """`processId` → `ProcessID`."""
    return _OTHERWISE.get(name) or re.sub(r"Id$", "ID", name[:1].upper() + name[1:])


def line_value(line: dict[str, Any]) -> Named:
    """An event's line of JSON."""
    fields: dict[str, Any] = {go_name(name): _value(value) for name, value in line.items()}
    for name, parts in _OBJECTS.items():
        fields[name] = Named(_filled(line, parts), fields.get(name, {}))
    # The names in these are the events' own.
    fields["Data"] = line.get("data", {})
    fields["Args"] = [Named({go_name(k): one[k] for k in one}, one) for one in line["args"]]
    return Named(fields, line)


def finding_value(finding: Finding) -> Named:
    """A finding: Data, Event (also as Context) and SigMetadata."""
    event = line_value(rule_input(finding.event))
    metadata = metadata_dict(finding.signature)
    return Named(
        {
            "Data": Named(finding.data or {}, finding.data),
            "Event": Named(event | {"Payload": event}, event.line),
            "Context": event,
            "SigMetadata": Named(metadata, metadata),
        },
        {"Data": finding.data, "Context": event.line, "SigMetadata": metadata},
    )


def _filled(line: dict[str, Any], parts: dict[str, str]) -> dict[str, Any]:
    return {name: line.get(key, "") for name, key in parts.items()}


def _value(value: Any) -> Any:
    match value:
        case dict():
            return Named({go_name(name): _value(one) for name, one in value.items()}, value)
        case list():
            return [_value(one) for one in value]
    return value
