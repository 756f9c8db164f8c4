# SPDX-License-Identifier: Apache-2.0
"""The security hooks, in each way in which a kernel lets them be seen."""

import os
import socket
from collections.abc import Mapping
from typing import Any

from tests.kernel.file_causes import READ, opened
from tests.kernel.hook_causes import NAME, PRIVATE, hook_causes
from tests.lab.case import FOLDER, NR, Case, Outcome, Pairs

_CAUSES = hook_causes()
_SUN = f"@{bytes.fromhex(NAME[7:]).decode()}"
_SERVER = {"sa_family": "AF_UNIX", "sun_path": _SUN}
_PRIVATE = " -- ".join(PRIVATE)


def _case(event: str, wanted: Mapping[str, Any], *steps: str, before: str = "") -> Case:
    """These fields are so in the last event; nil is right too where the way does not see one."""

    def check(seen: Outcome) -> Pairs:
        data = seen.last(event).data()
        for name, value in wanted.items():
            found = data[name]
            if name in _NOT_BY_CALLS.get(event, ()) and found is None and not _hooked(seen, event):
                continue
            yield name, value, found

    return Case(event, steps or tuple(_CAUSES[event]), check, before=before)


#: fields that only the hook has
_NOT_BY_CALLS = {"security_sb_umount": {"type"}}


def _hooked(seen: Outcome, event: str) -> bool:
    """Whether it was seen at the hook: there it has what a call's follower leaves out."""
    found = seen.last(event).data()
    return all(found[name] is not None for name in _NOT_BY_CALLS[event])


def _path(name: str) -> str:
    return f"{FOLDER}/hook-{name}"


def _unlinked() -> Case:
    """Another name of the file stays, for stat(1)."""
    path, other = _path("unlinked"), _path("stays")

    def check(seen: Outcome) -> Pairs:
        data = seen.last("security_inode_unlink").data()
        yield "pathname", path, data["pathname"]
        if data["inode"] is not None:
            yield "inode", seen.files[other].inode, data["inode"]
            yield "dev", seen.files[other].dev, data["dev"]

    return Case(
        "security_inode_unlink", (f"{NR['unlink']} s{path}",), check,
        before=f"echo >{path}; ln -f {path} {other}", files=(other,),
    )  # fmt: skip


def _below_a_mount() -> Case:
    """The hook is not told the mount: it is found."""
    outer = _path("outer")
    step = f"{NR['rename']} s{outer}/old s{outer}/new"
    return _case(
        "security_inode_rename", {"old_path": f"{outer}/old", "new_path": f"{outer}/new"},
        f"{NR['mkdir']} s{outer} i493", _PRIVATE, f"{NR['mount']} snone s{outer} stmpfs i0 i0",
        opened(f"{outer}/old"), step,
    )  # fmt: skip


def _mapped() -> Case:
    path = "/etc/passwd"

    def check(seen: Outcome) -> Pairs:
        data = seen.last("security_mmap_file").data()
        yield "pathname", path, data["pathname"]
        yield "prot", READ, data["prot"]
        yield "mmap_flags", 0x2, data["mmap_flags"]

    steps = (opened(path, os.O_RDONLY), f"{NR['mmap']} i0 i4096 i{READ} i2 i3 i0")
    return Case("security_mmap_file", steps, check)


def _protected() -> Case:
    steps = (f"{NR['mmap']} i0x13370000 i4096 i3 i0x32 i-1 i0", f"{NR['mprotect']} r i4096 i1")
    wanted = {"pathname": None, "prot": 1, "prev_prot": 3, "addr": 0x13370000, "len": 4096,
              "pkey": -1}  # fmt: skip
    return _case("security_file_mprotect", wanted, *steps)


def _program_loaded() -> Case:
    """bpf_get_prandom_u32 is helper 7."""
    wanted = {"type": 1, "name": "program", "helpers": [1 << 7, 0, 0, 0], "load": True}
    return _case("security_bpf_prog", wanted)


def _read_by_the_kernel(event: str, **more: object) -> Case:
    path = "/etc/passwd"
    steps = (opened(path, os.O_RDONLY), f"{NR['finit_module']} i3 s i0")
    return _case(event, {"pathname": path, "type": 2, **more}, *steps)


