# SPDX-License-Identifier: Apache-2.0
"""The kernel and the evaluator in Python agree on whose activity it is: for any scopes and
tasks, by what the tasks themselves say, each kind of scope.
"""

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from collector.choosing.evaluator import in_scope
from collector.choosing.subject import Subject
from tests.choosing.writing import scoped, wrong_scope
from tests.collecting import Collecting, needs_kernel
from tests.headers import call_numbers
from tests.kernel.examples import FEW

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
GETPPID, PRCTL = NR["getppid"], NR["prctl"]
SET_NAME = 15  # PR_SET_NAME
NEWUTS, NEWNS, NEWPID = 0x04000000, 0x00020000, 0x20000000  # CLONE_NEW*
COMMS = ("pt-red", "pt-red-green", "pt-blue", "red", "a-name-of-15-by")
UIDS = (0, 7, 1000, 65534)
HOSTS = ("pt-host", "pt-host-two", "other")
PLACES = ("one", "one/two", "three")  # of the trigger, below the test's folder


@dataclass(frozen=True)
class Task:
    """How a trigger is run."""

    place: str
    comm: str
    uid: int
    host: str
    mounts: bool  # in a mount namespace of its own


TASKS = some.builds(
    Task,
    some.sampled_from(PLACES),
    some.sampled_from(COMMS),
    some.sampled_from(UIDS),
    some.sampled_from(HOSTS),
    some.booleans(),
)


def run_task(task: Task, folder: Path) -> Subject:
    """Run it; what it is, by /proc and by itself."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        assert libc.unshare(NEWUTS | (NEWNS if task.mounts else 0)) == 0
        assert libc.sethostname(task.host.encode(), len(task.host)) == 0
        os.setresuid(task.uid, task.uid, task.uid)

    path = folder / task.place / "pt-task"
    words = f"{PRCTL} i{SET_NAME} s{task.comm} -- wait -- {GETPPID}".split()
    process = subprocess.Popen(
        [path, *words],
        preexec_fn=prepare,  # noqa: PLW1509
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()  # the name is set
    spaces = {name: os.stat(f"/proc/{process.pid}/ns/{name}").st_ino for name in ("mnt", "pid")}
    ancestors = frozenset((process.pid, *_parents(process.pid)))
    process.communicate(b"\n")
    return Subject(
        pid=process.pid, tid=process.pid, uid=task.uid, mntns=spaces["mnt"], pidns=spaces["pid"],
        comm=task.comm[:15], uts=task.host, executable=str(path), ancestors=ancestors, pid_new=True,
    )  # fmt: skip


def _parents(pid: int) -> Iterator[int]:
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
        yield pid


@some.composite
def _texts(draw: some.DrawFn, names: tuple[str, ...]) -> str:
    """One to three patterns, each made of a name: whole, its beginning, its end, its inside."""

    def one() -> str:
        name = draw(some.sampled_from(names))
        at = draw(some.integers(1, len(name) - 1))
        made = (name, f"{name[:at]}*", f"*{name[at:]}", f"{name[:2]}*{name[-1:]}")
        return draw(some.sampled_from(made))

    return ",".join(one() for _ in range(draw(some.integers(1, 3))))


@some.composite
def _numbers(draw: some.DrawFn, operator: str, numbers: tuple[int, ...]) -> str:
    if operator in ("=", "!="):
        found = draw(some.lists(some.sampled_from(numbers), min_size=1, max_size=3))
        return ",".join(map(str, found))
    return str(draw(some.sampled_from(numbers)) + draw(some.integers(0, 1)))


@some.composite
def _condition(draw: some.DrawFn, folder: Path) -> str:
    own = os.getpid()
    kinds = ("uid", "pid", "tid", "mntns", "pidns", "comm", "uts", "executable", "tree", "pid=new",
             "container")  # fmt: skip
    kind, equal = draw(some.sampled_from(kinds)), draw(some.sampled_from(("=", "!=")))
    match kind:
        case "comm":
            return f"comm{equal}{draw(_texts(COMMS))}"
        case "uts":
            return f"uts{equal}{draw(_texts(HOSTS))}"
        case "executable":
            paths = tuple(f"{folder}/{place}/pt-task" for place in PLACES)
            return f"executable{equal}{draw(_texts(paths))}"
        case "tree":
            return f"tree{equal}{draw(_numbers(equal, (1, own, own + 1)))}"
        case "pid=new":
            return f"pid{equal}new"
        case "container":
            words = ("container", "not-container", f"container{equal}0123abc")
            return draw(some.sampled_from(words))
    values = {"uid": UIDS, "mntns": (_space("mnt"), 1), "pidns": (_space("pid"), 1)}
    near = values.get(kind, (own, own + 5, own + 50, own + 200))
    operator = draw(some.sampled_from(("=", "!=", "<", ">=", ">", "<=")))
    return f"{kind}{operator}{draw(_numbers(operator, near))}"


def scopes_of(folder: Path) -> some.SearchStrategy[list[list[str]]]:
    """As many as can be at once, the first everybody's; none has bounds that leave nothing."""
    one = some.lists(_condition(folder), min_size=1, max_size=3).filter(_possible)
    return some.lists(one, min_size=63, max_size=63).map(lambda found: [["global"], *found])


