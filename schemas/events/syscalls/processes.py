# SPDX-License-Identifier: Apache-2.0
"""The life of processes, and power over others."""

from schemas.events.syscalls.row import AT_ENTRY, FROM_ENTRY, call

EVENTS = (
    call(
        1179, "fork", (57, 2, None), "proc proc_life",
        "Create a process. It returns twice: in the child with 0.",
    ),
    call(
        1180, "vfork", (58, 190, None), "proc proc_life",
        "Create a process that borrows its parent's memory. It returns twice: in the child with 0.",
    ),
    call(
        1181, "clone", (56, 120, 220), "proc proc_life",
        "Create a process or thread. It returns twice: in the child with 0.",
        """
        unsigned long flags: clone_flags  what is shared, and the signal at its end
        void* stack  stack of the child
        int* parent_tid  where the parent finds its id
        int* child_tid  where the child finds its id
        unsigned long tls  its thread-local storage
        """,
    ),
    call(
        1182, "clone3", (435, 435, 435), "proc proc_life",
        "Create a process or thread by a struct clone_args. It returns twice: in the child with 0.",
        """
        struct clone_args* cl_args  all arguments
        size_t size  size in bytes
        """,
    ),
    call(
        1002, "execve", (59, 11, 221), "detection proc proc_life",
        "Execute a program: the caller's comm and arguments, and what came of it.",
        """
        const char* pathname  path as the caller gave it
        const char*const* argv  arguments
        const char*const* envp  environment
        """,
        probe=FROM_ENTRY,
    ),
    call(
        1003, "execveat", (322, 358, 281), "proc proc_life",
        "Execute a program relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        const char*const* argv  arguments
        const char*const* envp  environment
        int flags: execveat_flags  flags
        """,
        probe=FROM_ENTRY,
    ),
    call(
        1183, "exit", (60, 1, 93), "proc proc_life",
        "End the thread.",
        """
        int status  exit status
        """,
        probe=AT_ENTRY,
    ),
    call(
        1184, "exit_group", (231, 252, 94), "proc proc_life",
        "End the process.",
        """
        int status  exit status
        """,
        probe=AT_ENTRY,
    ),
    call(
        1185, "wait4", (61, 114, 260), "proc proc_life",
        "Wait for a child, and ask for its resource usage.",
        """
        pid_t pid  process id
        int* wstatus  where the status goes
        int options: wait_options  options
        struct rusage* rusage  where resource usage goes
        """,
    ),
    call(
        1186, "waitid", (247, 284, 95), "proc proc_life",
        "Wait for a child.",
        """
        int idtype: wait_id_type  what the id is of
        pid_t id  id
        struct siginfo* infop  where the answer goes
        int options: wait_options  options
        struct rusage* rusage  where resource usage goes
        """,
    ),
    call(
        1001, "ptrace", (101, 26, 117), "default detection proc",
        "Trace or control another process.",
        """
        long request: ptrace_request  what is asked for
        pid_t pid  the thread it is asked of
        void* addr  address in that thread
        void* data  data of the request
        """,
    ),
    call(
        1187, "process_vm_readv", (310, 347, 270), "default proc",
        "Read from another process's memory.",
        """
        pid_t pid  process id
        const struct iovec* local_iov  ranges of the caller
        unsigned long liovcnt  how many
        const struct iovec* remote_iov  ranges of the process
        unsigned long riovcnt  how many
        unsigned long flags  not used
        """,
    ),
    call(
        1188, "process_vm_writev", (311, 348, 271), "default detection proc",
        "Write to another process's memory.",
        """
        pid_t pid  process id
        const struct iovec* local_iov  ranges of the caller
        unsigned long liovcnt  how many
        const struct iovec* remote_iov  ranges of the process
        unsigned long riovcnt  how many
        unsigned long flags  flags
        """,
    ),
    call(
        1189, "process_madvise", (440, 440, 440), "proc proc_mem",
        "Give advice about another process's memory.",
        """
        int pidfd  descriptor that stands for the process
        const struct iovec* vec  the ranges
        size_t vlen  how many
        int advice: madvise_advice  how it will be used
        unsigned int flags  flags
        """,
    ),
    call(
        1190, "process_mrelease", (448, 448, 448), "proc proc_mem",
        "Free a dying process's memory.",
        """
        int pidfd  descriptor that stands for the process
        unsigned int flags  flags
        """,
    ),
    call(
        1191, "pidfd_open", (434, 434, 434), "proc",
        "Open a file descriptor that stands for a process.",
        """
        pid_t pid  process id
        unsigned int flags: pidfd_flags  flags
        """,
    ),
    call(
        1192, "pidfd_getfd", (438, 438, 438), "proc",
        "Copy a file descriptor of another process.",
        """
        int pidfd  descriptor that stands for the process
        int targetfd  descriptor of that process
        unsigned int flags  flags
        """,
    ),
    call(
        1193, "kcmp", (312, 349, 272), "proc",
        "Compare whether two processes share something.",
        """
        pid_t pid1  one process
        pid_t pid2  other process
        int type: kcmp_type  what is compared
        unsigned long idx1  of the one
        unsigned long idx2  of the other
        """,
    ),
    call(
        1194, "setns", (308, 346, 268), "default proc",
        "Enter a namespace.",
        """
        int fd  the namespace
        int nstype: unshare_flags  type that it must be of
        """,
    ),
    call(
        1195, "unshare", (272, 310, 97), "proc",
        "Leave namespaces and other things that are shared.",
        """
        int flags: unshare_flags  what to leave
        """,
    ),
    call(
        1196, "prctl", (157, 172, 167), "proc",
        "Control the process or thread.",
        """
        int option: prctl_option  what to do
        unsigned long arg2  argument of it
        unsigned long arg3  argument of it
        unsigned long arg4  argument of it
        unsigned long arg5  argument of it
        """,
    ),
    call(
        1197, "arch_prctl", (158, 384, None), "proc",
        "Set the thread's state that is special to the architecture.",
        """
        int option: arch_prctl_option  what to do
        unsigned long addr  value, or where it goes
        """,
    ),
    call(
        1198, "uselib", (134, 86, None), "proc",
        "Load a shared library, in the old form.",
        """
        const char* library  path of the library
        """,
    ),
)  # fmt: skip
