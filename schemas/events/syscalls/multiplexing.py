# SPDX-License-Identifier: Apache-2.0
"""Waiting for several file descriptors, and watching files."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1114, "poll", (7, 168, None), "fs fs_mux_io",
        "Wait for file descriptors.",
        """
        struct pollfd* fds  the descriptors and events
        unsigned int nfds  how many
        int timeout  how long to wait
        """,
    ),
    call(
        1115, "ppoll", (271, 414, 73), "fs fs_mux_io",
        "Wait for file descriptors, with a signal mask.",
        """
        struct pollfd* fds  the descriptors and events
        unsigned int nfds  how many
        struct timespec* tmo_p  how long to wait
        const sigset_t* sigmask  signal mask
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1116, "select", (23, 142, None), "fs fs_mux_io",
        "Wait for sets of file descriptors.",
        """
        int nfds  how many
        fd_set* readfds  descriptors to read from
        fd_set* writefds  descriptors to write to
        fd_set* exceptfds  descriptors with exceptions
        struct timeval* timeout  how long to wait
        """,
    ),
    call(
        1117, "pselect6", (270, 413, 72), "fs fs_mux_io",
        "Wait for sets of file descriptors, with a signal mask.",
        """
        int nfds  how many
        fd_set* readfds  descriptors to read from
        fd_set* writefds  descriptors to write to
        fd_set* exceptfds  descriptors with exceptions
        struct timespec* timeout  how long to wait
        void* sigmask  signal mask
        """,
    ),
    call(
        1118, "epoll_create", (213, 254, None), "fs fs_mux_io",
        "Make an epoll instance.",
        """
        int size  size in bytes
        """,
    ),
    call(
        1119, "epoll_create1", (291, 329, 20), "fs fs_mux_io",
        "Make an epoll instance, with flags.",
        """
        int flags: descriptor_flags  flags
        """,
    ),
    call(
        1120, "epoll_ctl", (233, 255, 21), "fs fs_mux_io",
        "Add, change or remove what an epoll instance watches.",
        """
        int epfd  the epoll instance
        int op: epoll_op  what to do
        int fd  file descriptor
        struct epoll_event* event  the event
        """,
    ),
    call(
        1121, "epoll_wait", (232, 256, None), "fs fs_mux_io",
        "Wait for an epoll instance.",
        """
        int epfd  the epoll instance
        struct epoll_event* events  where events go
        int maxevents  most events at once
        int timeout  how long to wait
        """,
    ),
    call(
        1122, "epoll_pwait", (281, 319, 22), "fs fs_mux_io",
        "Wait for an epoll instance, with a signal mask.",
        """
        int epfd  the epoll instance
        struct epoll_event* events  where events go
        int maxevents  most events at once
        int timeout  how long to wait
        const sigset_t* sigmask  signal mask
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1123, "epoll_pwait2", (441, 441, 441), "fs fs_mux_io",
        "Wait for an epoll instance, with a signal mask and nanoseconds.",
        """
        int fd  file descriptor
        struct epoll_event* events  where events go
        int maxevents  most events at once
        const struct timespec* timeout  how long to wait
        const sigset_t* sigset  signal mask
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1124, "epoll_ctl_old", (214, None, None), "fs fs_mux_io",
        "Not implemented: epoll_ctl before it was finished.",
    ),
    call(
        1125, "epoll_wait_old", (215, None, None), "fs fs_mux_io",
        "Not implemented: epoll_wait before it was finished.",
    ),
    call(
        1126, "inotify_init", (253, 291, None), "fs fs_monitor",
        "Make an inotify instance.",
    ),
    call(
        1127, "inotify_init1", (294, 332, 26), "fs fs_monitor",
        "Make an inotify instance, with flags.",
        """
        int flags: descriptor_flags  flags
        """,
    ),
    call(
        1128, "inotify_add_watch", (254, 292, 27), "fs fs_monitor",
        "Watch a file or directory.",
        """
        int fd  the inotify instance
        const char* pathname  path as the caller gave it
        u32 mask: inotify_mask  events to watch for
        """,
    ),
    call(
        1129, "inotify_rm_watch", (255, 293, 28), "fs fs_monitor",
        "End an inotify watch.",
        """
        int fd  the inotify instance
        int wd  the watch
        """,
    ),
    call(
        1130, "fanotify_init", (300, 338, 262), "fs fs_monitor",
        "Make a fanotify group.",
        """
        unsigned int flags: fanotify_flags  flags
        unsigned int event_f_flags: open_flags  flags of files in events
        """,
    ),
    call(
        1131, "fanotify_mark", (301, 339, 263), "fs fs_monitor",
        "Change what a fanotify group watches.",
        """
        int fanotify_fd  the group
        unsigned int flags: fanotify_mark_flags  flags
        u64 mask: fanotify_mask  events to watch for
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        """,
    ),
)  # fmt: skip
