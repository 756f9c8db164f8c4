# SPDX-License-Identifier: Apache-2.0
"""The use of BPF."""

from schemas.event_type import EventType, after, fields, hook

_GOT = "sees calls that gave a descriptor, as they return"

EVENTS = (
    EventType(
        id=451,
        name="security_bpf",
        doc="bpf(2) was called.",
        sets=("lsm_hooks", "lsm"),
        fields=fields("""
            int cmd: bpf_cmd  what it is to do
        """),
        probes=(
            *hook("bpf", "security_bpf", "bpf"),
            after("bpf", "bpf", note="told as the call returns, and also if it was malformed"),
        ),
    ),
    EventType(
        id=452,
        name="security_bpf_map",
        doc="A process gets a descriptor of a BPF map: it made it, or opened it.",
        sets=("lsm_hooks", "lsm"),
        fields=fields("""
            unsigned int map_id  number of the map
            const char* map_name  its name
        """),
        probes=(
            *hook("bpf_map", "security_bpf_map", "bpf_map"),
            after("bpf_map", "bpf", note=_GOT),
        ),
    ),
    EventType(
        id=453,
        name="security_bpf_prog",
        doc="A process gets a descriptor of a BPF program: it loaded it, or opened it.",
        sets=("lsm_hooks", "lsm"),
        fields=fields("""
            int type: bpf_prog_type  type of the program
            const char* name  its name
            unsigned long[] helpers  of a program that is loaded, a bit for each helper it calls
            unsigned int id  number of the program
            bool load  true where it was loaded, false where it was there
        """),
        probes=(
            *hook("bpf_prog", "security_bpf_prog", "bpf_prog"),
            after("bpf_prog", "bpf", note=_GOT),
        ),
    ),
    EventType(
        id=454,
        name="bpf_attach",
        doc="A BPF program was attached to something.",
        sets=("integrity",),
        fields=fields("""
            int prog_type: bpf_prog_type  type of the program
            const char* prog_name  its name
            u32 prog_id  its number
            unsigned long[] prog_helpers  a bit for each helper it calls; nil: it was there before
            const char* symbol_name  tracepoint, function (the first of many), or file of a uprobe
            u64 symbol_addr  of a function its address, of a uprobe the place in the file, else 0
            int attach_type: bpf_attachment  how
        """),
        probes=(
            after(
                "bpf_attach",
                "bpf",
                "ioctl",
                note="as the calls return that attach it: not what sockets and interfaces are "
                "given by other calls (SO_ATTACH_BPF, netlink); a kprobe in a group of its own, "
                "made through tracefs, is told as a tracepoint",
            ),
        ),
    ),
)
