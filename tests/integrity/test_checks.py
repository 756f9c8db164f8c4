# SPDX-License-Identifier: Apache-2.0
"""The checks, on kernels that are made up: what is hooked or hidden is found, nothing else."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from collector.integrity import call_table, modules, tracing
from collector.integrity.finding import View
from collector.integrity.symbols import Symbols
from schemas.events import call_names
from tests.integrity.reading import MadeUp

_BASE, _TABLE, _STEP = 0xFFFFFFFF81000000, 0xFFFFFFFF82000000, 0x100
_CALLS = 400
_X86 = call_names("x86_64", compat=False)


def functions() -> dict[str, int]:
    """Of system calls, one after the other."""
    names = {number: name for number, name in _X86.items() if number < _CALLS}
    return {
        f"__x64_sys_{names.get(number, number)}": _BASE + (number + 1) * _STEP
        for number in range(_CALLS)
    }


def kernel(changes: Mapping[int, int], *, named: bool) -> View:
    """With a table of system calls in which some entries are others; `named`: it has a symbol."""
    text = [("_stext", _BASE), ("_etext", _BASE + 0x80000), ("__start_rodata", _TABLE - 0x3000)]
    text += functions().items()
    if named:
        text.append(("sys_call_table", _TABLE))
    lines = "".join(f"{address:016x} T {name}\n" for name, address in text)
    lines += "ffffffffc0000000 t evil\t[rootkit]\n"
    symbols = Symbols(lines.encode(), {"rootkit": range(0xFFFFFFFFC0000000, 0xFFFFFFFFC0001000)})
    memory = MadeUp({})
    memory.put(_TABLE - 0x3000, bytes(0x3000))
    entries = [changes.get(at, address) for at, address in enumerate(functions().values())]
    memory.put_words(_TABLE, *entries, *[0x1122334455667788] * 20_000)
    return View(memory, symbols)


def found(view: View) -> dict[str, list[dict[str, Any]]]:
    """Event → arguments of each."""
    told: dict[str, list[dict[str, Any]]] = {}
    for one in call_table.check(view):
        told.setdefault(one.event, []).append(one.args)
    return told


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")


@pytest.mark.parametrize("named", [True, False])
def test_a_clean_table_is_shown_and_nothing_else(named: bool) -> None:
    told = found(kernel({}, named=named))
    assert told == {"print_syscall_table": [{"syscalls_addresses": tuple(functions().values())}]}


@pytest.mark.parametrize("named", [True, False])
def test_hooks_are_found_with_their_owners(named: bool) -> None:
    evil, nobody, middle = 0xFFFFFFFFC0000000, 0xFFFFFFFFC0800000, _BASE + 5 * _STEP + 1
    told = found(kernel({0: evil, 62: nobody, 217: middle}, named=named))
    owners = {one["syscall"]: (one["function"], one["owner"]) for one in told["hooked_syscall"]}
    assert owners == {
        "read": ("evil", "rootkit"),
        "kill": ("", "hidden"),
        "getdents64": ("__x64_sys_stat", "system"),
    }
    [hooks] = told["hooked_syscalls"]
    assert hooks["hooked_syscalls"] == [
        {"SymbolName": "read", "ModuleOwner": "rootkit"},
        {"SymbolName": "kill", "ModuleOwner": "hidden"},
        {"SymbolName": "getdents64", "ModuleOwner": "system"},
    ]
    numbers = [(one["syscall_id"], one["syscall_address"]) for one in told["syscall_table_check"]]
    assert numbers == [(0, evil), (62, nobody), (217, middle)]


def test_a_table_that_is_nowhere_is_said() -> None:
    view = kernel({}, named=False)
    with pytest.raises(LookupError, match="not to be found"):
        found(View(view.memory, Symbols(b"", {})))


_MODULE = {
    ("module", "state"): 0,
    ("module", "list"): 8,
    ("module", "name"): 24,
    ("module", "srcversion"): 80,
    ("module_kobject", "kobj"): 0,
    ("kobject", "entry"): 8,
    ("module_kobject", "mod"): 24,
    ("kset", "list"): 0,
}
_LIST, _SET = 0x1000, 0x2000


def put_ring(memory: MadeUp, head: int, nodes: list[int]) -> None:
    """A struct list_head with these nodes."""
    ring = [head, *nodes, head]
    for node, following in pairwise(ring):
        memory.put_words(node, following, 0)


def system(listed: list[int], objects: list[int], states: Mapping[int, int]) -> View:
    """A kernel whose modules lie at these addresses; `states` has all that there are."""
    memory = MadeUp(_MODULE)
    memory.put(0x100, b"5EED\0" + bytes(300))
    for module, state in states.items():
        memory.put_words(module, state, 0, 0)
        memory.put(module + 24, f"m{module:x}".encode().ljust(56, b"\0"))
        memory.put_words(module + 80, 0x100)
    put_ring(memory, _LIST, [module + 8 for module in listed])
    memory.put_words(0x3000, _SET)
    put_ring(memory, _SET, [module + 0x200 + 8 for module in objects])
    for module in objects:
        memory.put_words(module + 0x200 + 24, module)
    lines = f"{_LIST:016x} d modules\n{0x3000:016x} d module_kset\n"
    return View(memory, Symbols(lines.encode(), {}))


@pytest.mark.parametrize(
    ("listed", "shown", "loaded", "flags"),
    [
        ([0x10000, 0x20000], [0x10000, 0x20000], [0x10000], None),
        ([0x10000], [0x10000], [], 2),
        ([0x10000], [0x10000], [0x20000], 2 | 8),
        ([0x10000, 0x20000], [0x10000], [], 1),
    ],
)
def test_a_module_that_is_not_where_it_should_be(
    listed: list[int],
    shown: list[int],
    loaded: list[int],
    flags: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = system(listed, [0x10000, 0x20000], {0x10000: 0, 0x20000: 0})
    names = {f"m{module:x}": range(0) for module in shown}
    monkeypatch.setattr(modules, "shown_modules", lambda: names)
    told = {one.event: one.args for one in modules.check(view, lambda: set(loaded))}
    if flags is None:
        assert told == {}
        return
    assert told == {
        "hidden_kernel_module_seeker": {
            "address": 0x20000, "name": b"m20000", "flags": flags, "srcversion": b"5EED",
        },
        "hidden_kernel_module": {
            "address": "20000", "name": b"m20000", "srcversion": b"5EED",
        },
    }  # fmt: skip


@pytest.mark.parametrize("state", [2, 3])
def test_a_module_that_comes_or_goes_is_not_hidden(
    state: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = system([], [0x10000], {0x10000: state})
    monkeypatch.setattr(modules, "shown_modules", dict)
    assert list(modules.check(view, set)) == []


ENABLED = """\
do_init_module (1) R   D   \ttramp: ftrace_regs_caller+0x0/0x65 (call_direct_funcs+0x0/0x30)
\tdirect-->bpf_trampoline_6442512954+0x0/0x1000
__x64_sys_kill (2) R I     \ttramp: 0xffffffffc0a6c000 (hook+0x10/0x50 [rootkit]) ->ops+0x4/0x20 [rootkit]
schedule (1)               \ttramp: 0xffffffffc0a6d000 (function_trace_call+0x0/0x1b0)
"""  # noqa: E501


def test_traced_functions_are_read_from_the_kernels_list() -> None:
    direct, kill, schedule = tracing.entries(ENABLED)
    assert direct == {
        "symbol": "do_init_module", "trampoline": "ftrace_regs_caller",
        "callback": "bpf_trampoline_6442512954", "callback_offset": 0,
        "callback_owner": "system", "flags": "RD", "count": 1,
    }  # fmt: skip
    assert (kill["symbol"], kill["flags"], kill["count"]) == ("__x64_sys_kill", "RI", 2)
    assert (kill["callback"], kill["callback_offset"], kill["callback_owner"]) == (
        "ops", 4, "rootkit",
    )  # fmt: skip
    assert (schedule["trampoline"], schedule["callback"]) == (
        "0xffffffffc0a6d000", "function_trace_call",
    )  # fmt: skip


def test_programs_of_ours_are_no_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "read", lambda: ENABLED)
    view = kernel({}, named=True)
    told = [one.args["symbol"] for one in tracing.check(view, {"schedule", "__x64_sys_kill"})]
    assert told == ["do_init_module", "__x64_sys_kill"]  # the latter has another hook as well
