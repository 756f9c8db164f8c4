# SPDX-License-Identifier: Apache-2.0
"""All system calls, by subject. One row each; two generic, table-driven programs serve them all.

Arguments are read when the call returns: registers are kept, and so memory shows what the call
left there (the address that accept wrote, the time that is left). What replaces the memory that
its arguments lie in is read at entry, and what does not return is an event there.

Numbers are those of the kernel's own tables (arch/x86/entry/syscalls/*.tbl, scripts/syscall.tbl),
to be had as asm/unistd_64.h, asm/unistd_32.h and asm-generic/unistd.h. A 32-bit call has its own
row where its arguments are of another form, and the row of the 64-bit call where they are not.
"""

from schemas.event_type import EventType
from schemas.events.syscalls import (
    asynchronous,
    attributes,
    clocks,
    descriptors,
    directories,
    extended_attributes,
    i386,
    i386_files,
    i386_ids,
    i386_time,
    identities,
    ipc,
    memory,
    mounts,
    multiplexing,
    numa,
    opening,
    processes,
    reading,
    resources,
    scheduling,
    security,
    signals,
    sockets,
    system,
    system_v,
    unimplemented,
)

EVENTS: tuple[EventType, ...] = (
    *reading.EVENTS,
    *opening.EVENTS,
    *directories.EVENTS,
    *attributes.EVENTS,
    *extended_attributes.EVENTS,
    *descriptors.EVENTS,
    *multiplexing.EVENTS,
    *asynchronous.EVENTS,
    *mounts.EVENTS,
    *sockets.EVENTS,
    *processes.EVENTS,
    *resources.EVENTS,
    *identities.EVENTS,
    *scheduling.EVENTS,
    *memory.EVENTS,
    *numa.EVENTS,
    *signals.EVENTS,
    *ipc.EVENTS,
    *system_v.EVENTS,
    *clocks.EVENTS,
    *system.EVENTS,
    *security.EVENTS,
    *unimplemented.EVENTS,
    *i386.EVENTS,
    *i386_files.EVENTS,
    *i386_ids.EVENTS,
    *i386_time.EVENTS,
)
