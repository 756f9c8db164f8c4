# SPDX-License-Identifier: Apache-2.0
"""Keys, sandboxes and security modules."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1367, "add_key", (248, 286, 217), "system system_keys",
        "Add a key.",
        """
        const char* type  type of the key
        const char* description  what it is called
        const void* payload  the key's data
        size_t plen  size of the data
        key_serial_t keyring  ring that it goes to
        """,
    ),
    call(
        1368, "request_key", (249, 287, 218), "system system_keys",
        "Ask for a key.",
        """
        const char* type  type of the key
        const char* description  what it is called
        const char* callout_info  what the helper program is told
        key_serial_t dest_keyring  ring that it goes to
        """,
    ),
    call(
        1369, "keyctl", (250, 288, 219), "system system_keys",
        "Control keys.",
        """
        int operation: keyctl_operation  what to do
        unsigned long arg2  argument of it
        unsigned long arg3  argument of it
        unsigned long arg4  argument of it
        unsigned long arg5  argument of it
        """,
    ),
    call(
        1370, "seccomp", (317, 354, 277), "proc",
        "Filter the system calls of the process.",
        """
        unsigned int operation: seccomp_operation  what to do
        unsigned int flags: seccomp_flags  flags
        const void* args  the arguments
        """,
    ),
    call(
        1371, "landlock_create_ruleset", (444, 444, 444), "proc fs",
        "Make a set of Landlock rules.",
        """
        struct landlock_ruleset_attr* attr  the attributes
        size_t size  size in bytes
        u32 flags: landlock_flags  flags
        """,
    ),
    call(
        1372, "landlock_add_rule", (445, 445, 445), "proc fs",
        "Add a Landlock rule.",
        """
        int ruleset_fd  the set
        int rule_type: landlock_rule_type  type of the rule
        void* rule_attr  the rule
        u32 flags  flags
        """,
    ),
    call(
        1373, "landlock_restrict_self", (446, 446, 446), "proc fs",
        "Put the thread under Landlock rules.",
        """
        int ruleset_fd  the set
        u32 flags: landlock_restrict_flags  flags
        """,
    ),
    call(
        1374, "lsm_get_self_attr", (459, 459, 459), "proc",
        "Ask for the thread's attributes of security modules.",
        """
        unsigned int attr: lsm_attribute  the attributes
        struct lsm_ctx* ctx  the attribute
        u32* size  size in bytes
        u32 flags  flags
        """,
    ),
    call(
        1375, "lsm_set_self_attr", (460, 460, 460), "proc",
        "Set an attribute of a security module.",
        """
        unsigned int attr: lsm_attribute  the attributes
        struct lsm_ctx* ctx  the attribute
        u32 size  size in bytes
        u32 flags  flags
        """,
    ),
    call(
        1376, "lsm_list_modules", (461, 461, 461), "system",
        "List the active security modules.",
        """
        u64* ids  where the ids go
        u32* size  size in bytes
        u32 flags  flags
        """,
    ),
)  # fmt: skip
