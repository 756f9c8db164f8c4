# SPDX-License-Identifier: Apache-2.0
"""Names of numbers: opening, reading and changing files.

As the kernel\'s own headers have them (include/uapi).
"""

ACCMODE = 3  # O_ACCMODE: the two lowest bits of open flags are a value, not bits
ACCESS = {0: "O_RDONLY", 1: "O_WRONLY", 2: "O_RDWR", 3: "O_ACCMODE"}

OPEN = {
    0o100: "O_CREAT",
    0o200: "O_EXCL",
    0o400: "O_NOCTTY",
    0o1000: "O_TRUNC",
    0o2000: "O_APPEND",
    0o4000: "O_NONBLOCK",
    0o4010000: "O_SYNC",
    0o10000: "O_DSYNC",
    0o20000: "FASYNC",
    0o40000: "O_DIRECT",
    0o100000: "O_LARGEFILE",
    0o20200000: "O_TMPFILE",
    0o200000: "O_DIRECTORY",
    0o400000: "O_NOFOLLOW",
    0o1000000: "O_NOATIME",
    0o2000000: "O_CLOEXEC",
    0o10000000: "O_PATH",
}

#: arch/arm64/include/uapi/asm/fcntl.h gives four of them other numbers
OPEN_ARM64 = {
    **{bit: name for bit, name in OPEN.items() if bit not in (0o200000, 0o400000, 0o20200000)},
    0o20040000: "O_TMPFILE",
    0o40000: "O_DIRECTORY",
    0o100000: "O_NOFOLLOW",
    0o200000: "O_DIRECT",
    0o400000: "O_LARGEFILE",
}

FILE_TYPE = {
    0o140000: "S_IFSOCK",
    0o120000: "S_IFLNK",
    0o100000: "S_IFREG",
    0o060000: "S_IFBLK",
    0o040000: "S_IFDIR",
    0o020000: "S_IFCHR",
    0o010000: "S_IFIFO",
}

PERMISSION = {
    0o4000: "S_ISUID",
    0o2000: "S_ISGID",
    0o1000: "S_ISVTX",
    0o400: "S_IRUSR",
    0o200: "S_IWUSR",
    0o100: "S_IXUSR",
    0o040: "S_IRGRP",
    0o020: "S_IWGRP",
    0o010: "S_IXGRP",
    0o004: "S_IROTH",
    0o002: "S_IWOTH",
    0o001: "S_IXOTH",
}

ACCESS_MODE = {
    0x1: "X_OK",
    0x2: "W_OK",
    0x4: "R_OK",
}

SEEK = {
    0: "SEEK_SET",
    1: "SEEK_CUR",
    2: "SEEK_END",
    3: "SEEK_DATA",
    4: "SEEK_HOLE",
}

ACCESS_AT = {
    0x100: "AT_SYMLINK_NOFOLLOW",
    0x200: "AT_EACCESS",
    0x1000: "AT_EMPTY_PATH",
}

STAT_AT = {
    0x100: "AT_SYMLINK_NOFOLLOW",
    0x800: "AT_NO_AUTOMOUNT",
    0x1000: "AT_EMPTY_PATH",
    0x2000: "AT_STATX_FORCE_SYNC",
    0x4000: "AT_STATX_DONT_SYNC",
}

LINK_AT = {
    0x400: "AT_SYMLINK_FOLLOW",
    0x1000: "AT_EMPTY_PATH",
}

UNLINK_AT = {
    0x200: "AT_REMOVEDIR",
}

HANDLE_AT = {
    0x1: "AT_HANDLE_MNT_ID_UNIQUE",
    0x2: "AT_HANDLE_CONNECTABLE",
    0x200: "AT_HANDLE_FID",
    0x400: "AT_SYMLINK_FOLLOW",
    0x1000: "AT_EMPTY_PATH",
}

EXECVE_AT = {
    0x100: "AT_SYMLINK_NOFOLLOW",
    0x1000: "AT_EMPTY_PATH",
    0x10000: "AT_EXECVE_CHECK",
}

RENAME = {
    0x1: "RENAME_NOREPLACE",
    0x2: "RENAME_EXCHANGE",
    0x4: "RENAME_WHITEOUT",
}

STATX = {
    0x1: "STATX_TYPE",
    0x2: "STATX_MODE",
    0x4: "STATX_NLINK",
    0x8: "STATX_UID",
    0x10: "STATX_GID",
    0x20: "STATX_ATIME",
    0x40: "STATX_MTIME",
    0x80: "STATX_CTIME",
    0x100: "STATX_INO",
    0x200: "STATX_SIZE",
    0x400: "STATX_BLOCKS",
    0x800: "STATX_BTIME",
    0x1000: "STATX_MNT_ID",
    0x2000: "STATX_DIOALIGN",
    0x4000: "STATX_MNT_ID_UNIQUE",
    0x8000: "STATX_SUBVOL",
    0x10000: "STATX_WRITE_ATOMIC",
    0x20000: "STATX_DIO_READ_ALIGN",
}

FALLOCATE = {
    0x1: "FALLOC_FL_KEEP_SIZE",
    0x2: "FALLOC_FL_PUNCH_HOLE",
    0x4: "FALLOC_FL_NO_HIDE_STALE",
    0x8: "FALLOC_FL_COLLAPSE_RANGE",
    0x10: "FALLOC_FL_ZERO_RANGE",
    0x20: "FALLOC_FL_INSERT_RANGE",
    0x40: "FALLOC_FL_UNSHARE_RANGE",
    0x80: "FALLOC_FL_WRITE_ZEROES",
}

FADVICE = {
    0: "POSIX_FADV_NORMAL",
    1: "POSIX_FADV_RANDOM",
    2: "POSIX_FADV_SEQUENTIAL",
    3: "POSIX_FADV_WILLNEED",
    4: "POSIX_FADV_DONTNEED",
    5: "POSIX_FADV_NOREUSE",
}

SYNC_FILE_RANGE = {
    0x1: "SYNC_FILE_RANGE_WAIT_BEFORE",
    0x2: "SYNC_FILE_RANGE_WRITE",
    0x4: "SYNC_FILE_RANGE_WAIT_AFTER",
}

XATTR = {
    0x1: "XATTR_CREATE",
    0x2: "XATTR_REPLACE",
}

MEMFD = {
    0x1: "MFD_CLOEXEC",
    0x2: "MFD_ALLOW_SEALING",
    0x4: "MFD_HUGETLB",
    0x8: "MFD_NOEXEC_SEAL",
    0x10: "MFD_EXEC",
}

CLOSE_RANGE = {
    0x2: "CLOSE_RANGE_UNSHARE",
    0x4: "CLOSE_RANGE_CLOEXEC",
}

READ_WRITE = {
    0x1: "RWF_HIPRI",
    0x2: "RWF_DSYNC",
    0x4: "RWF_SYNC",
    0x8: "RWF_NOWAIT",
    0x10: "RWF_APPEND",
    0x20: "RWF_NOAPPEND",
    0x40: "RWF_ATOMIC",
    0x80: "RWF_DONTCACHE",
    0x100: "RWF_NOSIGNAL",
}
