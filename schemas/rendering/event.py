# SPDX-License-Identifier: Apache-2.0
"""An event as Tracee v0.8.1's JSON has it, flat, and that as a rule's `input`."""

from operator import itemgetter
from typing import Any

from schemas.event import Event
from schemas.events import call_names
from schemas.finding import FindingEvent
from schemas.line_event import LineEvent
from schemas.rendering.look import Look
from schemas.rendering.signature import metadata_dict
from schemas.stream.messages import Layout
from schemas.stream.values import text
from schemas.task import NUMBERS, Task

_numbers = itemgetter(*map(Task._fields.index, NUMBERS))
#: today's Tracee's objects, and the flat fields that fill them
_OBJECTS = {
    "container": {"id": "containerId", "name": "containerName", "image": "containerImage"},
    "kubernetes": {"podName": "podName", "podNamespace": "podNamespace", "podUID": "podUID"},
}


def event_dict(event: Event, args: list[Any]) -> dict[str, Any]:
    """The event with `args` as the values of its arguments (raw or parsed, in order)."""
    return {"timestamp": event.timestamp, **_task_dict(event), **_own_dict(event, args)}


def event_line(event: Event, look: Look) -> dict[str, Any]:
    """What JSON, templates and receivers show: `event_dict`, and today's Tracee's objects."""
    args = event.parsed() if look.parsed else event.args
    line = {**line_task(event), **_own_dict(event, args)}
    if cut := event.truncated():
        line["truncated"] = cut
    if look.time != "none":
        line["timestamp"] = event.timestamp + look.offset(event.hello)
    if isinstance(event, FindingEvent):
        line["metadata"] = metadata_dict(event.signature)
    return line


def line_task(event: Event) -> dict[str, Any]:
    """Of a line what depends on the event's task alone."""
    flat = _task_dict(event)
    flat["container"] = _object("container", flat) if flat["containerId"] else {}
    flat["kubernetes"] = _object("kubernetes", flat) if flat["podName"] else {}
    return flat


def line_type(layout: Layout) -> dict[str, Any]:
    """Of a line what depends on the event's type alone."""
    return {
        "eventId": str(layout.id),
        "eventName": layout.name,
        "argsNum": len(layout.fields),
    }


def _task_dict(event: Event) -> dict[str, Any]:
    task, container, process = event.task, event.container, event.process
    found: dict[str, Any] = dict(zip(NUMBERS.values(), _numbers(task), strict=True))
    return found | {
        "processName": text(task.comm),
        "executable": {"path": text(process.executable) if process else ""},
        "hostName": text(task.uts_name),
        "containerId": container.id if container else "",
        "containerImage": "",
        "containerName": "",
        "podName": "",
        "podNamespace": "",
        "podUID": "",
        "syscall": _call(event),
        "processTree": _tree(event),
        "contextFlags": {"containerStarted": event.container_started, "isCompat": event.compat},
    }


def _tree(event: Event) -> dict[str, Any]:
    """The process's ancestors, the first process of all first: three lists in the same order."""
    found = event.ancestors
    return {
        "ancestors": [one.pid for one in found],
        "startTimes": [one.start for one in found],
        "executables": [text(one.executable) for one in found],
    }


def _object(name: str, flat: dict[str, Any]) -> dict[str, str]:
    return {key: flat[told] for key, told in _OBJECTS[name].items() if flat[told]}


def _own_dict(event: Event, args: list[Any]) -> dict[str, Any]:
    return {
        **line_type(event.layout),
        "matchedPolicies": event.policy_names,
        "returnValue": event.return_value,
        "args": [
            {"name": field.name, "type": field.type, "value": value}
            for field, value in zip(event.layout.fields, args, strict=True)
        ],
        "stackAddresses": event.stack,
    }


def rule_input(event: Event) -> dict[str, Any]:
    """What a rule sees: arguments as names, and beside them the raw values under `data`."""
    if isinstance(event, LineEvent):
        return event.line
    seen = event_dict(event, event.parsed()) | {"data": event.data()}
    if isinstance(event, FindingEvent):
        seen["metadata"] = metadata_dict(event.signature)
    return seen


def _call(event: Event) -> str:
    """The system call that the task was in, "" for none; one without a name is its number."""
    number = event.task.syscall
    if number < 0:
        return ""
    return call_names(event.hello.machine, event.compat).get(number, str(number))