def _space(name: str) -> int:
    return os.stat(f"/proc/self/ns/{name}").st_ino


def policy(name: str, scope: list[str]) -> str:
    return yaml.safe_dump({
        "apiVersion": "tracee.aquasec.com/v1beta1",
        "kind": "Policy",
        "metadata": {"name": name, "annotations": {"description": "A test's."}},
        "spec": {"scope": scope, "rules": [{"event": "getppid"}]},
    })  # fmt: skip


@pytest.fixture
def folder(program: Path) -> Iterator[Path]:
    """The trigger in its places, for everybody: pytest's own folders are closed to other users."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        made.chmod(0o755)
        for place in PLACES:
            (made / place).mkdir(exist_ok=True, parents=True)
            (made / place / "pt-task").write_bytes(program.read_bytes())
            (made / place / "pt-task").chmod(0o755)
        yield made


def _possible(scope: list[str]) -> bool:
    return not wrong_scope(*scope)


def test_they_agree(collector: Callable[..., Collecting], folder: Path, tmp_path: Path) -> None:
    judged = []

    @FEW
    @given(scopes_of(folder), some.lists(TASKS, min_size=12, max_size=12))
    def agree(scopes: list[list[str]], tasks: list[Task]) -> None:
        (tmp_path / "policies.yaml").write_text(
            "---\n".join(policy(f"p{at}", scope) for at, scope in enumerate(scopes))
        )
        running = collector("--policy", str(tmp_path / "policies.yaml"))
        subjects = [run_task(task, folder) for task in tasks]
        running.stop()
        matched = {e.task.host_pid: set(e.policy_names) for e in running.recording.events}
        for subject in subjects:
            for at, scope in enumerate(scopes):
                expected = in_scope(scoped(*scope))(subject)
                judged.append(expected)
                assert (f"p{at}" in matched[subject.pid]) == expected, (scope, subject)

    agree()
    # It was a test: what was asked was at times so and at times not.
    assert 0.1 < sum(judged) / len(judged) < 0.9


def test_what_is_followed_is_the_children_and_theirs(
    collector: Callable[..., Collecting], folder: Path
) -> None:
    running = collector("--events", "getppid", "--scope", "comm=pt-task", "--scope", "follow")
    rename = f"{PRCTL} i{SET_NAME} sother"
    path = folder / "one" / "pt-task"
    steps = f"{GETPPID} -- fork -- {rename} -- {GETPPID} -- fork -- {GETPPID}"
    first = subprocess.run([path, *steps.split()], check=True, capture_output=True)
    alone = subprocess.run(
        [path, *f"{rename} -- {GETPPID}".split()], check=True, capture_output=True
    )
    running.stop()
    pids = {int(line.split()[0]) for line in first.stdout.splitlines() if line}
    assert len(pids) == 3
    assert {e.task.host_pid for e in running.recording.events} == pids
    assert not {e.task.host_pid for e in running.recording.events} & {
        int(line.split()[0]) for line in alone.stdout.splitlines() if line
    }


def test_a_tree_has_processes_that_were_there_before(
    collector: Callable[..., Collecting], folder: Path
) -> None:
    path = folder / "one" / "pt-task"
    words = f"fork -- fork -- wait -- {GETPPID}".split()
    root = subprocess.Popen([path, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    running = collector("--events", "getppid", "--scope", f"tree={root.pid}")
    subprocess.run([path, str(GETPPID)], check=True, capture_output=True)
    output, _ = root.communicate(b"\n")
    running.stop()
    (line,) = [line for line in output.splitlines() if len(line.split()) == 8]
    assert [e.task.host_pid for e in running.recording.events] == [int(line.split()[0])]
