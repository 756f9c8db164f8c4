# SPDX-License-Identifier: Apache-2.0
"""What the collector tells by itself: of the machine, and of its containers."""

from schemas.event_type import EventType, Probe, after, fields

_IDENTITY = """
    const char* runtime  docker, containerd, crio or podman; empty where its name does not say
    const char* container_id  its id, 64 hexadecimal digits
"""
_CONTAINER = f"""{_IDENTITY}
    unsigned long ctime  when its control group was made, ns since the epoch
    const char* container_image  nothing, as below, where the runtime was not asked
    const char* container_image_digest  digest of its image
    const char* container_name  its name
    const char* pod_name  Kubernetes pod
    const char* pod_namespace  Kubernetes namespace
    const char* pod_uid  Kubernetes uid of the pod
    bool pod_sandbox  whether it is the one that holds the pod's namespaces
"""
_GROUPS = Probe("made/containers", ("on_cgroup_mkdir", "on_cgroup_rmdir"))
_LOADS = (
    after(
        "symbols",
        "mmap",
        "mmap2",
        note="read from the file soon after: not where it is gone by then; not the loader",
    ),
)

EVENTS = (
    EventType(
        id=580,
        name="tracee_info",
        doc="The collector has started.",
        sets=("system",),
        fields=fields("""
            u64 boot_time  when the machine started, ns since the epoch
            u64 start_time  when the collector started, ns since the epoch
            const char* version  the collector's version
        """),
        probes=(Probe("made/start", ()),),
    ),
    EventType(
        id=581,
        name="init_namespaces",
        doc="The namespaces of the machine's first process.",
        sets=("system",),
        fields=fields("""
            u32 cgroup  of control groups
            u32 ipc  of interprocess communication
            u32 mnt  of mounts
            u32 net  of the network
            u32 pid  of processes
            u32 pid_for_children  of its children's processes
            u32 time  of clocks
            u32 time_for_children  of its children's clocks
            u32 user  of users
            u32 uts  of the host's name
        """),
        probes=(Probe("made/start", ()),),
    ),
    EventType(
        id=582,
        name="existing_container",
        doc="A container was there already when the collector started.",
        sets=("containers", "lifecycle"),
        fields=fields(_CONTAINER),
        probes=(Probe("made/start", ()),),
    ),
    EventType(
        id=583,
        name="container_create",
        doc="A container was made.",
        sets=("default", "containers", "lifecycle"),
        fields=fields(_CONTAINER),
        probes=(_GROUPS,),
    ),
    EventType(
        id=585,
        name="symbols_loaded",
        doc="A process loaded a shared object; these are the symbols that it offers.",
        sets=("derived", "fs", "security_alert"),
        fields=fields("""
            const char* library_path  resolved path of the shared object
            const char** symbols  functions and variables that it offers, in alphabetical order
            const char* sha256  of the file, in hexadecimal digits
        """),
        probes=_LOADS,
    ),
    EventType(
        id=586,
        name="symbols_collision",
        doc="A process loaded a shared object that offers what another one offers, which it has.",
        sets=("lsm_hooks", "fs", "fs_file_ops", "proc", "proc_mem", "security_alert"),
        fields=fields("""
            const char* loaded_path  resolved path of the shared object
            const char* collision_path  resolved path of the other one
            const char** symbols  functions and variables that both offer, in alphabetical order
        """),
        probes=_LOADS,
    ),
    EventType(
        id=584,
        name="container_remove",
        doc="A container was removed.",
        sets=("default", "containers", "lifecycle"),
        fields=fields(_IDENTITY),
        probes=(_GROUPS,),
    ),
)
