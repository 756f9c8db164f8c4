# SPDX-License-Identifier: Apache-2.0
"""Input and output that goes on while the caller does other things."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1132, "io_setup", (206, 245, 0), "fs fs_async_io",
        "Make a context of asynchronous input and output.",
        """
        unsigned int nr_events  most requests at once
        aio_context_t* ctx_idp  where the context goes
        """,
    ),
    call(
        1133, "io_destroy", (207, 246, 1), "fs fs_async_io",
        "Destroy a context of asynchronous input and output.",
        """
        aio_context_t ctx_id  the context
        """,
    ),
    call(
        1134, "io_getevents", (208, None, 4), "fs fs_async_io",
        "Fetch completed requests.",
        """
        aio_context_t ctx_id  the context
        long min_nr  fewest requests to wait for
        long nr  how many
        struct io_event* events  where events go
        struct timespec* timeout  how long to wait
        """,
    ),
    call(
        1135, "io_submit", (209, 248, 2), "fs fs_async_io",
        "Submit requests.",
        """
        aio_context_t ctx_id  the context
        long nr  how many
        struct iocb** iocbpp  the requests
        """,
    ),
    call(
        1136, "io_cancel", (210, 249, 3), "fs fs_async_io",
        "Cancel a request.",
        """
        aio_context_t ctx_id  the context
        struct iocb* iocb  the request
        struct io_event* result  where the result goes
        """,
    ),
    call(
        1137, "io_pgetevents", (333, 416, 292), "fs fs_async_io",
        "Fetch completed requests, with a signal mask.",
        """
        aio_context_t ctx_id  the context
        long min_nr  fewest requests to wait for
        long nr  how many
        struct io_event* events  where events go
        struct timespec* timeout  how long to wait
        const struct __aio_sigset* usig  signal mask and its size
        """,
    ),
    call(
        1138, "io_uring_setup", (425, 425, 425), "fs fs_async_io",
        "Make an io_uring instance.",
        """
        unsigned int entries  size of the ring
        struct io_uring_params* p  the parameters
        """,
    ),
    call(
        1139, "io_uring_enter", (426, 426, 426), "fs fs_async_io",
        "Submit to an io_uring instance, or wait for it.",
        """
        unsigned int fd  the instance
        unsigned int to_submit  requests to submit
        unsigned int min_complete  completions to wait for
        unsigned int flags: io_uring_enter_flags  flags
        sigset_t* sig  the signal
        size_t sigsz  size of the signal mask
        """,
    ),
    call(
        1140, "io_uring_register", (427, 427, 427), "fs fs_async_io",
        "Register buffers or files with an io_uring instance.",
        """
        unsigned int fd  the instance
        unsigned int opcode: io_uring_register_op  what to do
        void* arg  argument of it
        unsigned int nr_args  how many
        """,
    ),
)  # fmt: skip
