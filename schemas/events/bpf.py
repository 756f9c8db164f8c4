# SPDX-License-Identifier: Apache-2.0
"""The use of BPF."""

from schemas.event_type import EventType, after, fields, hook

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
)
