# SPDX-License-Identifier: Apache-2.0
"""Calls that only the i386 table has, those on files and with other times and ids apart."""

from schemas.events.syscalls.row import AT_ENTRY, call

EVENTS = (
    call(
        1399, "waitpid", (None, 7, None), "32bit_unique",
        "Wait for a child.",
        """
        pid_t pid  process id
        int* status  where the status goes
        int options: wait_options  options
        """,
    ),
    call(
        1400, "stime", (None, 25, None), "32bit_unique",
        "Set the time, in seconds.",
        """
        const time_t* t  the time
        """,
    ),
    call(
        1401, "nice", (None, 34, None), "32bit_unique",
        "Change the thread's priority.",
        """
        int inc  by how much
        """,
    ),
    call(
        1402, "signal", (None, 48, None), "32bit_unique",
        "Set what a signal does.",
        """
        int signum: signal  the signal
        void* handler  its handler
        """,
    ),
    call(
        1403, "sigaction", (None, 67, None), "32bit_unique",
        "Set what a signal does.",
        """
        int sig: signal  the signal
        const struct sigaction* act  new action
        struct sigaction* oact  where the old action goes
        """,
    ),
    call(
        1404, "sgetmask", (None, 68, None), "32bit_unique",
        "Ask for the set of blocked signals.",
    ),
    call(
        1405, "ssetmask", (None, 69, None), "32bit_unique",
        "Set the set of blocked signals.",
        """
        int newmask  the mask itself
        """,
    ),
    call(
        1406, "sigsuspend", (None, 72, None), "32bit_unique",
        "Wait for a signal, with a signal mask.",
        """
        int unused1  not used
        int unused2  not used
        unsigned int mask  the mask itself
        """,
    ),
    call(
        1407, "sigpending", (None, 73, None), "32bit_unique",
        "Ask for pending signals.",
        """
        sigset_t* set  where the answer goes
        """,
    ),
    call(
        1408, "sigprocmask", (None, 126, None), "32bit_unique",
        "Change the set of blocked signals.",
        """
        int how: sigprocmask_how  what to do with the set
        const sigset_t* set  the signals
        sigset_t* oldset  where the old set goes
        """,
    ),
    call(
        1409, "sigreturn", (None, 119, None), "32bit_unique",
        "Return from a signal handler. It does not return itself.",
        probe=AT_ENTRY,
    ),
    call(
        1410, "oldolduname", (None, 59, None), "32bit_unique",
        "Ask for the system's name, in the oldest form.",
        """
        struct oldold_utsname* name  where the answer goes
        """,
    ),
    call(
        1411, "olduname", (None, 109, None), "32bit_unique",
        "Ask for the system's name, in an old form.",
        """
        struct utsname* buf  where the answer goes
        """,
    ),
    call(
        1412, "socketcall", (None, 102, None), "32bit_unique",
        "All calls of sockets by one number; what they ask for lies in memory.",
        """
        int call: socketcall  which call
        unsigned long* args  their arguments
        """,
    ),
    call(
        1413, "ipc", (None, 117, None), "ipc 32bit_unique",
        "All calls of System V communication by one number.",
        """
        unsigned int call: ipc_call  which call
        int first  first argument
        unsigned long second  second argument
        unsigned long third  third argument
        void* ptr  an address
        long fifth  fifth argument
        """,
    ),
    call(
        1414, "vm86old", (None, 113, None), "32bit_unique",
        "Enter virtual 8086 mode, in the old form.",
        """
        struct vm86_struct* info  the state
        """,
    ),
    call(
        1415, "vm86", (None, 166, None), "32bit_unique",
        "Enter virtual 8086 mode.",
        """
        unsigned long fn  what to do
        struct vm86plus_struct* v86  the state
        """,
    ),
    call(
        1416, "old_select", (None, 82, None), "32bit_unique",
        "Wait for sets of file descriptors; the arguments lie in memory.",
        """
        void* arg  the address of the arguments of select
        """,
    ),
    call(
        1417, "old_mmap", (None, 90, None), "32bit_unique",
        "Map memory; the arguments lie in memory.",
        """
        void* arg  the address of the arguments of mmap
        """,
    ),
    call(
        1418, "mmap2", (None, 192, None), "32bit_unique",
        "Map memory; the offset is in pages.",
        """
        void* addr  address
        size_t length  length in bytes
        int prot: mmap_prot  protection
        int flags: mmap_flags  flags
        int fd  file descriptor
        unsigned long pgoffset  offset in the file, in pages
        """,
    ),
    call(
        1419, "old_getrlimit", (None, 76, None), "32bit_unique",
        "Ask for a limit of resources, at most 2 GiB.",
        """
        int resource: rlimit_resource  the resource
        struct rlimit* rlim  the limit
        """,
    ),
)  # fmt: skip
