# SPDX-License-Identifier: Apache-2.0
"""An event as a line of Tracee's JSON tells it: v0.8.1's flat form, today's, or the collector's.

Rules see what the line says. Only numbers that have names become these names, as with events of a
stream, and the flat fields of a container and pod are filled from today's objects.
"""

from typing import Any

from schemas.event import Event, Render
from schemas.line import MACHINE, Line, number, renders, text
from schemas.stream.joiner import Joiner
from schemas.stream.messages import FORMAT, Container, Hello, Process
from schemas.task import NUMBERS, Task

_NOBODY = Joiner()  # a line's ancestors stand in the line, if anywhere
_NOWHERE = Hello(FORMAT, "", [], [], MACHINE, "", "", 0, "")


class LineEvent(Event):
    """`line` is what rules get as `input`."""

    __slots__ = ("line",)

    def __init__(self, told: Line) -> None:
        """`told` is used up."""
        line = told.fields
        super().__init__(
            _NOWHERE,
            told.shape,
            told.timestamp,
            number(line, "returnValue"),
            policies=0,
            generation=0,
            flags=told.flags,
            task=_task(line),
            args=told.args,
            process=_process(line),
            container=_container(line),
            joiner=_NOBODY,
        )
        named, args = renders(self.name), line.get("args") or []
        line["args"] = [_with_name(arg, named.get(arg["name"])) for arg in args]
        if not told.has_own_data:
            line["data"] = {arg["name"]: arg.get("value") for arg in args}
        self.line = line

    @property
    def policy_names(self) -> list[str]:
        names = self.line.get("matchedPolicies")
        return names if isinstance(names, list) else []

    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.line["data"]
        return data

    def parsed(self) -> list[Any]:
        return [arg.get("value") for arg in self.line["args"]]


def _with_name(arg: dict[str, Any], render: Render | None) -> dict[str, Any]:
    value = arg.get("value")
    return arg | {"value": render(value)} if render and type(value) is int else arg


def _task(line: dict[str, Any]) -> Task:
    numbers = {field: number(line, name) for field, name in NUMBERS.items()}
    comm, host = (text(line, name).encode() for name in ("processName", "hostName"))
    return Task(**numbers, comm=comm, uts_name=host)


def _process(line: dict[str, Any]) -> Process | None:
    executable = line.get("executable")
    path = text(executable, "path") if isinstance(executable, dict) else ""
    parent = number(line, "hostParentProcessId")
    pid = number(line, "hostProcessId")
    return Process(pid, 0, parent, 0, path.encode()) if path else None


def _container(line: dict[str, Any]) -> Container | None:
    known = text(line, "containerId")
    return Container(number(line, "cgroupId"), known) if known else None
