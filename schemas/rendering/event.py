# SPDX-License-Identifier: Apache-2.0
"""An event as Tracee v0.8.1's JSON has it, flat, and that as a rule's `input`."""

from typing import Any

from schemas.event import Event
from schemas.events import call_names
from schemas.finding import FindingEvent
from schemas.line_event import LineEvent
from schemas.rendering.signature import metadata_dict
from schemas.stream.values import text


def event_dict(event: Event, args: list[Any]) -> dict[str, Any]:
    """The event with `args` as the values of its arguments (raw or parsed, in order)."""
    task, container, process = event.task, event.container, event.process
    return {
        "timestamp": event.timestamp,
        "threadStartTime": task.start_time,
        "processorId": task.cpu,
        "processId": task.pid,
        "cgroupId": task.cgroup_id,
        "threadId": task.tid,
        "parentProcessId": task.ppid,
        "hostProcessId": task.host_pid,
        "hostThreadId": task.host_tid,
        "hostParentProcessId": task.host_ppid,
        "userId": task.uid,
        "effectiveUserId": task.euid,
        "mountNamespace": task.mnt_ns,
        "pidNamespace": task.pid_ns,
        "processName": text(task.comm),
        "executable": {"path": text(process.executable) if process else ""},
        "hostName": text(task.uts_name),
        "containerId": container.id if container else "",
        "containerImage": "",
        "containerName": "",
        "podName": "",
        "podNamespace": "",
        "podUID": "",
        "eventId": str(event.layout.id),
        "eventName": event.layout.name,
        "matchedPolicies": event.policy_names,
        "argsNum": len(args),
        "returnValue": event.return_value,
        "syscall": _call(event),
        "stackAddresses": None,
        "contextFlags": {"containerStarted": event.container_started, "isCompat": event.compat},
        "args": [
            {"name": field.name, "type": field.type, "value": value}
            for field, value in zip(event.layout.fields, args, strict=True)
        ],
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
