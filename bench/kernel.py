# SPDX-License-Identifier: Apache-2.0
"""What a system call costs with our programs attached: ns of a getppid over the bare call."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median

from bench.compiled import compile_program, compile_tool
from bench.load import NAME, run_load
from bench.processes import CONSUMER, collecting, need_root
from bench.section import Figure, Result, Setting, Target, middle
from collector.loading.libbpf import Object

_TIMES_EMPTY = Target(4)
_EXCLUDED = Target(250)  # ns
_ANOTHER = Target(1)  # of an empty program
#: none of them the load's
_TEN_CALLS = "connect,accept4,bind,listen,ptrace,mount,init_module,kexec_load,unshare,setns"
#: what 64 policies ask of whom, none of it the load's
_SCOPES = {
    "comm": ("comm=another{at}",),
    "uid": ("uid=4{at}",),
    "comm, uid, pid": ("comm=another{at}", "uid=4{at}", "pid=400{at}"),
}
_COLLECTED = {
    "getppid selected": ("--events", "getppid"),
    "getppid selected, scope comm": ("--events", "getppid", "--scope", f"comm={NAME}"),
    "out of scope": ("--events", "getppid", "--scope", "comm=another"),
    "another call selected": ("--events", "connect"),
    "10 other calls selected": ("--events", _TEN_CALLS),
    "default events": (),
}


def measure(setting: Setting) -> Result:
    """Rounds over all cases, so that a change of the machine's pace meets them alike."""
    need_root()
    compile_tool(NAME, setting.folder)
    empty = compile_program("empty", setting.folder)
    cases: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "bare": nullcontext,
        "empty program": partial(_attached, empty),
        **{name: partial(_collecting, *options) for name, options in _COLLECTED.items()},
        **{
            f"out of scope of 64 policies by {kinds}": partial(
                _collecting, "--policy", str(_policies(setting.folder, kinds, scope))
            )
            for kinds, scope in _SCOPES.items()
        },
    }
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(setting.pick(5, 1)):
        for name, attached in cases.items():
            with attached():
                taken[name].append(run_load(setting.folder, setting.pick(500_000, 100_000)).call)
    return list(_figures(taken))


def _figures(taken: dict[str, list[float]]) -> Iterator[Figure]:
    bare = median(taken.pop("bare"))
    yield Figure("bare getppid", bare, "ns/call")
    over = {name: [run - bare for run in runs] for name, runs in taken.items()}
    empty = median(over["empty program"])
    for name, runs in over.items():
        target = _EXCLUDED if name.startswith("out of scope") else None
        yield middle(f"over bare: {name}", runs, "ns/call", target)
    for name in ("getppid selected", "getppid selected, scope comm"):
        yield Figure(f"{name} / empty program", median(over[name]) / empty, "times", _TIMES_EMPTY)
    name = "10 other calls selected"
    yield Figure(f"{name} / empty program", median(over[name]) / empty, "times", _ANOTHER)


def _policies(folder: Path, kinds: str, scope: Sequence[str]) -> Path:
    """A file of 64 policies that select the load's call, of others."""
    path = folder / f"{kinds.replace(', ', '-')}.yaml"
    texts = []
    for at in range(64):
        asked = "".join(f"    - {one.format(at=at)}\n" for one in scope)
        texts.append(
            "apiVersion: tracee.aquasec.com/v1beta1\nkind: Policy\n"
            f"metadata:\n  name: p{at}\n  annotations:\n    description: A measurement's.\n"
            f"spec:\n  scope:\n{asked}  rules:\n    - event: getppid\n"
        )
    path.write_text("---\n".join(texts))
    return path


@contextmanager
def _attached(compiled: Path) -> Iterator[None]:
    made = Object(compiled)
    made.load()
    link = made.attach("on_nothing")
    try:
        yield
    finally:
        link.close()
        made.close()


@contextmanager
def _collecting(*options: str) -> Iterator[None]:
    with collecting(
        *options, "--output", "msgpack", to=subprocess.DEVNULL, cpu=CONSUMER
    ) as collector:
        collector.wait_attached()
        yield
        collector.stop()
