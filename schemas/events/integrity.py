# SPDX-License-Identifier: Apache-2.0
"""Checks of the kernel's integrity. They are made by a process of the collector's, which reads the
kernel's memory: at its start, as a module comes or goes, and every so often. The task of these
events is that process, and scopes do not apply: what they tell is of the machine.
"""

from schemas.event_type import READ_MEMORY, EventType, Probe, fields

_SELDOM = "looks at its start and twice a minute only: this kernel tells no modules"


def _check(name: str) -> tuple[Probe, ...]:
    """The probes of a check: with what says that a module came or went, and without."""
    with_modules = (READ_MEMORY, "on_module_load", "on_module_free")
    return (
        Probe(f"check/{name}", with_modules),
        Probe(f"check/{name}/seldom", (READ_MEMORY,), _SELDOM),
    )


_CALLS = _check("system_calls")
_SEQUENCES = _check("sequences")

EVENTS = (
    EventType(
        id=630,
        name="hooked_syscalls",
        doc="Entries of the table of system calls lead elsewhere than to the kernel's functions.",
        sets=("integrity", "detection"),
        fields=fields("""
            []trace.HookedSymbolData hooked_syscalls  each call, and whose the function is
            bool told_singly  true where hooked_syscall tells of each of them too
        """),
        probes=_CALLS,
    ),
    EventType(
        id=631,
        name="hooked_syscall",
        doc="An entry of the table of system calls leads elsewhere than to the kernel's function.",
        sets=("integrity", "detection"),
        fields=fields("""
            const char* syscall  the call
            const char* address  of the function, in hex
            const char* function  its name; empty: it has none
            const char* owner  the module that it is of; hidden: of none that shows
        """),
        probes=_CALLS,
    ),
    EventType(
        id=632,
        name="syscall_table_check",
        doc="An entry of the table of system calls leads elsewhere, as numbers.",
        sets=("integrity",),
        fields=fields("""
            int syscall_id  number of the call
            unsigned long syscall_address  where it leads
        """),
        probes=_CALLS,
    ),
    EventType(
        id=633,
        name="print_syscall_table",
        doc="The table of system calls.",
        sets=("integrity",),
        fields=fields("""
            unsigned long[] syscalls_addresses  by number
        """),
        probes=_CALLS,
    ),
    EventType(
        id=634,
        name="hooked_seq_ops",
        doc="The functions that list network connections in /proc/net are not the kernel's own.",
        sets=("integrity", "detection"),
        fields=fields("""
            map[string]trace.HookedSymbolData hooked_seq_ops  function of the table: what is there
        """),
        probes=_SEQUENCES,
    ),
    EventType(
        id=635,
        name="print_net_seq_ops",
        doc="The functions that list network connections in /proc/net.",
        sets=("integrity",),
        fields=fields("""
            unsigned long[] net_seq_ops  start, stop, next, show of tcp, tcp6, udp, udp6, raw, raw6
        """),
        probes=_SEQUENCES,
    ),
    EventType(
        id=636,
        name="hooked_proc_fops",
        doc="The functions behind files of /proc are not the kernel's own.",
        sets=("integrity", "detection"),
        fields=fields("""
            []trace.HookedSymbolData hooked_fops_pointers  what is there instead
            const char** places  for each, the file and the function
        """),
        probes=_check("proc_files"),
    ),
    EventType(
        id=637,
        name="hidden_kernel_module",
        doc="A kernel module is loaded that does not show in the list of modules.",
        sets=("integrity", "modules"),
        fields=fields("""
            const char* address  of its struct module, in hex
            const char* name  of the module
            const char* srcversion  checksum of its source; empty: it has none
        """),
        probes=_check("modules"),
    ),
    EventType(
        id=638,
        name="hidden_kernel_module_seeker",
        doc="A kernel module is loaded that does not show in the list of modules, as numbers.",
        sets=("integrity", "modules", "detection"),
        fields=fields("""
            unsigned long address  of its struct module
            const char* name  of the module
            u32 flags  found: 1 listed, not shown, 2 by its object, 4 by address, 8 seen loaded
            const char* srcversion  checksum of its source; empty: it has none
        """),
        probes=_check("modules"),
    ),
    EventType(
        id=639,
        name="ftrace_hook",
        doc="The function tracer has a hook at a kernel function.",
        sets=("integrity",),
        fields=fields("""
            const char* symbol  the function
            const char* trampoline  what it jumps to first; empty: not said
            const char* callback  what is called then; empty: not said
            long callback_offset  where in it, bytes
            const char* callback_owner  the module that it is of, or system
            const char* flags  letters of the kernel's list: R registers, I changes the place, ...
            unsigned long count  how many hooks are there
        """),
        probes=_check("traced_functions"),
    ),
    EventType(
        id=640,
        name="print_mem_dump",
        doc="Kernel memory, as a filter names it (data.symbol_name or data.address, data.length).",
        sets=("integrity",),
        fields=fields("""
            bytes bytes  what is there
            void* address  where
            unsigned long length  bytes
            unsigned long caller_context_id  0
            const char* arch  the machine's architecture
            const char* symbol_name  the symbol asked for, or what lies at the address
            const char* symbol_owner  the module that it is of, or system
        """),
        probes=_check("memory"),
    ),
)
