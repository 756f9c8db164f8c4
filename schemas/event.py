# SPDX-License-Identifier: Apache-2.0
"""An event: one record, decoded."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemas.kinds import Kind
from schemas.stream.joiner import Joiner
from schemas.stream.messages import Container, FieldLayout, Hello, Layout, Process
from schemas.stream.values import CONVERTERS
from schemas.task import Task

Render = Callable[[int], str]
Reading = Callable[[Any], object]

#: a record's flags: bit i says that argument i was cut short; the highest bits are these
COMPAT = 1 << 63  # a 32-bit system call on a 64-bit kernel
CONTAINER_STARTED = 1 << 62  # the task's container has begun its own program
FROM_KERNEL = 1 << 61  # not caused by a program, but by the kernel itself
BEFORE_EXEC = 1 << 58  # by a call that runs another program: its task is as it was before
ARGUMENTS = (1 << 48) - 1


def names_of(policies: Sequence[str], bits: int) -> list[str]:
    """Of Hello's policies those of a bitmap. One may have two bits, and is named once."""
    return list(dict.fromkeys(name for at, name in enumerate(policies) if bits >> at & 1))


def truncated(flags: int, fields: Sequence[FieldLayout]) -> list[str]:
    """Names of the arguments that a record's flags say were cut short."""
    return [field.name for at, field in enumerate(fields) if (flags & ARGUMENTS) >> at & 1]


class Shape:
    """What is worked out once for all events of one layout."""

    __slots__ = ("converters", "layout", "parsers")

    def __init__(self, layout: Layout, named: Mapping[str, Render]) -> None:
        self.layout = layout
        #: (position, what turns the wire value into a Python one)
        self.converters = [
            (at, CONVERTERS[Kind(field.kind)])
            for at, field in enumerate(layout.fields)
            if field.kind in CONVERTERS
        ]
        #: (position, what turns the number into its name)
        self.parsers = [
            (at, parser)
            for at, field in enumerate(layout.fields)
            if (parser := _parser(field, named)) is not None
        ]

    def readings(self, *, parsed: bool) -> list[Reading | None]:
        """For each argument what turns its wire value into the one to show; None: it is that."""
        found: dict[int, Reading] = {
            **dict(self.converters),
            **(dict(self.parsers) if parsed else {}),
        }
        return [found.get(at) for at in range(len(self.layout.fields))]


def _parser(field: FieldLayout, named: Mapping[str, Render]) -> Render | None:
    """A parser that this version does not know leaves its field a number."""
    return hex if field.kind == Kind.POINTER else named.get(field.parser or "")


class Event:
    """What happened, raw: numbers are numbers. `parsed()` gives the names that rules see."""

    __slots__ = (
        "_args",
        "_shape",
        "_wire",
        "container",
        "flags",
        "generation",
        "hello",
        "joiner",
        "policies",
        "process",
        "return_value",
        "stack",
        "task",
        "timestamp",
    )

    def __init__(
        self,
        hello: Hello,
        shape: Shape,
        timestamp: int,
        return_value: int,
        policies: int,
        generation: int,
        flags: int,
        task: Task,
        args: list[Any],
        process: Process | None,
        container: Container | None,
        joiner: Joiner,
        *,
        wire: bool = False,
    ) -> None:
        """`wire`: `args` are as they came, to be converted if anybody asks for them."""
        self.hello = hello
        self._shape = shape
        self.timestamp = timestamp  # ns since the epoch
        self.return_value = return_value
        self.policies = policies  # bitmap, by position in Hello's list
        self.generation = generation  # of the plan that wrote it
        self.flags = flags
        self.task = task
        self._args = args
        self._wire = wire
        self.process = process
        self.container = container
        self.joiner = joiner
        #: where its program was, and where its functions return to, innermost first; None: not told
        self.stack: tuple[int, ...] | None = None

    @property
    def ancestors(self) -> list[Process]:
        """Of the event's process, the first one of all first, as far as the stream told of them."""
        return self.joiner.ancestors(self.process)

    @property
    def args(self) -> list[Any]:
        """In the layout's order; None: could not be read."""
        args = self._args
        if self._wire:  # a lot of text, where signatures often look at the task alone
            self._wire = False
            for at, convert in self._shape.converters:
                if args[at] is not None:
                    args[at] = convert(args[at])
        return args

    @property
    def layout(self) -> Layout:
        return self._shape.layout

    @property
    def name(self) -> str:
        return self._shape.layout.name

    @property
    def compat(self) -> bool:
        return bool(self.flags & COMPAT)

    @property
    def container_started(self) -> bool:
        return bool(self.flags & CONTAINER_STARTED)

    @property
    def policy_names(self) -> list[str]:
        """Names of the policies that it matched."""
        return names_of(self.hello.policies, self.policies)

    def truncated(self) -> list[str]:
        """Names of the arguments that were cut short."""
        return truncated(self.flags, self.layout.fields)

    def data(self) -> dict[str, Any]:
        """Field → raw value."""
        return {field.name: arg for field, arg in zip(self.layout.fields, self.args, strict=True)}

    def parsed(self) -> list[Any]:
        """The arguments in order, numbers that have names as these names, pointers as hex."""
        args = self.args.copy()
        for at, parse in self._shape.parsers:
            if args[at] is not None:
                args[at] = parse(args[at])
        return args
