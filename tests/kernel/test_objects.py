# SPDX-License-Identifier: Apache-2.0
"""The compiled objects: made from the sources that lie here, and laid out as Python reads them."""

import hashlib
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from collector.context.control import _HEAD as CONTROL
from collector.context.control import Kind as ControlKind
from collector.loading.calls import _ROW as CALL
from collector.loading.containers import _CONTAINER
from collector.loading.descents import _DESCENT
from collector.loading.filters import TEST
from collector.loading.halves import _CONFIG, _SELECTION
from collector.loading.scopes import PLAN, List
from collector.loading.scopes import Kind as ScopeKind
from schemas.events import CATALOGUE
from schemas.kinds import Kind
from schemas.task import CONTEXT
from tests.collecting import COLLECTOR, ROOT, Collecting, finish, needs_kernel, start
from tests.headers import call_numbers

OBJECTS = ROOT / "collector" / "objects"
CLANG = shutil.which("clang-14") or shutil.which("clang")
BPFTOOL = shutil.which("bpftool", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
NR = call_numbers("asm/unistd_64.h")

needs_clang = pytest.mark.skipif(CLANG is None, reason="compiles kernel programs: needs clang")
needs_bpftool = pytest.mark.skipif(BPFTOOL is None, reason="reads BTF: needs bpftool")


def types(path: Path) -> list[dict[str, Any]]:
    """All types of an object's BTF."""
    command = [str(BPFTOOL), "-j", "btf", "dump", "file", str(path), "format", "raw"]
    done = subprocess.run(command, capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)["types"]
    return found


def named(path: Path, kind: str, name: str) -> dict[str, Any]:
    [found] = [one for one in types(path) if one["kind"] == kind and one["name"] == name]
    return found


def offsets(found: dict[str, Any]) -> dict[str, int]:
    """Member → bytes from the beginning."""
    return {member["name"]: member["bits_offset"] // 8 for member in found["members"]}


def values(found: dict[str, Any]) -> dict[str, int]:
    return {row["name"]: row["val"] for row in found["values"]}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An object that holds every type of bpf/catalogue.h and bpf/control.h."""
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "all.c").write_text(
        '#include "control.h"\n'
        "struct context a; enum event b; enum kind c; enum control_kind d;"
        "enum list e; enum kind_of_scope f;\n"
    )
    includes = [f"-I{ROOT}/bpf", "-I/usr/include/x86_64-linux-gnu"]
    options = ["-g", "-O2", "-target", "bpf", "-D__TARGET_ARCH_x86", *includes]
    subprocess.run([str(CLANG), *options, "-c", "all.c", "-o", "all.o"], cwd=folder, check=True)
    return folder / "all.o"


@needs_clang
@needs_bpftool
def test_the_context_is_as_the_catalogue_says(catalogue: Path) -> None:
    found = named(catalogue, "STRUCT", "context")
    begin, expected = 0, {}
    for name, code in CONTEXT:
        expected[name] = begin
        begin += struct.calcsize(f"<{code}")
    assert offsets(found) == expected
    assert found["size"] == begin


@needs_clang
@needs_bpftool
def test_ids_and_kinds_are_the_catalogues(catalogue: Path) -> None:
    events = values(named(catalogue, "ENUM", "event"))
    expected = {f"EVENT_{event.name.upper()}": event.id for event in CATALOGUE}
    assert events == expected | {"EVENT_MAX": max(expected.values())}
    kinds = values(named(catalogue, "ENUM", "kind"))
    assert kinds == {f"KIND_{kind.name}": kind.value for kind in Kind}
    control = values(named(catalogue, "ENUM", "control_kind"))
    assert control == {f"CONTROL_{kind.name}": kind.value for kind in ControlKind}
    lists = values(named(catalogue, "ENUM", "list"))
    assert lists == {f"LIST_{one.name}": one for one in List} | {"LISTS": len(List)}
    scopes = values(named(catalogue, "ENUM", "kind_of_scope"))
    assert scopes == {f"KIND_{one.name}": one for one in ScopeKind}


def field_offsets(form: struct.Struct, names: list[str]) -> dict[str, int]:
    """Where each item of a struct format lies: found by writing ones into it alone."""
    found = {}
    for at, name in enumerate(names):
        items: list[Any] = [
            b"" if isinstance(x, bytes) else 0 for x in form.unpack(bytes(form.size))
        ]
        items[at] = b"\1" if isinstance(items[at], bytes) else 1
        found[name] = form.pack(*items).index(1)
    return found


@needs_bpftool
@pytest.mark.parametrize(
    ("name", "form", "names", "text"),
    [
        ("config", _CONFIG,
         ["in_force", "containers", "began", "host_mnt_ns", "undecided", "plans"], ""),
        ("plan", PLAN,
         ["unnamed", *[""] * (len(List) - 1), "outside", "young", "old", "follows", "kinds",
          "generation"], ""),
        ("selection", _SELECTION, ["policies", "undecided", "first", "tests"], ""),
        ("test", TEST,
         ["flip", "mask", "want", "wanted", "barred", "unnamed", "list", "offset", "where", "form",
          "tag", "size", "last"], ""),
        ("container", _CONTAINER, ["policies", "", "state", "unresolved"], ""),
        ("descent", _DESCENT,
         ["tree_wanted", "tree_barred", "executable", "followed"], ""),
        ("call", CALL,
         ["policies", "before", "after", "event", "args", "taken", "wide", "results", "swapped",
          "kinds", "leaders", "followers"], ""),
        ("control", CONTROL,
         ["kind", "pid", "start", "parent", "size", "parent_start", "cgroup", "policies", "since",
          "maker_start", "maker", "inside"], "text"),
    ],
    ids=["config", "plan", "selection", "test", "container", "descent", "call", "control"],
)  # fmt: skip
@pytest.mark.parametrize("path", sorted(OBJECTS.glob("*.bpf.o")), ids=lambda path: path.name)
def test_structs_are_as_the_collector_packs_them(
    path: Path, name: str, form: struct.Struct, names: list[str], text: str
) -> None:
    there = [one for one in types(path) if one["kind"] == "STRUCT" and one["name"] == name]
    if not there:
        assert name in ("call", "control")  # an object without the map has not the type either
        return
    found = offsets(there[0])
    expected = {name: at for name, at in field_offsets(form, names).items() if name}
    if text:
        expected[text] = form.size
    assert {name: found[name] for name in expected} == expected
    if name not in ("config", "control"):
        assert there[0]["size"] == form.size


@needs_bpftool
def test_every_struct_is_in_some_object() -> None:
    seen = {one.get("name") for path in OBJECTS.glob("*.bpf.o") for one in types(path)}
    assert {"config", "call", "control"} <= seen


def test_checksums_are_the_objects() -> None:
    rows = (line.split() for line in (OBJECTS / "SHA256SUMS").read_text().splitlines())
    listed = {name: digest for digest, name in rows}
    assert listed == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in OBJECTS.glob("*.o")
    }


def what_matters(path: Path) -> tuple[str, list[str]]:
    """BTF and names of programs: what two compilers must agree in."""
    command = [str(BPFTOOL), "btf", "dump", "file", str(path), "format", "c"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return text, [one["name"] for one in types(path) if one["kind"] == "FUNC"]


@needs_clang
@needs_bpftool
def test_the_objects_come_from_these_sources_wherever_they_lie(tmp_path: Path) -> None:
    for name in ("bpf", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / "elsewhere" / name)
    subprocess.run([tmp_path / "elsewhere/scripts/compile"], check=True)
    made = tmp_path / "elsewhere/collector/objects"
    ours = {path.name for path in OBJECTS.glob("*.o")}
    assert {path.name for path in made.glob("*.o")} == ours
    same_compiler = (made / "COMPILER").read_text() == (OBJECTS / "COMPILER").read_text()
    for name in ours:
        if same_compiler:
            assert (made / name).read_bytes() == (OBJECTS / name).read_bytes(), name
        else:
            assert what_matters(made / name) == what_matters(OBJECTS / name), name


@needs_kernel
@needs_clang
def test_a_program_that_the_kernel_refuses_costs_its_events_and_no_others(
    tmp_path: Path, program: Path
) -> None:
    # The collector as it is, but for one program that reads memory which is not its own.
    tree = tmp_path / "tree"
    for name in ("bpf", "scripts", "collector"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    source = tree / "bpf/families/syscalls.c"
    text = source.read_text()
    begin = "int BPF_PROG(on_sys_enter, struct pt_regs *at, long number)\n{\n"
    assert begin in text
    bad = "\tif (number == -1)\n\t\treturn *(volatile int *)number;\n"
    lines = text.split(begin)[1].splitlines(keepends=True)
    first_statement = next(at for at, line in enumerate(lines) if line == "\n") + 1
    body = "".join(lines[:first_statement]) + bad + "".join(lines[first_statement:])
    source.write_text(text.split(begin)[0] + begin + body)
    subprocess.run([tree / "scripts/compile"], check=True)
    folder = tmp_path / "collector"
    folder.mkdir()
    env = ["env", f"PYTHONPATH={tree}"]
    options = ["--events", "execve,security_bprm_check,getppid,sched_process_exit"]
    running = Collecting(folder, *options, command=[*env, *COLLECTOR])
    done = finish(start(program, str(NR["getppid"])))
    running.of(done.pid)
    said = running.stop()
    running.kill()
    seen = running.recording
    assert seen.hello
    assert seen.hello.unavailable.keys() == {"execve", "security_bprm_check"}
    assert {layout.name for layout in seen.hello.layouts} == {"getppid", "sched_process_exit"}
    assert {e.name for e in seen.of(done.pid)} == {"getppid", "sched_process_exit"}
    for name in ("execve", "security_bprm_check"):
        [line] = [line for line in said.splitlines() if f": {name} is not to be had here: " in line]
        assert "on_sys_enter: " in line


@needs_kernel
def test_a_tracepoint_that_the_kernel_lacks_is_known_before_anything_is_loaded() -> None:
    from collector.loading.features import Features
    from schemas.event_type import Probe

    found = Features()
    assert found.why_not(Probe("tp_btf/sys_exit", ())) == ""
    assert found.why_not(Probe("tp_btf/nothing", ())) == "this kernel has no tracepoint nothing"
