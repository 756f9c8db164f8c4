# SPDX-License-Identifier: Apache-2.0
"""Mounts, file systems and quotas."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1010, "mount", (165, 21, 40), "fs",
        "Mount a file system.",
        """
        const char* source  device or source
        const char* target  where it is mounted
        const char* filesystemtype  type of the file system
        unsigned long mountflags: mount_flags  flags
        const void* data  options of the file system
        """,
    ),
    call(
        1141, "umount2", (166, 52, 39), "fs",
        "Unmount a file system.",
        """
        const char* target  where it is mounted
        int flags: umount_flags  flags
        """,
    ),
    call(
        1142, "pivot_root", (155, 217, 41), "fs",
        "Change the root mount.",
        """
        const char* new_root  directory that becomes the root
        const char* put_old  directory where the old root goes
        """,
    ),
    call(
        1143, "open_tree", (428, 428, 428), "fs",
        "Take hold of a mount, or of a copy of it.",
        """
        int dfd: dirfd  directory that a relative path starts from
        const char* filename  path as the caller gave it
        unsigned int flags: open_tree_flags  flags
        """,
    ),
    call(
        1144, "open_tree_attr", (467, 467, 467), "fs",
        "Take hold of a mount or of a copy of it, with attributes.",
        """
        int dfd: dirfd  directory that a relative path starts from
        const char* filename  path as the caller gave it
        unsigned int flags: open_tree_flags  flags
        const struct mount_attr* uattr  attributes of the mount
        size_t usize  size of them
        """,
    ),
    call(
        1145, "move_mount", (429, 429, 429), "default fs",
        "Move or attach a mount.",
        """
        int from_dfd: dirfd  directory that a relative from_path starts from
        const char* from_path  the mount
        int to_dfd: dirfd  directory that a relative to_path starts from
        const char* to_path  where it goes
        unsigned int flags: move_mount_flags  flags
        """,
    ),
    call(
        1146, "fsopen", (430, 430, 430), "fs",
        "Begin to set a file system up.",
        """
        const char* fsname  type of the file system
        unsigned int flags: fsopen_flags  flags
        """,
    ),
    call(
        1147, "fsconfig", (431, 431, 431), "fs",
        "Set a file system up.",
        """
        int fs_fd  file system that is set up
        unsigned int cmd: fsconfig_cmd  what to do
        const char* key  name of the parameter
        const void* value  its value
        int aux  a file descriptor or number
        """,
    ),
    call(
        1148, "fsmount", (432, 432, 432), "fs",
        "Make a mount of a file system that was set up.",
        """
        int fsfd  file system that was set up
        unsigned int flags: fsmount_flags  flags
        unsigned int ms_flags: mount_attributes  attributes of the mount
        """,
    ),
    call(
        1149, "fspick", (433, 433, 433), "fs",
        "Begin to set a mounted file system up anew.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        unsigned int flags: fspick_flags  flags
        """,
    ),
    call(
        1150, "mount_setattr", (442, 442, 442), "fs",
        "Change the attributes of a mount.",
        """
        int dfd: dirfd  directory that a relative path starts from
        const char* path  path as the caller gave it
        unsigned int flags: mount_setattr_flags  flags
        struct mount_attr* uattr  attributes of the mount
        size_t usize  size of them
        """,
    ),
    call(
        1151, "statmount", (457, 457, 457), "fs fs_info",
        "Ask for a mount's status.",
        """
        const struct mnt_id_req* req  what is asked for
        struct statmount* buf  where the answer goes
        size_t bufsize  size of the buffer
        unsigned int flags  flags
        """,
    ),
    call(
        1152, "listmount", (458, 458, 458), "fs fs_info",
        "List mounts.",
        """
        const struct mnt_id_req* req  what is asked for
        u64* mnt_ids  where the ids go
        size_t nr_mnt_ids  most ids
        unsigned int flags  flags
        """,
    ),
    call(
        1153, "statfs", (137, 99, 43), "fs fs_info",
        "Ask for a file system's status.",
        """
        const char* path  path as the caller gave it
        struct statfs* buf  where the answer goes
        """,
    ),
    call(
        1154, "fstatfs", (138, 100, 44), "fs fs_info",
        "Ask for the status of an open file's file system.",
        """
        int fd  file descriptor
        struct statfs* buf  where the answer goes
        """,
    ),
    call(
        1155, "ustat", (136, 62, None), "fs fs_info",
        "Ask for a mounted file system's status by its device.",
        """
        dev_t dev  device number
        struct ustat* ubuf  where the answer goes
        """,
    ),
    call(
        1156, "sysfs", (139, 135, None), "fs fs_info",
        "Ask for the types of file systems.",
        """
        int option  what is asked for
        unsigned long arg1  argument of it
        unsigned long arg2  argument of it
        """,
    ),
    call(
        1157, "swapon", (167, 87, 224), "fs",
        "Begin to swap to a device or file.",
        """
        const char* path  device or file
        int swapflags: swap_flags  flags
        """,
    ),
    call(
        1158, "swapoff", (168, 115, 225), "fs",
        "Stop swapping to a device or file.",
        """
        const char* path  device or file
        """,
    ),
    call(
        1159, "quotactl", (179, 131, 60), "system",
        "Control disk quotas.",
        """
        int cmd: quota_cmd  what to do
        const char* special  block device
        int id  user, group or project
        void* addr  the data
        """,
    ),
    call(
        1160, "quotactl_fd", (443, 443, 443), "fs",
        "Control disk quotas of an open file's file system.",
        """
        unsigned int fd  file descriptor
        unsigned int cmd: quota_cmd  what to do
        unsigned int id  user, group or project
        void* addr  the data
        """,
    ),
    call(
        1161, "nfsservctl", (180, 169, 42), "fs",
        "Not implemented since Linux 3.1: control of the kernel's NFS server.",
    ),
)  # fmt: skip
