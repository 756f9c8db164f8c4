# SPDX-License-Identifier: Apache-2.0
"""Reading and writing of open files."""

from dataclasses import replace

from schemas.event_type import EventType, Probe, after, at_return, fields

_SETS = ("fs", "fs_read_write")
_PLACE = """
    const char* pathname  resolved path of the file
    dev_t dev  device of the file
    unsigned long inode  inode of the file
"""
_BYTES = f"""{_PLACE}
    size_t count  bytes that were asked for
    off_t pos  where in the file it began
"""
_BUFFERS = f"""{_PLACE}
    unsigned long vlen  how many buffers
    off_t pos  where in the file it began
"""
_CALLS_ONLY = (
    "sees these calls only: nothing that splice, sendfile, io_uring or the kernel itself does; "
    "where it began is by the file's position as the call returns, which another thread may move"
)
_WRITES = ("write", "pwrite64", "writev", "pwritev", "pwritev2")


def _magic(probe: Probe) -> Probe:
    """What goes by vfs_writev, which many kernels have no place for, is told by its calls."""
    return replace(
        probe, programs=(*probe.programs, "on_sys_exit", "after_magic"), calls=_WRITES[2:]
    )


EVENTS = (
    EventType(
        id=501,
        name="vfs_write",
        doc="Something was written to an open file; the return value says how much.",
        sets=_SETS,
        fields=fields(_BYTES),
        probes=(
            *at_return("vfs_write", "vfs_write"),
            after("vfs_write", "write", "pwrite64", note=_CALLS_ONLY),
        ),
    ),
    EventType(
        id=502,
        name="vfs_writev",
        doc="Something was written to an open file from several buffers.",
        sets=_SETS,
        fields=fields(_BUFFERS),
        probes=(
            *at_return("vfs_writev", "vfs_writev"),
            after("vfs_writev", "writev", "pwritev", "pwritev2", note=_CALLS_ONLY),
        ),
    ),
    EventType(
        id=503,
        name="vfs_read",
        doc="Something was read from an open file; the return value says how much.",
        sets=_SETS,
        fields=fields(_BYTES),
        probes=(
            *at_return("vfs_read", "vfs_read"),
            after("vfs_read", "read", "pread64", note=_CALLS_ONLY),
        ),
    ),
    EventType(
        id=504,
        name="vfs_readv",
        doc="Something was read from an open file into several buffers.",
        sets=_SETS,
        fields=fields(_BUFFERS),
        probes=(
            *at_return("vfs_readv", "vfs_readv"),
            after("vfs_readv", "readv", "preadv", "preadv2", note=_CALLS_ONLY),
        ),
    ),
    EventType(
        id=505,
        name="__kernel_write",
        doc="The kernel itself wrote to an open file, as it does for core dumps and accounting.",
        sets=_SETS,
        fields=fields(_BYTES),
        probes=at_return("__kernel_write", "kernel_write"),
    ),
    EventType(
        id=506,
        name="magic_write",
        doc="The beginning of a regular file was written, 4 bytes or more; up to 32 are shown.",
        sets=("detection", *_SETS),
        fields=fields("""
            const char* pathname  resolved path of the file
            bytes bytes  first bytes of the file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
        """),
        probes=(
            *map(_magic, at_return("vfs_write", "magic", "magic_kernel")),
            after("magic", *_WRITES, note=f"{_CALLS_ONLY}; not through a memory mapping"),
        ),
    ),
)
