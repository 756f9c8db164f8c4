# SPDX-License-Identifier: Apache-2.0
"""Memory."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1250, "mmap", (9, None, 222), "proc proc_mem",
        "Map memory.",
        """
        void* addr  address
        size_t length  length in bytes
        int prot: mmap_prot  protection
        int flags: mmap_flags  flags
        int fd  file descriptor
        off_t off  offset in the file
        """,
    ),
    call(
        1251, "munmap", (11, 91, 215), "proc proc_mem",
        "Unmap memory.",
        """
        void* addr  address
        size_t length  length in bytes
        """,
    ),
    call(
        1252, "mremap", (25, 163, 216), "proc proc_mem",
        "Move or resize a mapping.",
        """
        void* old_address  where it is
        size_t old_size  its size
        size_t new_size  new size
        int flags: mremap_flags  flags
        void* new_address  where it goes
        """,
    ),
    call(
        1008, "mprotect", (10, 125, 226), "proc proc_mem",
        "Change the protection of memory.",
        """
        void* addr  first page
        size_t len  length in bytes
        int prot: mmap_prot  new protection
        """,
    ),
    call(
        1253, "pkey_mprotect", (329, 380, 288), "proc proc_mem",
        "Change the protection of memory, with a protection key.",
        """
        void* addr  address
        size_t len  length in bytes
        int prot: mmap_prot  protection
        int pkey  protection key
        """,
    ),
    call(
        1254, "pkey_alloc", (330, 381, 289), "proc proc_mem",
        "Allocate a protection key.",
        """
        unsigned int flags  flags
        unsigned long access_rights: pkey_rights  what it denies
        """,
    ),
    call(
        1255, "pkey_free", (331, 382, 290), "proc proc_mem",
        "Free a protection key.",
        """
        int pkey  protection key
        """,
    ),
    call(
        1256, "mseal", (462, 462, 462), "proc proc_mem",
        "Seal memory against changes of its mapping.",
        """
        void* addr  address
        size_t len  length in bytes
        unsigned long flags  none yet
        """,
    ),
    call(
        1257, "brk", (12, 45, 214), "proc proc_mem",
        "Move the end of the heap.",
        """
        void* addr  address
        """,
    ),
    call(
        1258, "madvise", (28, 219, 233), "proc proc_mem",
        "Give advice about memory.",
        """
        void* addr  address
        size_t length  length in bytes
        int advice: madvise_advice  how it will be used
        """,
    ),
    call(
        1259, "mincore", (27, 218, 232), "proc proc_mem",
        "Ask which pages are resident.",
        """
        void* addr  address
        size_t length  length in bytes
        unsigned char* vec  where the answer goes
        """,
    ),
    call(
        1260, "mlock", (149, 150, 228), "proc proc_mem",
        "Lock memory.",
        """
        const void* addr  address
        size_t len  length in bytes
        """,
    ),
    call(
        1261, "mlock2", (325, 376, 284), "proc proc_mem",
        "Lock memory, with flags.",
        """
        const void* addr  address
        size_t len  length in bytes
        int flags: mlock2_flags  flags
        """,
    ),
    call(
        1262, "munlock", (150, 151, 229), "proc proc_mem",
        "Unlock memory.",
        """
        const void* addr  address
        size_t len  length in bytes
        """,
    ),
    call(
        1263, "mlockall", (151, 152, 230), "proc proc_mem",
        "Lock all memory.",
        """
        int flags: mlockall_flags  flags
        """,
    ),
    call(
        1264, "munlockall", (152, 153, 231), "proc proc_mem",
        "Unlock all memory.",
    ),
    call(
        1265, "membarrier", (324, 375, 283), "proc proc_mem",
        "Issue memory barriers on a set of threads.",
        """
        int cmd: membarrier_cmd  what to do
        int flags  flags
        """,
    ),
    call(
        1266, "modify_ldt", (154, 123, None), "proc proc_mem",
        "Change or read the local descriptor table.",
        """
        int func  what to do
        void* ptr  the data
        unsigned long bytecount  size of the data
        """,
    ),
    call(
        1267, "remap_file_pages", (216, 257, 234), "proc proc_mem",
        "Map pages of a file in another order.",
        """
        void* addr  address
        size_t size  size in bytes
        int prot: mmap_prot  protection
        size_t pgoff  offset in the file, in pages
        int flags  flags
        """,
    ),
    call(
        1268, "map_shadow_stack", (453, 453, 453), "proc proc_mem",
        "Map a shadow stack.",
        """
        void* addr  address
        size_t size  size in bytes
        unsigned int flags  flags
        """,
    ),
    call(
        1269, "userfaultfd", (323, 374, 282), "system",
        "Make a file descriptor that page faults are told to.",
        """
        int flags: descriptor_flags  flags
        """,
    ),
)  # fmt: skip
