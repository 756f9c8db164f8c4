# SPDX-License-Identifier: Apache-2.0
"""The system as a whole: modules, programs in the kernel, restart, accounting."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1347, "uname", (63, 122, 160), "system",
        "Ask for the system's name.",
        """
        struct utsname* buf  where the answer goes
        """,
    ),
    call(
        1348, "sethostname", (170, 74, 161), "net",
        "Set the host name.",
        """
        const char* name  the name
        size_t len  length in bytes
        """,
    ),
    call(
        1349, "setdomainname", (171, 121, 162), "net",
        "Set the NIS domain name.",
        """
        const char* name  the name
        size_t len  length in bytes
        """,
    ),
    call(
        1350, "sysinfo", (99, 116, 179), "system",
        "Ask for the system's load and memory.",
        """
        struct sysinfo* info  where the answer goes
        """,
    ),
    call(
        1351, "syslog", (103, 103, 116), "system",
        "Read or control the kernel's log.",
        """
        int type: syslog_type  what to do
        char* bufp  where the messages go
        int len  length in bytes
        """,
    ),
    call(
        1352, "personality", (135, 136, 92), "system",
        "Set the thread's execution domain.",
        """
        unsigned int persona: personality  the domain
        """,
    ),
    call(
        1353, "reboot", (169, 88, 142), "system",
        "Restart or halt the system.",
        """
        int magic: reboot_magic  first magic number
        int magic2: reboot_magic  second magic number
        int cmd: reboot_cmd  what to do
        void* arg  argument of it
        """,
    ),
    call(
        1354, "kexec_load", (246, 283, 104), "system",
        "Load another kernel.",
        """
        unsigned long entry  where it starts
        unsigned long nr_segments  how many
        struct kexec_segment* segments  its segments
        unsigned long flags: kexec_flags  flags
        """,
    ),
    call(
        1355, "kexec_file_load", (320, None, 294), "system",
        "Load another kernel from a file.",
        """
        int kernel_fd  the kernel's file
        int initrd_fd  the file of its initial file system
        unsigned long cmdline_len  size of the command line
        const char* cmdline  its command line
        unsigned long flags: kexec_file_flags  flags
        """,
    ),
    call(
        1011, "init_module", (175, 128, 105), "default detection system system_module",
        "Load a kernel module from memory.",
        """
        void* module_image  the module
        unsigned long len  its size
        const char* param_values  its parameters
        """,
    ),
    call(
        1012, "finit_module", (313, 350, 273), "default detection system system_module",
        "Load a kernel module from a file.",
        """
        int fd  the module's file
        const char* param_values  its parameters
        int flags: finit_module_flags  flags
        """,
    ),
    call(
        1356, "delete_module", (176, 129, 106), "system system_module",
        "Unload a kernel module.",
        """
        const char* name  its name
        int flags: delete_module_flags  flags
        """,
    ),
    call(
        1357, "bpf", (321, 357, 280), "system",
        "Load or control BPF programs and maps.",
        """
        int cmd: bpf_cmd  what to do
        union bpf_attr* attr  arguments of it
        unsigned int size  size in bytes
        """,
    ),
    call(
        1358, "perf_event_open", (298, 336, 241), "system",
        "Open a performance counter.",
        """
        struct perf_event_attr* attr  what is counted
        pid_t pid  process id
        int cpu  processor
        int group_fd  leader of the group
        unsigned long flags: perf_event_flags  flags
        """,
    ),
    call(
        1359, "acct", (163, 51, 89), "system",
        "Switch process accounting on or off.",
        """
        const char* filename  file for the accounts, NULL to stop
        """,
    ),
    call(
        1360, "vhangup", (153, 111, 58), "system",
        "Hang the terminal up.",
    ),
    call(
        1361, "iopl", (172, 110, None), "system",
        "Set the privilege level of port access.",
        """
        int level  the level
        """,
    ),
    call(
        1362, "ioperm", (173, 101, None), "system",
        "Set permissions of ports.",
        """
        unsigned long from  first port
        unsigned long num  how many
        int turn_on  whether they are allowed
        """,
    ),
    call(
        1363, "getrandom", (318, 355, 278), "fs",
        "Get random bytes.",
        """
        void* buf  where the data is or goes
        size_t buflen  length in bytes
        unsigned int flags: getrandom_flags  flags
        """,
    ),
    call(
        1364, "uprobe", (336, None, None), "system",
        "Called by the trampoline of a uprobe, not by programs.",
    ),
    call(
        1365, "uretprobe", (335, None, None), "system",
        "Called by the trampoline of a uretprobe, not by programs.",
    ),
    call(
        1366, "listns", (470, 470, 470), "proc",
        "List namespaces.",
        """
        const struct ns_id_req* req  what is asked for
        u64* ns_ids  where the ids go
        size_t nr_ns_ids  most ids
        unsigned int flags  flags
        """,
    ),
)  # fmt: skip
