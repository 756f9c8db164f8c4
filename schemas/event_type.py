# SPDX-License-Identifier: Apache-2.0
"""An event type: one row of the catalogue."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from schemas.kinds import Kind, kind_of_type

_FIELD = re.compile(
    r"(?P<type>[\w ]+?(?:[ *]+(?:const\*)?|\[2?\] )|[\w.\[\]]+ ) *"
    r"(?P<name>[\w.]+)(?:: (?P<parser>\w+))?  +(?P<doc>.+)"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One argument of an event.

    `parser` names a table of `schemas.flags` that turns the number into names for rules.
    """

    name: str
    type: str
    doc: str
    parser: str | None = None

    @property
    def kind(self) -> Kind:
        return kind_of_type(self.type)


#: how names of programs begin that are not attached, but gone on with as a system call begins, and
#: as it returns
LEADERS, FOLLOWERS = "before_", "after_"


#: the program that reads the kernel's memory: run on demand, attached nowhere
READ_MEMORY = "read_memory"


@dataclass(frozen=True, slots=True)
class Probe:
    """A place in the kernel where an event can be seen, and the programs that it takes.

    An event's probes are tried in their order, best first; `note` says what this one cannot see.
    """

    place: str  # the section of the first program: "tp_btf/sys_exit"
    programs: tuple[str, ...]  # of bpf/collector.bpf.c
    note: str = ""
    calls: tuple[str, ...] = ()  # which the followers and leaders among the programs go with

    @property
    def followers(self) -> tuple[str, ...]:
        """The programs that on_sys_exit goes on with after one of the calls."""
        return tuple(name for name in self.programs if name.startswith(FOLLOWERS))

    @property
    def leaders(self) -> tuple[str, ...]:
        """The programs that on_sys_enter goes on with before one of the calls."""
        return tuple(name for name in self.programs if name.startswith(LEADERS))


@dataclass(frozen=True, slots=True)
class Numbers:
    """A system call's number on each architecture; None where it has none."""

    x86_64: int | None
    i386: int | None
    arm64: int | None


@dataclass(frozen=True, slots=True)
class EventType:
    """A row of the catalogue. `id` is ours and is never reused, also when an event goes."""

    id: int
    name: str
    doc: str
    sets: tuple[str, ...]
    fields: tuple[Field, ...]
    probes: tuple[Probe, ...]
    numbers: Numbers | None = field(default=None)


def fields(table: str) -> tuple[Field, ...]:
    """Read fields from lines of the form `C-TYPE NAME[: PARSER]  DOC`, two blanks before DOC.

    Raises ValueError for a line of another form, KeyError for a C type that has no kind.
    """
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        match = _FIELD.fullmatch(line)
        if match is None:
            raise ValueError(f"not a field of the form `TYPE NAME[: PARSER]  DOC`: {line!r}")
        kind, name, parser, doc = match.groups()
        found.append(Field(name, kind.rstrip(), doc, parser))
        kind_of_type(found[-1].type)
    return tuple(found)


_ASKED_LAST = "what another security module denied before is not seen"


def hook(
    name: str, function: str, lsm: str = "", note: str = "", *, at_hook: str = ""
) -> tuple[Probe, ...]:
    """The probes of one HOOK or PLACE of bpf/hook.h: at the LSM hook `lsm`, if it is one, then at
    the kernel's function. `at_hook`: a note on the hook alone.
    """
    told = "; ".join(filter(None, (note, at_hook, _ASKED_LAST)))
    by_lsm = (Probe(f"lsm/{lsm}", (f"on_{name}_lsm",), told),) if lsm else ()
    by_function = (
        Probe(f"{way}/{function}", (f"on_{name}_{way}",), note) for way in ("fentry", "kprobe")
    )
    return (*by_lsm, *by_function)


def after(name: str, *calls: str, note: str = "") -> Probe:
    """The follower after_NAME of bpf/follower.h, which tells the event as these calls return."""
    return Probe("tp_btf/sys_exit", ("on_sys_exit", f"{FOLLOWERS}{name}"), note, calls)


def with_followers(probes: Iterable[Probe], name: str, *calls: str) -> tuple[Probe, ...]:
    """These probes, each with the follower after_NAME beside it for what it does not see."""
    programs = ("on_sys_exit", f"{FOLLOWERS}{name}")
    return tuple(
        replace(probe, programs=(*probe.programs, *programs), calls=calls) for probe in probes
    )


def at_return(function: str, *names: str, note: str = "") -> tuple[Probe, ...]:
    """The probes of the RETURNs `names` of bpf/exit_hook.h, of which the first is at `function`."""
    by_kprobe = [f"on_{name}_{way}" for name in names for way in ("kprobe", "kretprobe")]
    return (
        Probe(f"fexit/{function}", tuple(f"on_{name}_fexit" for name in names), note),
        Probe(f"kretprobe/{function}", tuple(by_kprobe), note),
    )


def before(name: str, *calls: str, note: str = "") -> Probe:
    """The leader before_NAME, which tells the event as these calls begin."""
    return Probe("tp_btf/sys_enter", ("on_sys_enter", f"{LEADERS}{name}"), note, calls)


def around(name: str, *calls: str, note: str = "") -> Probe:
    """A follower that tells the event by what the leader of its name has seen before the call."""
    programs = ("on_sys_enter", f"{LEADERS}{name}", "on_sys_exit", f"{FOLLOWERS}{name}")
    return Probe("tp_btf/sys_exit", programs, note, calls)
