# SPDX-License-Identifier: Apache-2.0
"""docs/events.md and docs/system-calls.md."""

from dataclasses import astuple

from generate.header import NOTICE
from schemas.event_type import EventType, Field
from schemas.events import CATALOGUE, sets


def field_row(field: Field) -> str:
    names = f" ({field.parser.replace('_', ' ')})" if field.parser else ""
    return f"| `{field.name}` | `{field.type}` | {field.doc}{names} |\n"


def event_section(event: EventType) -> str:
    probes = "".join(
        f"- `{probe.place}`{': ' + probe.note if probe.note else ''}\n" for probe in event.probes
    )
    rows = "".join(map(field_row, event.fields))
    table = f"| field | type | |\n| --- | --- | --- |\n{rows}" if rows else "No arguments.\n"
    return (
        f"## {event.name}\n{event.doc}\n\nId {event.id} · sets: {', '.join(event.sets)}\n\n"
        f"Probes, best first:\n{probes}\n{table}\n"
    )


def call_row(event: EventType) -> str:
    """A system call: its numbers, and its arguments as C has them."""
    numbers = astuple(event.numbers) if event.numbers else ()
    shown = " | ".join("" if number is None else str(number) for number in numbers)
    arguments = ", ".join(f"{field.type} {field.name}" for field in event.fields)
    name = f"`{event.name}({arguments})`"
    return f"| {event.id} | {shown} | {name} {event.doc} | {' '.join(event.sets[1:])} |\n"


def events_page() -> str:
    calls, others = (
        [event for event in CATALOGUE if (event.numbers is None) is wanted]
        for wanted in (False, True)
    )
    rows = "".join(
        f"| `{name}` | {len(events)} | {', '.join(e.name for e in events if e in others)} |\n"
        for name, events in sorted(sets().items())
    )
    return (
        f"<!-- {NOTICE} -->\n# Events\n\n{len(others)} events, and {len(calls)} "
        "[system calls](system-calls.md). `collector --events list` says which this machine's "
        "kernel offers. A name of a set and an event (`time`, `ipc`) is the set, which has the "
        "event in it.\n\n| set | events | those that are no system calls |\n"
        f"| --- | --- | --- |\n{rows}\n" + "".join(map(event_section, others))
    )


def calls_page() -> str:
    rows = "".join(call_row(event) for event in CATALOGUE if event.numbers)
    return (
        f"<!-- {NOTICE} -->\n# System calls\n\nEvents of the set `syscalls`, read as the call "
        "returns. `execve` and `execveat` are read as they begin, and what does not return is "
        "an event then. i386 is the table of 32-bit programs on x86_64. What each argument is: "
        "`collector --events list --output json`.\n\n| id | x86_64 | i386 | arm64 | call | sets |\n"
        f"| --- | --- | --- | --- | --- | --- |\n{rows}"
    )
