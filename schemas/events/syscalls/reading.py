# SPDX-License-Identifier: Apache-2.0
"""Reading and writing files."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1014, "read", (0, 3, 63), "fs fs_read_write",
        "Read from a file descriptor.",
        """
        int fd  file descriptor
        void* buf  where the data is or goes
        size_t count  length in bytes
        """,
    ),
    call(
        1015, "write", (1, 4, 64), "fs fs_read_write",
        "Write to a file descriptor.",
        """
        int fd  file descriptor
        void* buf  where the data is or goes
        size_t count  length in bytes
        """,
    ),
    call(
        1016, "pread64", (17, 180, 67), "fs fs_read_write",
        "Read from a file descriptor at an offset.",
        """
        int fd  file descriptor
        void* buf  where the data is or goes
        size_t count  length in bytes
        loff_t offset  offset in the file
        """,
    ),
    call(
        1017, "pwrite64", (18, 181, 68), "fs fs_read_write",
        "Write to a file descriptor at an offset.",
        """
        int fd  file descriptor
        const void* buf  where the data is or goes
        size_t count  length in bytes
        loff_t offset  offset in the file
        """,
    ),
    call(
        1018, "readv", (19, 145, 65), "fs fs_read_write",
        "Read into several buffers.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        int iovcnt  how many buffers
        """,
    ),
    call(
        1019, "writev", (20, 146, 66), "fs fs_read_write",
        "Write from several buffers.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        int iovcnt  how many buffers
        """,
    ),
    call(
        1020, "preadv", (295, 333, 69), "fs fs_read_write",
        "Read into several buffers at an offset.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        unsigned long iovcnt  how many buffers
        unsigned long pos_l  offset in the file
        unsigned long pos_h  high half of the offset, on 32 bits
        """,
    ),
    call(
        1021, "pwritev", (296, 334, 70), "fs fs_read_write",
        "Write from several buffers at an offset.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        unsigned long iovcnt  how many buffers
        unsigned long pos_l  offset in the file
        unsigned long pos_h  high half of the offset, on 32 bits
        """,
    ),
    call(
        1022, "preadv2", (327, 378, 286), "fs fs_read_write",
        "Read into several buffers at an offset, with flags.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        unsigned long iovcnt  how many buffers
        unsigned long pos_l  offset in the file
        unsigned long pos_h  high half of the offset, on 32 bits
        int flags: rw_flags  flags
        """,
    ),
    call(
        1023, "pwritev2", (328, 379, 287), "fs fs_read_write",
        "Write from several buffers at an offset, with flags.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        unsigned long iovcnt  how many buffers
        unsigned long pos_l  offset in the file
        unsigned long pos_h  high half of the offset, on 32 bits
        int flags: rw_flags  flags
        """,
    ),
    call(
        1024, "lseek", (8, 19, 62), "fs fs_read_write",
        "Move a file's offset.",
        """
        int fd  file descriptor
        off_t offset  offset in the file
        unsigned int whence: seek_whence  what the offset counts from
        """,
    ),
    call(
        1025, "sendfile", (40, 239, 71), "fs fs_read_write",
        "Copy from one file descriptor to another within the kernel.",
        """
        int out_fd  file to write to
        int in_fd  file to read from
        off_t* offset  offset in the file
        size_t count  length in bytes
        """,
    ),
    call(
        1026, "copy_file_range", (326, 377, 285), "fs fs_read_write",
        "Copy a range of one file to another within the kernel.",
        """
        int fd_in  file to read from
        off_t* off_in  address of its offset
        int fd_out  file to write to
        off_t* off_out  address of its offset
        size_t len  length in bytes
        unsigned int flags  flags
        """,
    ),
    call(
        1027, "readahead", (187, 225, 213), "fs",
        "Read a file ahead into the page cache.",
        """
        int fd  file descriptor
        loff_t offset  offset in the file
        size_t count  length in bytes
        """,
    ),
    call(
        1028, "fadvise64", (221, 250, 223), "fs",
        "Announce how a file will be read.",
        """
        int fd  file descriptor
        loff_t offset  offset in the file
        size_t len  length in bytes
        int advice: fadvise_advice  how it will be used
        """,
    ),
    call(
        1029, "cachestat", (451, 451, 451), "fs",
        "Ask how much of a file is in the page cache.",
        """
        unsigned int fd  file descriptor
        const struct cachestat_range* cstat_range  the range
        struct cachestat* cstat  where the answer goes
        unsigned int flags  flags
        """,
    ),
)  # fmt: skip