def _set_memory() -> Case:
    """PR_SET_MM_BRK to the first page, which is refused: it was asked for all the same."""
    wanted = {"option": 35, "arg2": 7, "arg3": 4096, "new_brk": 4096, "new_start_brk": None}
    return _case("security_task_prctl", wanted, f"{NR['prctl']} i35 i7 i4096 i0 i0")


def _checked() -> Case:
    """As the caller saw it: its name and its arguments."""
    path = f"{FOLDER}/pt-other"

    def check(seen: Outcome) -> Pairs:
        event = seen.last("security_bprm_check")
        data = event.data()
        yield "pathname", path, data["pathname"]
        yield "argv", ["a", "110"], data["argv"]
        yield "envp", ["X=1"], data["envp"]
        yield "comm", b"pt-call", event.task.comm

    step = f"{NR['execve']} s{path} [ sa s110 ] [ sX=1 ]"
    return Case("security_bprm_check", (step,), check)


HOOKS = (
    _case("security_socket_create", {"family": 1, "type": 1, "protocol": 0, "kern": 0}),
    _case("security_socket_connect", {"sockfd": 4, "type": 1, "remote_addr": _SERVER}),
    _case("security_socket_bind", {"sockfd": 3, "local_addr": _SERVER}),
    _case("security_socket_listen", {"sockfd": 3, "local_addr": _SERVER, "backlog": 7}),
    _case("security_socket_accept", {"sockfd": 3, "local_addr": _SERVER}),
    _case("socket_accept", {"sockfd": 3, "local_addr": _SERVER, "newfd": 5}),
    _case("socket_dup", {"oldfd": 4, "newfd": 6, "remote_addr": _SERVER}),
    _case("security_socket_setsockopt", {
        "sockfd": 3, "level": socket.SOL_SOCKET, "optname": socket.SO_REUSEADDR,
        "local_addr": {"sa_family": "AF_UNIX", "sun_path": ""},
    }),
    _unlinked(),
    _below_a_mount(),
    _case("security_inode_rename", {"old_path": _path("old"), "new_path": _path("new")},
          opened(_path("old")), f"{NR['rename']} s{_path('old')} s{_path('new')}"),
    _case("security_inode_mknod", {"file_name": _path("null"), "mode": 0o20600, "dev": 1 << 20 | 3},
          f"{NR['mknod']} s{_path('null')} i{0o20600} i0x103", before=f"rm -f {_path('null')}"),
    _case("security_inode_symlink", {"linkpath": _path("link"), "target": "anywhere"},
          f"{NR['symlink']} sanywhere s{_path('link')}", before=f"rm -f {_path('link')}"),
    _case("security_sb_mount", {"dev_name": "pt", "path": _path("on"), "type": "tmpfs", "flags": 6},
          f"{NR['mkdir']} s{_path('on')} i493", _PRIVATE,
          f"{NR['mount']} spt s{_path('on')} stmpfs i6 i0"),
    _case("security_sb_umount", {"mountpoint": _path("off"), "type": "tmpfs", "flags": 2},
          f"{NR['mkdir']} s{_path('off')} i493", _PRIVATE,
          f"{NR['mount']} spt s{_path('off')} stmpfs i6 i0", f"{NR['umount2']} s{_path('off')} i2"),
    _case("security_bpf", {"cmd": 0}),
    _case("security_bpf_map", {"map_name": "numbers"}),
    _program_loaded(),
    _case("bpf_attach", {"symbol_name": "sched_kthread_stop", "attach_type": 0, "prog_type": 17,
                         "prog_name": "program", "prog_helpers": [1 << 7, 0, 0, 0]}),
    _read_by_the_kernel("security_kernel_read_file"),
    _read_by_the_kernel("security_kernel_post_read_file", size=os.path.getsize("/etc/passwd")),
    _case("security_path_notify", {"pathname": "/etc/hostname", "mask": 0x302, "obj_type": 0}),
    _case("security_task_setrlimit", {"resource": 4, "new_rlim_cur": 0, "new_rlim_max": 0}),
    _case("security_settime64", {"tv_sec": None, "tz_minuteswest": 0, "tz_dsttime": 0}),
    _set_memory(),
    _mapped(),
    _protected(),
    _checked(),
)  # fmt: skip
