# SPDX-License-Identifier: Apache-2.0
"""Programs that could not be run."""

from dataclasses import replace

from schemas.event_type import EventType, Probe, after, fields, hook

_CALLS = ("execve", "execveat")


def _failing(probe: Probe) -> Probe:
    """Where the kernel shows the file that it checks, before the calls fail."""
    programs = (*probe.programs, "on_sys_exit", "after_execute_failed")
    return replace(probe, programs=programs, calls=_CALLS)


EVENTS = (
    EventType(
        id=530,
        name="process_execute_failed",
        doc="A program could not be run; the return value says why.",
        sets=("proc", "proc_life"),
        fields=fields("""
            int dirfd: dirfd  directory that the path begins at
            int flags: execveat_flags  flags
            const char* pathname  path as the caller gave it
            const char* binary.path  resolved path of the file, if it came to be checked
            dev_t binary.device_id  device of the file
            unsigned long binary.inode_number  inode of the file
            unsigned long binary.ctime  last change of the inode, ns since the epoch
            umode_t binary.inode_mode: file_mode  type and permissions of the file
            const char* interpreter_path  path of the interpreter of a script, else of the file
            umode_t stdin_type: file_mode  type of file descriptor 0
            const char* stdin_path  resolved path of file descriptor 0
            int kernel_invoked  1 where the kernel itself started the program
            const char** argv  arguments
            const char** envp  environment
        """),
        probes=(
            *map(_failing, hook("execute_checked", "security_bprm_check", "bprm_check_security")),
            after("execute_failed", *_CALLS, note="the file and its interpreter are not known"),
        ),
    ),
)
