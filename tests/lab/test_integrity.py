# SPDX-License-Identifier: Apache-2.0
"""A kernel with a module of ours in it that hooks and hides: all of that is told, and of whom. What
the module itself printed is the witness.
"""

import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab import needs
from lab.kernels import Kernel, busybox, kernel
from lab.machine import Machine
from pytracee.service.errors import OperatorError
from schemas.event import Event
from tests.collecting import ROOT
from tests.lab.building import build
from tests.lab.trial import recording

KERNEL, SUITE = "6.1", "bookworm"
_FOLDER = "/run/integrity"  # in the guest
_HOOKED = 212  # lookup_dcookie, which nobody calls
_HOOKS, _HIDES = "announce,table,tcp,proc,modules", "hide,leave,table"
_EVENTS = (
    "do_init_module", "module_load", "module_free", "proc_create", "kprobe_attach",
    "call_usermodehelper", "debugfs_create_file", "debugfs_create_dir", "register_chrdev",
    "kallsyms_lookup_name", "hooked_syscalls", "hooked_syscall", "syscall_table_check",
    "print_syscall_table", "hooked_seq_ops", "print_net_seq_ops", "hooked_proc_fops",
    "hidden_kernel_module", "hidden_kernel_module_seeker", "ftrace_hook",
)  # fmt: skip
_SYMBOLS = (
    "sys_call_table", "tcp4_seq_ops", "proc_root_operations", "modules_op",
    "__x64_sys_lookup_dcookie", "tcp4_seq_show", "ksys_sync",
)  # fmt: skip
_JOB = r"""
cd {root}
recording={folder}/all.recording
looks=100
until_so() {{ # what is not so after a minute or two fails a test; the rest is not waited for
    for i in $(seq $looks); do if "$@"; then return; fi; sleep 0.5; done
    looks=1
    echo "not so: $*"
}}
begun() {{ [ -s $recording ]; }}
told() {{ LC_ALL=C grep -qaP "$1" $recording; }}
found() {{ told "\xce\x00\x00\x00\x$1\xc5"; }} # flags of a hidden module; a text follows
clean() {{ # how often was the table of calls shown with this call's own function?
    function=$(place __x64_sys_lookup_dcookie | fold -w2 | tac | sed 's/^/\\x/' | tr -d '\n')
    [ $(LC_ALL=C grep -aoP "$function" $recording | wc -l) = $1 ]
}}
place() {{ sed -n "s/^\(\w*\) . $1\$/\1/p" {folder}/symbols; }}
put() {{
    /run/lab/busybox insmod {folder}/pt_hooks.ko "$@" number={hooked} \
        at_table=0x$(place sys_call_table) at_tcp=0x$(place tcp4_seq_ops) \
        at_proc=0x$(place proc_root_operations) at_modules=0x$(place modules_op)
}}
mkdir {folder}
cp {module} {folder}/pt_hooks.ko
stat -c 'inode %i' {folder}/pt_hooks.ko
env -i PATH="$PATH" {python} -P -m tests.lab.guest {folder} {rounds} >{folder}/report &
grep -E ' ({symbols})$' /proc/kallsyms >{folder}/symbols
until_so begun
put do=fail
until_so clean 1
put do={hooks}
sed -n 's/^pt_hooks .*/it shows/p' /proc/modules
for name in hooked_call hooked_show hooked_iterate hooked_list kprobe_ftrace_handler; do
    until_so told $name
done
until_so found 01
/run/lab/busybox rmmod pt_hooks
until_so clean 2
put do={hides}
put do=hide # which can be there a second time, as the first left no trace of its name
sed -n 's/^pt_hooks .*/it shows/p' /proc/modules
dmesg | grep 'pt: ' >{folder}/did
until_so found 0c
until_so found 0e
until_so told '\x06hidden' # whose the function is; as a word of its own
touch {folder}/all.done
wait
cat {folder}/did {folder}/symbols {folder}/report
"""


