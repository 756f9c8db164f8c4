# SPDX-License-Identifier: Apache-2.0
"""Where in a record's values the arguments and fields are that a condition reads.

The values are those of `Decoder.values`: not decoded any further, because few events need more than
one or two of them.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detector.prefilter.condition import Argument, Data, Element, Field, Operand
from detector.prefilter.operations import Unsure
from detector.prefilter.scope import View
from schemas.event import COMPAT, CONTAINER_STARTED, Shape
from schemas.kinds import JSON_SCHEMA_OF_KIND
from schemas.stream.decoder import CONTEXT, FIXED, FLAGS, RETURNED, Decoder
from schemas.stream.values import text

#: what comes from the event itself
Root = Argument | Data | Field

TASK = f"task = unpack(values[{CONTEXT}])"
_LISTS = {kind for kind, schema in JSON_SCHEMA_OF_KIND.items() if schema["type"] == "array"}
NAMED = 4096  # numbers of one field whose names are remembered

#: path in `input` → expression over `values` and `task`. A test compares each with what rules get
FIELDS = {
    ("processName",): "text(task.comm)",
    ("hostName",): "text(task.uts_name)",
    ("containerId",): "containers[task.cgroup_id].id if task.cgroup_id in containers else ''",
    ("returnValue",): f"values[{RETURNED}]",
    ("processId",): "task.pid",
    ("threadId",): "task.tid",
    ("parentProcessId",): "task.ppid",
    ("hostProcessId",): "task.host_pid",
    ("hostThreadId",): "task.host_tid",
    ("hostParentProcessId",): "task.host_ppid",
    ("userId",): "task.uid",
    ("effectiveUserId",): "task.euid",
    ("mountNamespace",): "task.mnt_ns",
    ("pidNamespace",): "task.pid_ns",
    ("cgroupId",): "task.cgroup_id",
    ("contextFlags", "containerStarted"): f"values[{FLAGS}] & {CONTAINER_STARTED} != 0",
    ("contextFlags", "isCompat"): f"values[{FLAGS}] & {COMPAT} != 0",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read events of one layout: an expression for all that can be read of them.

    `length` is that of `values`, `functions` are what the expressions call.
    """

    event: str
    arguments: tuple[str, ...]
    length: int
    expressions: Mapping[Root, str]
    functions: Mapping[str, Any]
    no_lists: frozenset[Operand] = frozenset()

    @property
    def view(self) -> View:
        fields = (root.path for root in self.expressions if isinstance(root, Field))
        return View(self.event, self.arguments, frozenset(fields), self.no_lists)


def reading(decoder: Decoder, event_id: int) -> Reading:
    """For the records that the decoder's Hello describes."""
    shape = decoder.shapes[event_id]
    names = tuple(field.name for field in shape.layout.fields)
    functions = {"text": text, "unpack": decoder.task, "containers": decoder.joiner.containers}
    expressions: dict[Root, str] = {Field(path): source for path, source in FIELDS.items()}
    for at, name in enumerate(names):
        functions |= _functions(shape, at)
        raw = f"values[{FIXED + at}]"
        data = f"convert_{at}({raw})" if f"convert_{at}" in functions else raw
        argument = f"parse_{at}({data})" if f"parse_{at}" in functions else data
        for root, source in ((Data(name), data), (Argument(name), argument)):
            expressions[root] = source if source == raw else f"None if {raw} is None else {source}"
    lists = {field.name for field in shape.layout.fields if _may_be_list(field.kind)}
    return Reading(
        event=shape.layout.name,
        arguments=names,
        length=FIXED + len(names) + 1,
        expressions=expressions,
        functions=functions,
        no_lists=frozenset(
            Element(root) if isinstance(root, Argument | Data) and root.name in lists else root
            for root in expressions
        ),
    )


def _functions(shape: Shape, at: int) -> dict[str, Callable[[Any], Any]]:
    """What turns the argument at this place into what rules see."""
    if shape.layout.fields[at].kind not in JSON_SCHEMA_OF_KIND:
        return {f"convert_{at}": _unknown}
    found: dict[str, Callable[[Any], Any]] = {}
    for place, convert in shape.converters:
        if place == at:
            found[f"convert_{at}"] = convert
    for place, parse in shape.parsers:
        if place == at:
            found[f"parse_{at}"] = functools.lru_cache(NAMED)(parse)
    return found


def _may_be_list(kind: int) -> bool:
    return kind in _LISTS or kind not in JSON_SCHEMA_OF_KIND


def _unknown(value: Any) -> Any:
    """Of a later version: rules see what becomes of it in JSON, and only OPA knows what that is."""
    raise Unsure(value)
