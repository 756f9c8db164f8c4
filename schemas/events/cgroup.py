# SPDX-License-Identifier: Apache-2.0
"""Control groups: where containers begin and end."""

from schemas.event_type import EventType, Probe, fields

EVENTS = (
    EventType(
        id=301,
        name="cgroup_mkdir",
        doc="A control group was made (version 2 hierarchy).",
        sets=("containers", "lifecycle"),
        fields=fields("""
            unsigned long cgroup_id  its id, which is its directory's inode
            const char* cgroup_path  its path below the hierarchy's root
            u32 hierarchy_id  0: the version 2 hierarchy
        """),
        probes=(Probe("tp_btf/cgroup_mkdir", ("on_cgroup_mkdir",)),),
    ),
    EventType(
        id=302,
        name="cgroup_rmdir",
        doc="A control group was removed (version 2 hierarchy).",
        sets=("containers", "lifecycle"),
        fields=fields("""
            unsigned long cgroup_id  its id, which was its directory's inode
            const char* cgroup_path  its path below the hierarchy's root
            u32 hierarchy_id  0: the version 2 hierarchy
        """),
        probes=(Probe("tp_btf/cgroup_rmdir", ("on_cgroup_rmdir",)),),
    ),
)
