# SPDX-License-Identifier: Apache-2.0
"""Changes of files, compared with stat(2), and of tasks, with what the trigger did."""

import os
import struct
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel
from tests.conftest import Run
from tests.kernel.file_causes import NR, opened
from tests.kernel.test_files import kernel_device
from tests.kernel.test_writing import named

pytestmark = needs_kernel
_TIMES = (1_000_000_001, 234_567_891, 1_100_000_002, 345_678_912)  # seconds, ns, twice


def last(live: Collecting, done: Done, name: str) -> Event:
    return named(live, done, name)[-1]


def test_a_new_working_directory(live: Collecting, run: Run, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "link").symlink_to("to")
    done = run(f"{NR['chdir']} slink", cwd=tmp_path)
    assert last(live, done, "set_fs_pwd").data() == {
        "unresolved_path": "link", "resolved_path": str(tmp_path / "to")
    }  # fmt: skip
    by_fd = run(opened(tmp_path / "to", os.O_RDONLY), f"{NR['fchdir']} i3", f"{NR['chdir']} s/no")
    assert [event.data() for event in named(live, by_fd, "set_fs_pwd")] == [
        {"unresolved_path": None, "resolved_path": str(tmp_path / "to")}
    ]


@pytest.mark.parametrize("call", ["chmod", "fchmod", "fchmodat"])
def test_new_permissions(call: str, live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    words = {"chmod": f"s{path}", "fchmod": "i3", "fchmodat": "i-100 sfile"}[call]
    done = run(opened(path), f"{NR[call]} {words} i{0o4751}", cwd=tmp_path)
    event = last(live, done, "chmod_common")
    assert (event.data()["pathname"], event.return_value) == (str(path), 0)
    assert event.data()["mode"] == path.stat().st_mode & 0o7777 == 0o4751


def test_permissions_that_could_not_be_changed(live: Collecting, run: Run) -> None:
    event = last(live, run(f"{NR['chmod']} s/no/where i511"), "chmod_common")
    assert (event.data()["pathname"], event.return_value) == ("/no/where", -2)


@pytest.mark.parametrize(
    ("call", "parts"), [("utimensat", 1), ("futimesat", 1000), ("utimes", 1000), ("utime", 0)]
)
def test_new_times(call: str, parts: int, live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    times = [_TIMES[0], _TIMES[1] // parts, _TIMES[2], _TIMES[3] // parts] if parts else _TIMES[::2]
    given = f"x{struct.pack(f'<{len(times)}q', *times).hex()}"
    base = "i-100 " if call.endswith("at") else ""
    done = run(f"{NR[call]} {base}s{path} {given} i0")
    data, found = last(live, done, "vfs_utimes").data(), path.stat()
    assert (data["atime"], data["mtime"]) == (found.st_atime_ns, found.st_mtime_ns)
    assert data["pathname"] == str(path)


def test_times_of_an_open_file_and_times_that_are_now(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    omit = struct.pack("<4q", 5, 0x3FFFFFFE, 77, 88).hex()  # UTIME_OMIT
    done = run(
        opened(path), f"{NR['utimensat']} i3 i0 x{omit} i0", f"{NR['utimensat']} i3 i0 i0 i0"
    )
    first, second = (event.data() for event in named(live, done, "vfs_utimes"))
    found = path.stat()
    assert (first["dev"], first["inode"]) == (kernel_device(found.st_dev), found.st_ino)
    assert (first["atime"], first["mtime"]) == (None, 77 * 10**9 + 88)
    assert (second["atime"], second["mtime"], second["pathname"]) == (None, None, str(path))


@pytest.mark.parametrize(
    ("steps", "length"),
    [
        ((opened("file"), f"{NR['ftruncate']} i3 i7000000000"), 7000000000),
        ((f"{NR['truncate']} sfile i3",), 3),
        ((opened("file", os.O_RDWR | os.O_TRUNC),), 0),
        ((f"{NR['creat']} sfile i511",), 0),
    ],
)
def test_a_new_length(
    steps: tuple[str, ...], length: int, live: Collecting, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text("12345")
    data = last(live, run(*steps, cwd=tmp_path), "do_truncate").data()
    assert (data["pathname"], data["length"]) == (str(path), length)
    assert path.stat().st_size == length
    assert data["inode"] in (path.stat().st_ino, None)


def test_a_file_that_is_opened_without_being_emptied(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    assert named(live, run(opened(tmp_path / "file")), "do_truncate") == []


def test_a_modified_file(live: Collecting, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    before = path.stat().st_ctime_ns
    pause = f"{NR['nanosleep']} x{struct.pack('<qq', 0, 20_000_000).hex()} i0"
    done = run(opened(path), pause, f"{NR['write']} i3 sabc i3")
    [event] = [e for e in named(live, done, "file_modification")
               if e.data()["file_path"] == str(path)]  # fmt: skip
    found = path.stat()
    assert event.data() == {
        "file_path": str(path), "dev": kernel_device(found.st_dev), "inode": found.st_ino,
        "old_ctime": before, "new_ctime": found.st_ctime_ns,
    }  # fmt: skip


def test_a_watched_directory(live: Collecting, run: Run, tmp_path: Path) -> None:
    watch = f"{NR['inotify_add_watch']} i3"
    done = run(f"{NR['inotify_init1']} i0", f"{watch} s. i2", f"{watch} s/no i2", cwd=tmp_path)
    [event] = named(live, done, "inotify_watch")
    assert event.data()["pathname"] == f"{tmp_path}/."


def test_a_new_name(live: Collecting, run: Run) -> None:
    event = last(live, run(f"{NR['prctl']} i15 spt-other"), "task_rename")
    assert event.data() == {"old_name": "pt-call", "new_name": "pt-other"}
    assert event.task.comm == b"pt-call"


def test_an_exit_code(live: Collecting, run: Run) -> None:
    assert last(live, run(f"{NR['exit_group']} i7"), "do_exit").data() == {"code": 7 << 8}
    assert last(live, run(f"{NR['kill']} p i9"), "do_exit").data() == {"code": 9}


def test_who_is_next(live: Collecting, run: Run) -> None:
    done = run(f"{NR['nanosleep']} x{struct.pack('<qq', 0, 20_000_000).hex()} i0")
    event = last(live, done, "sched_switch")
    data = event.data()
    assert (data["prev_tid"], data["prev_comm"]) == (done.pid, "pt-call")
    assert data["cpu"] == event.task.cpu
    assert data["next_tid"] != done.pid


def test_a_capability_that_was_asked_for(live: Collecting, run: Run) -> None:
    event = last(live, run("39", f"{NR['chroot']} s/"), "cap_capable")
    asked = {e.parsed()[0] for e in named(live, run(f"{NR['chroot']} s/"), "cap_capable")}
    assert "CAP_SYS_CHROOT" in asked
    assert event.data()["cap"] >= 0


def test_every_call_begins_and_returns(live: Collecting, run: Run) -> None:
    done = run("39", "compat 20" if os.uname().machine == "x86_64" else "39")
    begun, returned = (named(live, done, name) for name in ("sys_enter", "sys_exit"))
    [event] = [e for e in returned if e.data()["syscall"] == 39 and not e.compat][:1]
    assert (event.return_value, event.task.syscall) == (done.pid, 39)
    assert [e for e in begun if e.data()["syscall"] == 39]
    if done.status == 0:
        assert [e for e in returned if e.data()["syscall"] == 20 and e.compat]


def test_a_signals_action(live: Collecting, run: Run) -> None:
    handler, flags, restorer, mask = 0x123456, 0x14000000, 0x77, 1 << 5
    action = struct.pack("<4Q", handler, flags, restorer, mask).hex()
    call = NR["rt_sigaction"]
    old = "x" + "00" * 32
    done = run(
        f"{call} i10 x{action} i0 i8", f"{call} i10 i0 {old} i8", f"{call} i12 x{old[1:]} i0 i8"
    )
    first, second, third = (event.data() for event in named(live, done, "do_sigaction")[-3:])
    given = {"sa_flags": flags, "sa_mask": mask, "sa_handle_method": 2, "sa_handler": handler}
    assert {name: first[name] for name in given} == given
    assert (first["sig"], first["is_sa_initialized"], first["is_old_sa_initialized"]) == (
        10,
        True,
        False,
    )
    assert {name: second[f"old_{name}"] for name in given} == given
    assert (second["is_sa_initialized"], second["is_old_sa_initialized"]) == (False, True)
    assert (third["sig"], third["sa_handle_method"], third["sa_handler"]) == (12, 0, None)


@pytest.mark.parametrize(
    ("way", "name", "kind"),
    [("unfiled", "suspicious_syscall_source", "anonymous"), ("pivoted", "stack_pivot", "heap")],
)
def test_a_strange_call_is_told_once_and_a_usual_one_never(
    way: str, name: str, kind: str, live: Collecting, run: Run
) -> None:
    call = NR["memfd_create"]
    done = run(f"{way} times 3 {call} sx i0", f"{call} sx i0")
    [event] = named(live, done, name)
    data = event.data()
    at = data["ip" if way == "unfiled" else "sp"]
    assert (data["syscall"], data["vma_type"]) == (call, kind)
    assert data["vma_start"] <= at < data["vma_start"] + data["vma_size"]
    assert named(live, run(f"{call} sx i0"), name) == []


def test_a_program_and_its_loader_are_told(live: Collecting, run: Run, program: Path) -> None:
    done = run(f"{NR['execve']} s{program} [ spt-call ] [ ]")
    first, second = [e.data() for e in named(live, done, "load_elf_phdrs")][-2:]
    found = program.stat()
    assert first == {
        "pathname": str(program), "dev": kernel_device(found.st_dev), "inode": found.st_ino
    }  # fmt: skip
    assert Path(second["pathname"]).stat().st_ino == second["inode"]
    assert "ld-" in second["pathname"]


@pytest.mark.parametrize("at", [False, True])
def test_a_program_that_cannot_be_run(at: bool, live: Collecting, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a program")
    lists = "[ szero sone ] [ sA=1 sB=2 ]"
    step = f"{NR['execveat']} i-100 sfile {lists} i0x100" if at else f"{NR['execve']} sfile {lists}"
    done = run(step, cwd=tmp_path)
    [event] = named(live, done, "process_execute_failed")
    data = event.data()
    assert event.return_value == done.calls[-1].returned == -13
    assert (data["pathname"], data["argv"], data["envp"]) == (
        "file",
        ["zero", "one"],
        ["A=1", "B=2"],
    )
    assert (data["dirfd"], data["flags"], data["kernel_invoked"]) == (-100, 0x100 * at, 0)
    assert data["binary.path"] is None
    assert data["stdin_type"] == 0o010000
