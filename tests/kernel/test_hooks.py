# SPDX-License-Identifier: Apache-2.0
"""What the events of the security hooks say, compared with what the calls were given and with the
kernel's own words on it.
"""

import base64
import os
import socket
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.collecting import Collecting, finish, needs_kernel, start
from tests.conftest import Run
from tests.kernel.file_causes import NR, PAGE, READ, WRITE, mapped, opened, protected
from tests.kernel.hook_causes import MAP, NAME, PROGRAM, hook_causes
from tests.kernel.test_context import waits

pytestmark = needs_kernel

SERVER = {"sa_family": "AF_UNIX", "sun_path": f"@{bytes.fromhex(NAME[7:]).decode()}"}
UNNAMED = {"sa_family": "AF_UNIX", "sun_path": ""}

#: event → fields of the last one that its cause makes
CAUSED: dict[str, dict[str, object]] = {
    "security_socket_create": {"family": 1, "type": 1, "protocol": 0, "kern": 0},
    "security_socket_bind": {"sockfd": 3, "local_addr": SERVER},
    "security_socket_listen": {"sockfd": 3, "local_addr": SERVER, "backlog": 7},
    "security_socket_accept": {"sockfd": 3, "local_addr": SERVER},
    "socket_accept": {"sockfd": 3, "local_addr": SERVER, "remote_addr": UNNAMED, "newfd": 5},
    "security_socket_setsockopt": {
        "sockfd": 3, "level": socket.SOL_SOCKET, "optname": socket.SO_REUSEADDR,
        "local_addr": UNNAMED,
    },
    "security_inode_mknod": {"file_name": "{}/pipe", "mode": 0o10644, "dev": 0},
    "security_inode_symlink": {"linkpath": "{}/link", "target": "target"},
    "security_sb_umount": {"mountpoint": "{}/folder", "flags": 2},
    "security_path_notify": {"pathname": "/etc/hostname", "mask": 0x302, "obj_type": 0},
    "security_task_setrlimit": {"resource": 4, "new_rlim_cur": 0, "new_rlim_max": 0},
    "security_settime64": {"tv_sec": None, "tv_nsec": None, "tz_minuteswest": 0, "tz_dsttime": 0},
}  # fmt: skip


def last(live: Collecting, pid: int, event: str) -> dict[str, Any]:
    live.of(pid)
    return live.recording.of(pid, event)[-1].data()


@pytest.mark.parametrize("event", CAUSED)
def test_an_event_says_what_the_call_was_given(
    event: str, live: Collecting, run: Run, tmp_path: Path
) -> None:
    done = run(*hook_causes()[event], cwd=tmp_path)
    assert done.calls[-1].returned >= 0
    data = last(live, done.pid, event)
    for name, value in CAUSED[event].items():
        wanted = value.format(tmp_path) if isinstance(value, str) else value
        assert data[name] == wanted, name


def test_a_device_has_the_kernels_number(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "null"
    done = run(f"{NR['mknodat']} i-100 s{path} i{0o20600} i0x103")
    data = last(live, done.pid, "security_inode_mknod")
    number = os.stat(path).st_rdev
    assert data["dev"] == os.major(number) << 20 | os.minor(number)
    assert data["mode"] == 0o20600


def test_a_file_of_mknod_is_no_special_one(live: Collecting, run: Run, tmp_path: Path) -> None:
    done = run(f"{NR['mknod']} s{tmp_path}/file i{0o100600} i0")
    live.of(done.pid)
    assert live.recording.of(done.pid, "security_inode_mknod") == []


@pytest.mark.parametrize(
    ("event", "step", "kind"),
    [("security_bpf_map", MAP, "map"), ("security_bpf_prog", PROGRAM, "prog")],
)
def test_an_object_of_bpf_is_the_one_that_proc_tells(
    event: str, step: str, kind: str, live: Collecting, program: Path
) -> None:
    process = start(program, step, "wait")
    waits(process.pid)
    lines = Path(f"/proc/{process.pid}/fdinfo/3").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines)
    finish(process)
    data = last(live, process.pid, event)
    assert data["map_id" if kind == "map" else "id"] == int(told[f"{kind}_id"])
    if kind == "map":
        assert data["map_name"] == "numbers"
    else:  # helper 7 is bpf_get_prandom_u32
        assert (data["type"], data["name"]) == (int(told["prog_type"]), "program")
        assert (data["load"], data["helpers"]) == (True, [1 << 7, 0, 0, 0])


