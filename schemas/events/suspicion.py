# SPDX-License-Identifier: Apache-2.0
"""System calls made from where programs do not make them."""

from schemas.event_type import EventType, before, fields

#: what an exploit wants first, and programs do seldom
_CALLS = (
    *("execve", "execveat", "ptrace", "process_vm_writev", "mprotect", "pkey_mprotect"),
    *("memfd_create", "socket", "connect", "dup2", "dup3", "setuid", "setreuid", "setresuid"),
    *("setns", "unshare", "init_module", "finit_module", "bpf", "mount", "chmod", "fchmodat"),
)
_AREA = """
    const char* vma_type  what lies there: file, stack, heap, anonymous
    void* vma_start  where that area of memory begins
    size_t vma_size  its length in bytes
    unsigned long vma_flags  its flags, as the kernel has them
"""
_NOTE = f"looks at {', '.join(_CALLS)}"

EVENTS = (
    EventType(
        id=560,
        name="suspicious_syscall_source",
        doc="A system call was made by code that comes from no file; told once per area and call.",
        sets=("proc", "security_alert"),
        fields=fields(f"""
            int syscall  its number, in the table of 32-bit calls if the event is compat
            void* ip  where the code is
            {_AREA}
        """),
        probes=(before("syscall_source", *_CALLS, note=_NOTE),),
    ),
    EventType(
        id=561,
        name="stack_pivot",
        doc="A system call was made on a stack that lies in a file or the heap; told once per area "
        "and call.",
        sets=("proc", "security_alert"),
        fields=fields(f"""
            int syscall  its number, in the table of 32-bit calls if the event is compat
            void* sp  where the stack is
            {_AREA}
        """),
        probes=(before("stack_pivot", *_CALLS, note=_NOTE),),
    ),
)
