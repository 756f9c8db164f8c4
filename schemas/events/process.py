# SPDX-License-Identifier: Apache-2.0
"""The life of processes: fork, exec, exit, and the check of a program before it runs."""

from schemas.event_type import EventType, Probe, fields, hook

EVENTS = (
    EventType(
        id=101,
        name="sched_process_fork",
        doc="A task was created. The event's task is the parent.",
        sets=("proc", "proc_life", "lifecycle"),
        fields=fields("""
            int parent_tid  parent thread
            int parent_ns_tid  parent thread, in its pid namespace
            int parent_pid  parent process
            int parent_ns_pid  parent process, in its pid namespace
            unsigned long parent_start_time  start of the parent thread, ns since boot
            int child_tid  new thread
            int child_ns_tid  new thread, in its pid namespace
            int child_pid  process of the new thread
            int child_ns_pid  process of the new thread, in its pid namespace
            unsigned long start_time  start of the new thread, ns since boot
            int parent_process_tid  process that the new thread's process is a child of
            int parent_process_ns_tid  the same in its pid namespace
            int parent_process_pid  the same number as parent_process_tid
            int parent_process_ns_pid  the same number as parent_process_ns_tid
            unsigned long parent_process_start_time  its start, ns since boot
            int leader_tid  first thread of the new thread's process
            int leader_ns_tid  the same in its pid namespace
            int leader_pid  the same number as leader_tid
            int leader_ns_pid  the same number as leader_ns_tid
            unsigned long leader_start_time  its start, ns since boot
        """),
        probes=(Probe("tp_btf/sched_process_fork", ("on_fork",)),),
    ),
    EventType(
        id=102,
        name="sched_process_exec",
        doc="A task runs a new program. The event's task is already the new program.",
        sets=("default", "detection", "proc", "proc_life", "lifecycle"),
        fields=fields("""
            const char* cmdpath  path as it was called
            const char* pathname  resolved path of the file that runs
            const char** argv  arguments
            const char** env  environment
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            unsigned long ctime  last change of the inode, ns since the epoch
            umode_t inode_mode: file_mode  type and permissions of the file
            const char* interp  path of the interpreter of a script, else cmdpath
            umode_t stdin_type: file_mode  type of file descriptor 0
            bool invoked_from_kernel  true where the kernel itself started the program
            const char* interpreter_pathname  resolved path of the program's dynamic loader, if any
            dev_t interpreter_dev  its device
            unsigned long interpreter_inode  its inode
            unsigned long interpreter_ctime  its inode's last change, ns since the epoch
            const char* stdin_path  resolved path of file descriptor 0
            const char* prev_comm  name that the task had until then
            const char* pwd  resolved path of its working directory
            const char* sha256  hash of the file, with option:exec-hash; nil: was not to be had
        """),
        probes=(Probe("tp_btf/sched_process_exec", ("on_exec", "on_rename")),),
    ),
    EventType(
        id=103,
        name="sched_process_exit",
        doc="A task ended.",
        sets=("proc", "proc_life", "lifecycle"),
        fields=fields("""
            long exit_code  exit status, as exit(2) was given it
            int signal_code  signal that ended the task, 0 if none
            bool process_group_exit  true where the last thread of the process ended
        """),
        probes=(Probe("tp_btf/sched_process_exit", ("on_exit",)),),
    ),
    EventType(
        id=531,
        name="load_elf_phdrs",
        doc="The kernel reads an ELF file that is to be run: a program, or its dynamic loader.",
        sets=("proc", "proc_life"),
        fields=fields("""
            const char* pathname  resolved path of the file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
        """),
        probes=(
            *hook("load_elf_phdrs", "load_elf_phdrs"),
            Probe(
                "tp_btf/sched_process_exec",
                ("on_elf_loaded",),
                "told when both are loaded; no file that could not be run",
            ),
        ),
    ),
    EventType(
        id=104,
        name="security_bprm_check",
        doc="A program was accepted to be run. comm and arguments are the caller's.",
        sets=("detection", "lsm_hooks", "lsm", "proc", "proc_life"),
        fields=fields("""
            const char* pathname  resolved path of the file that runs
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            const char** argv  arguments
            const char** envp  environment
        """),
        probes=(
            *hook("bprm_check", "security_bprm_check", "bprm_check_security"),
            Probe(
                "tp_btf/sched_process_exec",
                ("on_check", "on_sys_enter", "on_sys_exit"),
                note="a denied program is not seen, and of a script only its interpreter",
            ),
        ),
    ),
)
