# SPDX-License-Identifier: Apache-2.0
"""Kernel modules: loaded, initialized, freed."""

from schemas.event_type import EventType, Probe, fields

_TEXTS = """
    const char* name  of the module
    const char* version  as the module states it; empty: it does not
    const char* src_version  checksum of its source; empty: it has none
"""

EVENTS = (
    EventType(
        id=600,
        name="do_init_module",
        doc="A kernel module was loaded and its own first function has run.",
        sets=("integrity", "modules"),
        fields=fields(f"""{_TEXTS}
            long returnValue  what its first function returned, negative if it failed
        """),
        probes=(
            Probe("fexit/do_init_module", ("on_module_init_fexit", "on_module_init_fentry")),
            Probe(
                "kretprobe/do_init_module", ("on_module_init_kretprobe", "on_module_init_kprobe")
            ),
        ),
    ),
    EventType(
        id=601,
        name="module_load",
        doc="A kernel module was loaded; its own first function has not run yet.",
        sets=("integrity", "modules", "detection"),
        fields=fields(f"""{_TEXTS}
            const char* pathname  resolved path of the file that it is loaded from, if it is one
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            unsigned long ctime  last change of the inode, ns since the epoch
        """),
        probes=(
            Probe(
                "tp_btf/module_load",
                ("on_module_load",),
                note="no file where init_module gave the kernel the bytes, nor before Linux 5.15",
            ),
        ),
    ),
    EventType(
        id=602,
        name="module_free",
        doc="A kernel module is freed: removed, or its loading failed.",
        sets=("integrity", "modules"),
        fields=fields(_TEXTS),
        probes=(Probe("tp_btf/module_free", ("on_module_free",)),),
    ),
)
