# SPDX-License-Identifier: Apache-2.0
"""What code in the kernel announces or asks for, mostly modules as they start."""

from schemas.event_type import EventType, after, at_return, fields, hook

_LISTED = (
    *hook("filldir", "filldir64"),
    after(
        "listed",
        "getdents64",
        note="as the call returns: of a list of more than 1400 names these only",
    ),
)
_HIDES = "A directory gave a name without an inode, which programs skip: rootkits hide names so."

EVENTS = (
    EventType(
        id=610,
        name="proc_create",
        doc="A file was made in /proc.",
        sets=("integrity",),
        fields=fields("""
            const char* name  of the file
            void* proc_ops_addr  its operations
        """),
        probes=hook("proc_create", "proc_register"),
    ),
    EventType(
        id=611,
        name="kprobe_attach",
        doc="A kprobe was registered: code that runs at a place in the kernel.",
        sets=("integrity",),
        fields=fields("""
            const char* symbol_name  function that it is at; empty: named by its address
            void* pre_handler_addr  what runs before the instruction
            void* post_handler_addr  what runs after it
            void* address  of the instruction
        """),
        probes=at_return("register_kprobe", "kprobe_attach"),
    ),
    EventType(
        id=612,
        name="call_usermodehelper",
        doc="The kernel runs a program (to load a module, to take a core dump, ...).",
        sets=("integrity", "proc"),
        fields=fields("""
            const char* pathname  of the program
            const char*const* argv  arguments
            const char*const* envp  environment
            int wait  for what: 0 nothing, 1 its start, 2 its end; 4 added: killable, 8: freezable
        """),
        probes=hook("usermodehelper", "call_usermodehelper_exec"),
    ),
    EventType(
        id=613,
        name="debugfs_create_file",
        doc="A file was made in debugfs.",
        sets=("integrity",),
        fields=fields("""
            const char* file_name  its name
            const char* path  of its directory, from the root of debugfs
            mode_t mode: file_mode  type and permissions
            void* proc_ops_addr  its operations
        """),
        probes=(
            *hook("debugfs_file", "debugfs_create_file"),
            *hook("debugfs_file_full", "debugfs_create_file_full"),
        ),
    ),
    EventType(
        id=614,
        name="debugfs_create_dir",
        doc="A directory was made in debugfs.",
        sets=("integrity",),
        fields=fields("""
            const char* name  its name
            const char* path  of the directory that it is in, from the root of debugfs
        """),
        probes=hook("debugfs_dir", "debugfs_create_dir"),
    ),
    EventType(
        id=615,
        name="device_add",
        doc="A device was added to the kernel's tree of devices.",
        sets=("integrity",),
        fields=fields("""
            const char* name  of the device
            const char* parent_name  of the device above it; empty: there is none
        """),
        probes=hook("device_add", "device_add"),
    ),
    EventType(
        id=616,
        name="register_chrdev",
        doc="Numbers of a character device were registered.",
        sets=("integrity",),
        fields=fields("""
            unsigned int requested_major_number  0: any
            unsigned int granted_major_number  0: none, it failed
            const char* char_device_name  of the range
            void* char_device_fops  its operations
        """),
        probes=at_return("__register_chrdev", "register_chrdev"),
    ),
    EventType(
        id=617,
        name="kallsyms_lookup_name",
        doc="The address of a kernel symbol was asked for, in the kernel.",
        sets=("integrity",),
        fields=fields("""
            const char* symbol_name  the symbol
            void* symbol_address  its address; 0: there is no such symbol
        """),
        probes=at_return("kallsyms_lookup_name", "kallsyms"),
    ),
    EventType(
        id=618,
        name="zeroed_inodes",
        doc=_HIDES,
        sets=("integrity",),
        fields=fields("""
            const char* dirent_name  the name
        """),
        probes=_LISTED,
    ),
    EventType(
        id=619,
        name="hidden_inodes",
        doc=f"{_HIDES} zeroed_inodes is today's name.",
        sets=("integrity",),
        fields=fields("""
            char* hidden_process  the name
        """),
        probes=_LISTED,
    ),
)
