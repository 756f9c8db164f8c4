# SPDX-License-Identifier: Apache-2.0
"""Pages of files that a writable pipe shares."""

from schemas.event_type import EventType, after, at_return, fields

EVENTS = (
    EventType(
        id=571,
        name="dirty_pipe_splice",
        doc="A page of a file is in a pipe that would write into it (CVE-2022-0847): kernels from "
        "5.8 on until 5.16.11, 5.15.25 and 5.10.102.",
        sets=("fs", "security_alert"),
        fields=fields("""
            unsigned long inode_in  inode of the file
            umode_t in_file_type: file_mode  its type
            const char* in_file_path  its resolved path
            loff_t exposed_data_start_offset  where in the file the data begins
            size_t exposed_data_len  how long it is
            unsigned long inode_out  inode of the pipe
            unsigned int out_pipe_last_buffer_flags  flags of the pipe's last buffer
        """),
        probes=(
            *at_return("do_splice", "do_splice"),
            after("do_splice", "splice", note="not the splices of io_uring"),
        ),
    ),
)
