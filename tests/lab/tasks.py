# SPDX-License-Identifier: Apache-2.0
"""Fork, exec and exit; the task of an event; control groups and containers."""

import signal
import stat

from schemas.event import Event
from tests.lab.case import FOLDER, GETPPID, NR, OTHER, PROGRAM, Case, File, Outcome, Pairs, compare

_ENTRY = "an exec's arguments and comm are the caller's, taken at entry"
_THREAD = "an exec by another thread than the first"
_NAMESPACE = "numbers inside a pid namespace"
_CONTAINER = "a container's own program is told from its set-up"
_ARGV = ["zero", GETPPID, "--", ""]
_EXEC = f"{NR['execve']} s{OTHER} [ s{' s'.join(_ARGV)} ] [ sA=1 ]"
_GROUPS = "/sys/fs/cgroup"
_ID = "c0" * 32
_GROUP = f"{_GROUPS}/docker-{_ID}.scope"
#: the recording names the container as soon as the collector knows it
_MAKE_GROUP = f"mkdir {_GROUP}; until grep -q {_ID} {FOLDER}/all.recording; do sleep 0.1; done"
_ENTER = f'echo $$ >{_GROUP}/cgroup.procs; exec "$0" "$@"'
_START_INSIDE = f"start() {{ exec sh -c '{_ENTER}' {PROGRAM} \"$@\"; }}"
_TRIAL = f"{_GROUPS}/pt-trial"
_MAKE_TRIAL, _REMOVE_TRIAL = f"{NR['mkdir']} s{_TRIAL} i493", f"{NR['rmdir']} s{_TRIAL}"
_NEW_MOUNTS, _NEW_PIDS = 0x20000, 0x20000000


def _named(prefix: str, task: int, start: int) -> dict[str, int]:
    """A task by its four numbers, and its start."""
    numbers = dict.fromkeys(
        (f"{prefix}_{name}" for name in ("tid", "ns_tid", "pid", "ns_pid")), task
    )
    return {**numbers, f"{prefix}_start_time": start}


def _forked(seen: Outcome) -> Pairs:
    parent, child = (line.tid for line in seen.calls)
    before, after = (seen.last("getppid", pid).task for pid in (parent, child))
    wanted = {
        "parent_tid": parent, "parent_ns_tid": parent,
        "parent_pid": parent, "parent_ns_pid": parent,
        "parent_start_time": before.start_time,
        "child_tid": child, "child_ns_tid": child,
        "child_pid": child, "child_ns_pid": child,
        "start_time": after.start_time,
        **_named("parent_process", parent, before.start_time),
        **_named("leader", child, after.start_time),
    }  # fmt: skip
    yield from compare(wanted, seen.last("sched_process_fork").data())


def _forked_inside(seen: Outcome) -> Pairs:
    child = seen.last("sched_process_fork").data()
    yield "its own number", (seen.calls[-1].returned, 1), (child["child_ns_pid"], 1)
    task = seen.last("getppid", child["child_pid"]).task
    yield "numbers of the task", (1, 1, 0), (task.pid, task.tid, task.ppid)


def _file(found: File) -> dict[str, object]:
    return {"dev": found.dev, "inode": found.inode}


def _execve(seen: Outcome) -> Pairs:
    event = seen.last("execve")
    wanted = {"pathname": OTHER, "argv": _ARGV, "envp": ["A=1"]}
    yield from compare(wanted, event.data())
    yield "comm", b"pt-call", event.task.comm
    yield "return value", 0, event.return_value


def _check(seen: Outcome) -> Pairs:
    event = seen.last("security_bprm_check")
    wanted = {
        "pathname": OTHER, **_file(seen.files[OTHER]),
        "argv": _ARGV, "envp": ["A=1"],
    }  # fmt: skip
    yield from compare(wanted, event.data())
    yield "comm", b"pt-call", event.task.comm


def _exec(seen: Outcome) -> Pairs:
    event, found = seen.last("sched_process_exec"), seen.files[OTHER]
    wanted = {
        "cmdpath": OTHER, "pathname": OTHER, "argv": _ARGV, "env": ["A=1"],
        **_file(found), "ctime": found.ctime, "inode_mode": found.mode, "interp": OTHER,
        "stdin_type": stat.S_IFCHR, "invoked_from_kernel": False,
        "stdin_path": "/dev/null", "prev_comm": "pt-call",
    }  # fmt: skip
    data = event.data()
    loader = [data.pop(f"interpreter_{name}") for name in ("pathname", "dev", "inode", "ctime")]
    yield "loader", True, "/ld-" in loader[0] and all(loader)
    yield "working directory", True, data.pop("pwd").startswith(FOLDER)
    yield from compare(wanted, data)
    yield "comm", b"pt-other", event.task.comm
    process = seen.last("getppid").process
    yield "executable", OTHER.encode(), process and process.executable


