# SPDX-License-Identifier: Apache-2.0
"""Files that the kernel reads for itself."""

from schemas.event_type import EventType, after, fields, hook

_CALLS = (
    "sees modules and kernels that calls named, as they return: no firmware, and no call that "
    "failed with EPERM or EINVAL"
)

EVENTS = (
    EventType(
        id=461,
        name="security_kernel_read_file",
        doc="The kernel is about to read a file for itself: a module, firmware, a kernel to boot.",
        sets=("detection", "lsm_hooks", "lsm"),
        fields=fields("""
            const char* pathname  path of the file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            int type: read_file_type  what it is read for
            unsigned long ctime  last change of the inode, ns since the epoch
        """),
        probes=(
            *hook("kernel_read_file", "security_kernel_read_file", "kernel_read_file"),
            after("kernel_read_file", "finit_module", "kexec_file_load", note=_CALLS),
        ),
    ),
    EventType(
        id=462,
        name="security_kernel_post_read_file",
        doc="The kernel has read a file for itself.",
        sets=("lsm_hooks", "lsm"),
        fields=fields("""
            const char* pathname  path of the file
            long size  bytes that were read
            int type: read_file_type  what it was read for
        """),
        probes=(
            *hook(
                "kernel_post_read_file", "security_kernel_post_read_file", "kernel_post_read_file"
            ),
            after(
                "kernel_post_read_file",
                "finit_module",
                "kexec_file_load",
                note=f"{_CALLS}; size is the file's",
            ),
        ),
    ),
)
