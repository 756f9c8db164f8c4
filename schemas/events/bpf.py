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
)