def _thread(seen: Outcome) -> Pairs:
    event = seen.last("execve")
    tids = seen.calls[0].tid, seen.calls[-1].tid
    yield "threads", (False, True), tuple(tid == seen.pid for tid in tids)
    yield "argv", _ARGV, event.data()["argv"]
    task = event.task
    yield "task", (seen.pid, seen.pid, b"pt-call"), (task.host_pid, task.host_tid, task.comm)
    yield "return value", 0, event.return_value
    yield "comm of the check", b"pt-call", seen.last("security_bprm_check").task.comm


def _script(seen: Outcome) -> Pairs:
    data = seen.last("sched_process_exec").data()
    path = f"{FOLDER}/pt-script"
    yield "paths", (path, PROGRAM, PROGRAM), (data["cmdpath"], data["interp"], data["pathname"])
    yield "argv", [PROGRAM, GETPPID, path], data["argv"]


def _exited(code: int, number: int) -> Case:
    def check(seen: Outcome) -> Pairs:
        wanted = {"exit_code": code, "signal_code": number, "process_group_exit": True}
        yield "status", code or 128 + number, seen.status
        yield from compare(wanted, seen.last("sched_process_exit").data())

    step = f"{NR['kill']} p i{number}" if number else f"{NR['exit_group']} i{code}"
    return Case("sched_process_exit", (step,), check)


def _task(seen: Outcome) -> Pairs:
    task = seen.last("getppid").task
    yield "parent", seen.calls[0].returned, task.host_ppid
    yield "ids", (seen.pid, seen.pid, seen.pid), (task.host_pid, task.pid, task.tid)
    yield "control group", seen.files[_GROUPS].inode, task.cgroup_id
    spaces = tuple(seen.files[f"/proc/1/ns/{name}"].inode for name in ("mnt", "pid"))
    yield "namespaces", spaces, (task.mnt_ns, task.pid_ns)
    yield "names", (b"pt-call", b"kernel-lab"), (task.comm, task.uts_name)
    yield "users", (0, 0), (task.uid, task.euid)
    yield "number", NR["getppid"], task.syscall


def _group(name: str) -> Case:
    def check(seen: Outcome) -> Pairs:
        made, gone = seen.last("cgroup_mkdir"), seen.last("cgroup_rmdir")
        yield from compare(made.data(), gone.data())
        data = made.data()
        yield "path", ("/pt-trial", 0), (data["cgroup_path"], data["hierarchy_id"])

    both = ("cgroup_mkdir", "cgroup_rmdir")
    return Case(name, (_MAKE_TRIAL, _REMOVE_TRIAL), check, also=both)


def _moved(seen: Outcome) -> Pairs:
    """Into the group and out of it; a 0 there is the task that writes it."""
    events = seen.events("cgroup_attach_task")
    yield "paths", ["/pt-trial", "/"], [event.data()["cgroup_path"] for event in events]
    task = {(event.data()["comm"], event.data()["pid"]) for event in events}
    yield "task", {("pt-call", seen.pid)}, task


def _move(group: str) -> tuple[str, str]:
    return f"{NR['openat']} i-100 s{group}/cgroup.procs i1", f"{NR['write']} r s0 i1"


def _contained(event: Event) -> tuple[bool, str]:
    return event.container_started, event.container.id if event.container else ""


def _container(seen: Outcome) -> Pairs:
    wanted = [(False, _ID), (False, _ID), (True, _ID)]
    yield "started, id", wanted, list(map(_contained, seen.events("getppid")))


TASKS = (
    Case("sched_process_fork", (GETPPID, "fork", GETPPID), _forked),
    Case("sched_process_fork",
         (f"{NR['unshare']} i{_NEW_PIDS}", "fork", GETPPID, str(NR["getpid"])),
         _forked_inside, _NAMESPACE),
    Case("execve", (_EXEC,), _execve, _ENTRY),
    Case("security_bprm_check", (_EXEC,), _check, _ENTRY, files=(OTHER,)),
    Case("sched_process_exec", (_EXEC,), _exec, files=(OTHER,)),
    Case("sched_process_exec", (f"{NR['execve']} s{FOLDER}/pt-script [ sx ] [ ]",), _script),
    Case("execve", ("thread", GETPPID, _EXEC), _thread, _THREAD, also=("security_bprm_check",)),
    _exited(7, 0),
    _exited(0, signal.SIGKILL),
    Case("getppid", (GETPPID,), _task, "the task of an event",
         files=(_GROUPS, "/proc/1/ns/mnt", "/proc/1/ns/pid")),
    _group("cgroup_mkdir"),
    _group("cgroup_rmdir"),
    Case("cgroup_attach_task", (_MAKE_TRIAL, *_move(_TRIAL), *_move(_GROUPS), _REMOVE_TRIAL),
         _moved),
    Case("getppid",
         (GETPPID, f"{NR['unshare']} i{_NEW_MOUNTS}", GETPPID,
          f"{NR['execve']} s{PROGRAM} [ spt-call s{GETPPID} ] [ ]"),
         _container, _CONTAINER, before=f"{_MAKE_GROUP}; {_START_INSIDE}"),
)  # fmt: skip
