# SPDX-License-Identifier: Apache-2.0
"""Kernel modules, and what is announced in the kernel as they begin: by modules of the kernel's own
package, a kprobe of the function tracer's, a network namespace, a file system that there is not.
"""

import os
from collections.abc import Callable
from typing import Any

from tests.kernel.file_causes import opened
from tests.lab.case import FOLDER, NR, Case, Outcome, Pairs

#: modules that need no device: one of network disks, one of disks in files
AOE, LOOP = "aoe", "loop"
MODULES = (AOE, LOOP)
_TRACER = "/sys/kernel/tracing/kprobe_events"
_TRACED = "vfs_fsync"  # a function that is called by its name nowhere here
_FILE_SYSTEM = "pt-none"
_NEW_NETWORK = 0x40000000
_AOE_MAJOR = 152  # Documentation/admin-guide/devices.txt
#: what the module says of itself, in its file
_TEXTS = f"tr '\\0' '\\n' <{FOLDER}/{AOE}.ko | sed -n 's/^\\(version\\|srcversion\\)=/told \\1 /p'"
_ADDRESS = f"sed -n 's/^\\([0-9a-f]*\\) T {_TRACED}$/told address \\1/p' /proc/kallsyms"


def _used(name: str, parameters: str = "") -> tuple[str, ...]:
    """Load a module, and remove it."""
    return (
        opened(f"{FOLDER}/{name}.ko", os.O_RDONLY),
        f"{NR['finit_module']} i3 s{parameters} i0",
        f"{NR['delete_module']} s{name} i0",
    )


def _written(path: str, text: str) -> tuple[str, ...]:
    return (
        opened(path, os.O_WRONLY | os.O_APPEND),
        f"{NR['write']} r x{text.encode().hex()} i{len(text)}",
    )


def _all_went_well(seen: Outcome) -> Pairs:
    yield "calls that failed", [], [line for line in seen.calls if line.returned < 0]


def _module(event: str, more: Callable[[Outcome], dict[str, Any]] = lambda _seen: {}) -> Case:
    def check(seen: Outcome) -> Pairs:
        data = seen.last(event).data()
        wanted = {"name": AOE, "version": seen.told["version"],
                  "src_version": seen.told["srcversion"], **more(seen)}  # fmt: skip
        yield from _all_went_well(seen)
        for name, value in wanted.items():
            yield name, value, data[name]

    return Case(event, _used(AOE), check, before=_TEXTS, files=(f"{FOLDER}/{AOE}.ko",))


def _loaded_from(seen: Outcome) -> dict[str, Any]:
    [(path, file)] = seen.files.items()
    return {"pathname": path, "dev": file.dev, "inode": file.inode, "ctime": file.ctime}


def _among(event: str, wanted: dict[str, Any], *steps: str) -> Case:
    """One of its events says all this."""

    def check(seen: Outcome) -> Pairs:
        found = [event.data() for event in seen.events(event)]
        shown = [{name: data[name] for name in wanted} for data in found]
        yield from _all_went_well(seen)
        yield "one of them", True, wanted in shown or shown

    return Case(event, steps, check)


def _traced(event: str, address: str) -> Case:
    """An instruction that marks where a function may be entered comes before the kprobe's."""

    def check(seen: Outcome) -> Pairs:
        events = [e.data() for e in seen.events(event) if e.data()["symbol_name"] == _TRACED]
        yield from _all_went_well(seen)
        yield "told of", True, bool(events)
        for data in events:
            yield address, True, data[address] - int(seen.told["address"], 16) in (0, 4)

    steps = (*_written(_TRACER, f"p:pt {_TRACED}"), *_written(_TRACER, "-:pt"))
    return Case(event, steps, check, before=_ADDRESS)


def _program_run(seen: Outcome) -> Pairs:
    data = seen.last("call_usermodehelper").data()
    yield "argv", [data["pathname"], "-q", "--", f"fs-{_FILE_SYSTEM}"], data["argv"]
    yield "envp", True, "HOME=/" in data["envp"]
    yield "pathname", seen.told["modprobe"], data["pathname"]
    yield "wait", 2 | 4, data["wait"]  # for its end, or a deadly signal


MODULE_CASES = (
    _module("module_load", _loaded_from),
    _module("do_init_module", lambda _seen: {"returnValue": 0}),
    _module("module_free"),
    _among("register_chrdev", {
        "requested_major_number": _AOE_MAJOR, "granted_major_number": _AOE_MAJOR,
        "char_device_name": "aoechr",
    }, *_used(AOE)),
    _among("device_add", {"name": "discover", "parent_name": ""}, *_used(AOE)),
    _among("debugfs_create_dir", {"name": AOE, "path": "/"}, *_used(AOE)),
    _among("debugfs_create_file", {"file_name": "state", "path": "/block/loop0",
                                   "mode": 0o600}, *_used(LOOP, "max_loop=1")),
    _among("proc_create", {"name": "sockstat"}, f"{NR['unshare']} i{_NEW_NETWORK}"),
    _traced("kprobe_attach", "address"),
    _traced("kallsyms_lookup_name", "symbol_address"),
    Case("call_usermodehelper", (f"{NR['mount']} snone s/mnt s{_FILE_SYSTEM} i0 i0",),
         _program_run, before="echo told modprobe $(cat /proc/sys/kernel/modprobe)"),
)  # fmt: skip