class Seen:
    """What the guest printed, and the events of its recording."""

    def __init__(self, printed: str, folder: Path) -> None:
        self.printed, _, report = printed.strip().rpartition("\n")
        found = json.loads(report)["rounds"]["all"]
        self.events = recording(folder / "recording", found["recording"]).events

    def all(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    def data(self, name: str) -> list[Mapping[str, Any]]:
        return [event.data() for event in self.all(name)]

    def said(self, done: str) -> dict[str, int]:
        """Word → number, as the module printed it of what it did."""
        [line] = re.findall(rf"pt: {done} (.*)", self.printed)
        words = line.split()
        return {name: int(number, 16) for name, number in zip(words[::2], words[1::2], strict=True)}

    def number(self, word: str) -> int:
        """Behind a word at the beginning of a line."""
        [found] = re.findall(rf"^{word} (\d+)$", self.printed, re.MULTILINE)
        return int(found)

    def symbol(self, name: str) -> int:
        """As the guest's /proc/kallsyms had it."""
        [address] = re.findall(rf"^(\w+) . {name}$", self.printed, re.MULTILINE)
        return int(address, 16)


@pytest.fixture(scope="module")
def chosen() -> Kernel:
    """Skips where there is no QEMU, or no Debian mirror that can be reached."""
    try:
        needs.check()
        busybox()
        return kernel(KERNEL)
    except OperatorError as error:
        pytest.skip(f"the kernel lab: {error}")


@pytest.fixture(scope="module")
def module(chosen: Kernel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Skips where there is no compiler, or no headers of that kernel."""
    missing = [name for name in ("gcc", "make") if not shutil.which(name)]
    if missing:
        pytest.skip(f"a kernel module cannot be built: apt-get install {' '.join(missing)}")
    try:
        return build(chosen, SUITE, tmp_path_factory.mktemp("module"))
    except OperatorError as error:
        pytest.skip(f"the kernel lab: {error}")


@pytest.fixture(scope="module")
def seen(chosen: Kernel, module: Path, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("seen")
    rounds = {"events": _EVENTS, "without": (), "ring_bytes": 16 << 20, "scope": "global"}
    (folder / "rounds").write_text(json.dumps({"all": rounds}))
    job = _JOB.format(
        folder=_FOLDER,
        hooked=_HOOKED,
        hooks=_HOOKS,
        hides=_HIDES,
        module=shlex.quote(str(module)),
        python=shlex.quote(sys.executable),
        root=shlex.quote(str(ROOT)),
        rounds=shlex.quote(str(folder / "rounds")),
        symbols="|".join(_SYMBOLS),
    )
    out = io.BytesIO()
    status = Machine(timeout=900).run(chosen, busybox(), job, out)
    printed = out.getvalue().decode(errors="replace")
    assert status == 0, printed[:4000]
    return Seen(printed, folder)


def test_modules_come_start_and_go(seen: Seen) -> None:
    loads, starts, gone = map(seen.data, ("module_load", "do_init_module", "module_free"))
    texts = {"name": "pt_hooks", "version": "1.7", "src_version": loads[0]["src_version"]}
    assert all(texts.items() <= one.items() for one in (*loads, *starts, *gone))
    # insmod gives the file again, by init_module, as it was refused
    files = [(one["pathname"], one["inode"]) for one in loads]
    assert files[:2] == [(f"{_FOLDER}/pt_hooks.ko", seen.number("inode")), (None, None)]
    assert files[2:] == [files[0]] * 3
    assert [one["returnValue"] for one in starts] == [-19, -19, 0, 0, 0]
    assert len(gone) == 3


def test_what_a_module_announces(seen: Seen) -> None:
    said = seen.said("announce")
    operations = {"name": "pt-proc", "proc_ops_addr": said["proc"]}
    assert operations in seen.data("proc_create")
    assert seen.data("debugfs_create_dir") == [{"name": "pt-folder", "path": "/"}]
    assert seen.data("debugfs_create_file") == [{
        "file_name": "pt-file", "path": "/pt-folder", "mode": 0o400, "proc_ops_addr": said["file"],
    }]  # fmt: skip
    assert seen.data("register_chrdev") == [{
        "requested_major_number": 0, "granted_major_number": said["major"],
        "char_device_name": "pt-chrdev", "char_device_fops": said["file"],
    }]  # fmt: skip
    assert seen.data("kprobe_attach") == [{
        "symbol_name": "ksys_sync", "pre_handler_addr": said["probe"], "post_handler_addr": 0,
        "address": seen.symbol("ksys_sync"),
    }]  # fmt: skip
    found = {"symbol_name": "ksys_sync", "symbol_address": seen.symbol("ksys_sync")}
    assert found in seen.data("kallsyms_lookup_name")
    assert seen.data("call_usermodehelper") == [{
        "pathname": "/bin/true", "argv": ["/bin/true", "pt-argument"], "envp": ["PT=1"], "wait": 2,
    }]  # fmt: skip


def test_the_kprobe_is_a_hook_of_the_function_tracer_and_our_own_programs_are_not(
    seen: Seen,
) -> None:
    [hook] = seen.data("ftrace_hook")
    assert hook == {
        "trampoline": hook["trampoline"],  # made for this hook alone
        "symbol": "ksys_sync", "callback": "kprobe_ftrace_handler", "callback_offset": 0,
        "callback_owner": "system", "flags": "R", "count": 1,
    }  # fmt: skip


def test_hooked_calls_are_told_in_all_forms(seen: Seen) -> None:
    """Of a module that shows, and of one that hides: its function is nobody's."""
    first, second = (seen.said(done)["call"] for done in (_HOOKS, _HIDES))
    assert seen.data("hooked_syscall") == [
        {"syscall": "lookup_dcookie", "address": f"{address:x}", "function": name, "owner": owner}
        for address, name, owner in (
            (first, "hooked_call", "pt_hooks"), (second, "", "hidden"),
        )
    ]  # fmt: skip
    assert seen.data("syscall_table_check") == [
        {"syscall_id": _HOOKED, "syscall_address": address} for address in (first, second)
    ]
    assert seen.data("hooked_syscalls") == [
        {"hooked_syscalls": [{"SymbolName": "lookup_dcookie", "ModuleOwner": owner}],
         "told_singly": True}
        for owner in ("pt_hooks", "hidden")
    ]  # fmt: skip


def test_the_table_of_calls_is_shown_as_it_is(seen: Seen) -> None:
    tables = [one["syscalls_addresses"] for one in seen.data("print_syscall_table")]
    function = seen.symbol("__x64_sys_lookup_dcookie")
    first, second = (seen.said(done)["call"] for done in (_HOOKS, _HIDES))
    assert [table[_HOOKED] for table in tables] == [function, first, function, second]
    others = {(*table[:_HOOKED], *table[_HOOKED + 1 :]) for table in tables}
    assert len(others) == 1


def test_hooked_files_of_proc_are_told(seen: Seen) -> None:
    hook = {"SymbolName": "hooked_show", "ModuleOwner": "pt_hooks"}
    assert seen.data("hooked_seq_ops") == [{"hooked_seq_ops": {"tcp4_seq_ops_show": hook}}]
    shows = [one["net_seq_ops"][3] for one in seen.data("print_net_seq_ops")]
    own = seen.symbol("tcp4_seq_show")
    assert shows == [own, seen.said(_HOOKS)["show"], own]
    assert seen.data("hooked_proc_fops") == [{
        "hooked_fops_pointers": [
            {"SymbolName": name, "ModuleOwner": "pt_hooks"}
            for name in ("hooked_iterate", "hooked_list")
        ],
        "places": ["/proc file_operations.iterate_shared", "/proc/modules seq_operations.show"],
    }]  # fmt: skip


def test_what_was_waited_for_came(seen: Seen) -> None:
    assert "not so: " not in seen.printed


def test_hidden_modules_are_told_and_where_they_are_found(seen: Seen) -> None:
    """Left out of /proc/modules; off the list and /sys/module; off the list."""
    assert "it shows" not in seen.printed  # in /proc/modules, as others read it
    flags = {_HOOKS: 1, _HIDES: 4 | 8, "hide": 2 | 4 | 8}
    wanted = sorted((seen.said(done)["module"], number) for done, number in flags.items())
    seekers, texts = map(seen.data, ("hidden_kernel_module_seeker", "hidden_kernel_module"))
    assert sorted((one["address"], one["flags"]) for one in seekers) == wanted
    assert [one["address"] for one in texts] == [f"{one['address']:x}" for one in seekers]
    assert {one["name"] for one in (*seekers, *texts)} == {"pt_hooks"}