def test_a_file_that_is_mapped(live: Collecting, run: Run) -> None:
    done = run(opened("/etc/hostname", os.O_RDONLY), mapped(READ, fd=3))
    data, found = last(live, done.pid, "security_mmap_file"), os.stat("/etc/hostname")
    assert (data["pathname"], data["inode"]) == ("/etc/hostname", found.st_ino)
    assert (data["prot"], data["mmap_flags"]) == (READ, 0x12)
    assert data["ctime"] == found.st_ctime_ns


def test_memory_whose_protection_changes(live: Collecting, run: Run) -> None:
    done = run(mapped(READ | WRITE), protected(READ))
    data = last(live, done.pid, "security_file_mprotect")
    assert data == {
        "pathname": None, "prot": READ, "ctime": None, "prev_prot": READ | WRITE,
        "addr": done.calls[-1].registers[0], "len": 4096, "pkey": -1,
    }  # fmt: skip


def test_prctl_with_what_the_process_had(live: Collecting, program: Path) -> None:
    """PR_SET_MM_BRK, to where it cannot be: the old picture is that of /proc."""
    process = start(program, "wait", f"{NR['prctl']} i35 i7 i4096 i0 i0")
    waits(process.pid)
    numbers = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    auxv = Path(f"/proc/{process.pid}/auxv").read_bytes()
    finish(process)
    data = last(live, process.pid, "security_task_prctl")
    assert (data["option"], data["arg2"], data["arg3"]) == (35, 7, 4096)
    assert (data["new_brk"], data["new_start_brk"]) == (4096, None)
    assert (data["old_start_code"], data["old_start_stack"]) == (int(numbers[23]), int(numbers[25]))
    assert (data["old_arg_start"], data["old_env_end"]) == (int(numbers[45]), int(numbers[48]))
    assert data["old_pathname"] == str(program)
    assert data["old_inode"] == os.stat(program).st_ino
    assert base64.b64decode(data["old_auxv"]).startswith(auxv)


def test_what_securebits_were(live: Collecting, run: Run) -> None:
    keep, lock = 1 << 4, 1 << 5  # SECBIT_KEEP_CAPS
    done = run(f"{NR['prctl']} i28 i{keep | lock}", f"{NR['prctl']} i28 i{keep | lock}")
    live.of(done.pid)
    seen = live.recording.of(done.pid, "security_task_prctl")
    assert [one.data()["old_securebits"] for one in seen] == [0, keep | lock]


def test_a_name_for_memory(live: Collecting, run: Run) -> None:
    done = run(mapped(READ), f"{NR['prctl']} i0x53564d41 i0 i{PAGE} i4096 snamed")
    data = last(live, done.pid, "security_task_prctl")
    assert (data["vma_name"], data["old_brk"]) == ("named", None)


def test_a_limit_of_another_process(live: Collecting, run: Run) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        limit = struct.pack("<QQ", 11, 22).hex()
        done = run(f"{NR['prlimit64']} i{other.pid} i7 x{limit} i0")
        data = last(live, done.pid, "security_task_setrlimit")
    finally:
        other.kill()
        other.wait()
    assert done.calls[-1].returned == 0
    assert data == {
        "target_host_pid": other.pid, "resource": 7, "new_rlim_cur": 11, "new_rlim_max": 22
    }  # fmt: skip


def test_a_clock_that_may_not_be_set(live: Collecting, run: Run) -> None:
    time = struct.pack("<qq", 12, 34).hex()
    done = run("powerless", f"{NR['clock_settime']} i0 x{time}")
    data = last(live, done.pid, "security_settime64")
    assert done.calls[-1].returned == -1
    assert (data["tv_sec"], data["tv_nsec"], data["tz_dsttime"]) == (12, 34, None)
