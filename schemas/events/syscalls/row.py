# SPDX-License-Identifier: Apache-2.0
"""How a system call is written down in the catalogue."""

from schemas.event_type import EventType, Numbers, Probe, fields

EXIT = Probe("tp_btf/sys_exit", ("on_sys_exit",))
FROM_ENTRY = Probe(
    "tp_btf/sys_enter",
    ("on_sys_enter", "on_sys_exit"),
    note="arguments and comm are those at entry, before the image is replaced",
)
AT_ENTRY = Probe(
    "tp_btf/sys_enter",
    ("on_sys_enter",),
    note="seen when it begins, with 0 for the return value, as it does not return",
)


def call(
    number: int,
    name: str,
    numbers: tuple[int | None, int | None, int | None],
    sets: str,
    doc: str,
    table: str = "",
    *,
    probe: Probe = EXIT,
) -> EventType:
    """One system call; `numbers` are those of x86_64, i386 and arm64."""
    return EventType(
        id=number,
        name=name,
        doc=doc,
        sets=("syscalls", *sets.split()),
        fields=fields(table),
        probes=(probe,),
        numbers=Numbers(*numbers),
    )
