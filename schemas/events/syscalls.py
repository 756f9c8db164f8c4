# SPDX-License-Identifier: Apache-2.0
"""System calls. One row each; two generic, table-driven programs serve them all.

Arguments are read when the call returns (registers are kept, memory mostly too), and from entry
where the call replaces the memory they live in. Numbers are those of the kernel's own tables
(arch/x86/entry/syscalls/*.tbl, include/uapi/asm-generic/unistd.h).
"""

from schemas.event_type import EventType, Numbers, Probe, fields

_EXIT = Probe("tp_btf/sys_exit", ("syscalls/on_sys_exit",))
_ENTRY = Probe(
    "tp_btf/sys_enter",
    ("syscalls/on_sys_enter", "syscalls/on_sys_exit"),
    note="arguments and comm are those at entry, before the image is replaced",
)


def _call(
    number: int,
    name: str,
    numbers: tuple[int | None, int | None, int | None],
    sets: str,
    doc: str,
    table: str = "",
    *,
    from_entry: bool = False,
) -> EventType:
    """One system call; `numbers` are those of x86_64, i386 and arm64."""
    return EventType(
        id=number,
        name=name,
        doc=doc,
        sets=("syscalls", *sets.split()),
        fields=fields(table),
        probes=(_ENTRY if from_entry else _EXIT,),
        numbers=Numbers(*numbers),
    )


EVENTS = (
    _call(
        1001, "ptrace", (101, 26, 117), "default detection proc",
        "Trace or control another process (ptrace(2)).",
        """
        long request: ptrace_request  what is asked for
        pid_t pid  the thread it is asked of
        void* addr  address in that thread
        void* data  data of the request
        """,
    ),
    _call(
        1002, "execve", (59, 11, 221), "detection proc proc_life",
        "Execute a program (execve(2)): the caller's comm and arguments, and what came of it.",
        """
        const char* pathname  path as the caller gave it
        const char*const* argv  arguments
        const char*const* envp  environment
        """,
        from_entry=True,
    ),
    _call(
        1003, "execveat", (322, 358, 281), "proc proc_life",
        "Execute a program relative to a directory (execveat(2)).",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        const char*const* argv  arguments
        const char*const* envp  environment
        int flags: execveat_flags  flags
        """,
        from_entry=True,
    ),
    _call(
        1004, "open", (2, 5, None), "fs fs_file_ops",
        "Open a file (open(2)).",
        """
        const char* pathname  path as the caller gave it
        int flags: open_flags  access mode and flags
        mode_t mode: file_mode  mode of a file that is created
        """,
    ),
    _call(
        1005, "openat", (257, 295, 56), "fs fs_file_ops",
        "Open a file relative to a directory (openat(2)).",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        int flags: open_flags  access mode and flags
        mode_t mode: file_mode  mode of a file that is created
        """,
    ),
    _call(
        1006, "openat2", (437, 437, 437), "fs fs_file_ops",
        "Open a file with a struct open_how (openat2(2)).",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct open_how* how  address of flags, mode and resolve
        size_t size  size of that structure
        """,
    ),
    _call(
        1007, "connect", (42, 362, 203), "detection net net_sock",
        "Connect a socket (connect(2)). i386 also has socketcall, which is not seen.",
        """
        int sockfd  the socket
        struct sockaddr* addr  address to connect to
        int addrlen  size of that address
        """,
    ),
    _call(
        1008, "mprotect", (10, 125, 226), "proc proc_mem",
        "Change the protection of memory (mprotect(2)).",
        """
        void* addr  first page
        size_t len  length in bytes
        int prot: mmap_prot  new protection
        """,
    ),
    _call(
        1009, "memfd_create", (319, 356, 279), "default fs fs_file_ops",
        "Create an anonymous file in memory (memfd_create(2)).",
        """
        const char* name  name, for /proc only
        unsigned int flags: memfd_flags  flags
        """,
    ),
    _call(
        1010, "mount", (165, 21, 40), "fs",
        "Mount a file system (mount(2)).",
        """
        const char* source  device or source
        const char* target  where it is mounted
        const char* filesystemtype  type of the file system
        unsigned long mountflags: mount_flags  flags
        const void* data  options of the file system
        """,
    ),
    _call(
        1011, "init_module", (175, 128, 105), "default detection system system_module",
        "Load a kernel module from memory (init_module(2)).",
        """
        void* module_image  the module
        unsigned long len  its size
        const char* param_values  its parameters
        """,
    ),
    _call(
        1012, "finit_module", (313, 350, 273), "default detection system system_module",
        "Load a kernel module from a file (finit_module(2)).",
        """
        int fd  the module's file
        const char* param_values  its parameters
        int flags: finit_module_flags  flags
        """,
    ),
    _call(
        1013, "getppid", (110, 64, 173), "proc proc_ids",
        "Ask for the parent's process id (getppid(2)).",
    ),
)  # fmt: skip
