# SPDX-License-Identifier: Apache-2.0
"""Placement of memory on nodes."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1270, "mbind", (237, 274, 235), "system system_numa",
        "Set the memory policy of a range.",
        """
        void* addr  address
        unsigned long len  length in bytes
        int mode: mempolicy  policy
        const unsigned long* nodemask  the nodes
        unsigned long maxnode  how many bits
        unsigned int flags: mbind_flags  flags
        """,
    ),
    call(
        1271, "set_mempolicy", (238, 276, 237), "system system_numa",
        "Set the thread's memory policy.",
        """
        int mode: mempolicy  policy
        const unsigned long* nodemask  the nodes
        unsigned long maxnode  how many bits
        """,
    ),
    call(
        1272, "get_mempolicy", (239, 275, 236), "system system_numa",
        "Ask for the memory policy.",
        """
        int* mode  where the policy goes
        unsigned long* nodemask  the nodes
        unsigned long maxnode  how many bits
        void* addr  address
        unsigned long flags: get_mempolicy_flags  flags
        """,
    ),
    call(
        1273, "set_mempolicy_home_node", (450, 450, 450), "system system_numa",
        "Set the home node of a range's memory policy.",
        """
        unsigned long start  first page
        unsigned long len  length in bytes
        unsigned long home_node  the node
        unsigned long flags  flags
        """,
    ),
    call(
        1274, "migrate_pages", (256, 294, 238), "system system_numa",
        "Move a process's pages to other nodes.",
        """
        int pid  process id
        unsigned long maxnode  how many bits
        const unsigned long* old_nodes  nodes that pages come from
        const unsigned long* new_nodes  nodes that pages go to
        """,
    ),
    call(
        1275, "move_pages", (279, 317, 239), "system system_numa",
        "Move single pages of a process to other nodes.",
        """
        int pid  process id
        unsigned long count  length in bytes
        const void** pages  the pages
        const int* nodes  where they go
        int* status  where the answers go
        int flags: mbind_flags  flags
        """,
    ),
    call(
        1276, "getcpu", (309, 318, 168), "system system_numa",
        "Ask for the processor and node that the thread runs on.",
        """
        unsigned int* cpu  where the processor goes
        unsigned int* node  where the node goes
        struct getcpu_cache* tcache  not used
        """,
    ),
)  # fmt: skip
