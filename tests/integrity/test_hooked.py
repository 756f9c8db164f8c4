# SPDX-License-Identifier: Apache-2.0
"""This kernel's own memory, read with a table of symbols in which one of its functions is a
module's: that is how a hook looks, and no other function is told.
"""

import os
import re
from collections.abc import Iterator

import pytest

from collector.integrity.finding import View
from collector.integrity.memory import Memory
from collector.integrity.proc_files import check_operations, check_sequences
from collector.integrity.symbols import KALLSYMS, Symbols, hidden_addresses
from tests.collecting import needs_kernel
from tests.integrity.reading import real_memory

pytestmark = [
    needs_kernel,
    pytest.mark.skipif(bool(hidden_addresses()), reason=hidden_addresses() or "addresses show"),
]


@pytest.fixture(scope="module")
def memory() -> Iterator[Memory]:
    with real_memory() as found:
        yield found


def with_hook(memory: Memory, function: str) -> View:
    """As if the functions of this name were of a module called rootkit."""
    line = re.compile(rb"^(\w+ \w %s)$" % function.encode(), re.MULTILINE)
    text, count = line.subn(rb"\1\t[rootkit]", KALLSYMS.read_bytes())
    assert count
    return View(memory, Symbols(text, {}))


def test_a_hook_among_the_functions_that_list_connections(memory: Memory) -> None:
    found = {one.event: one.args for one in check_sequences(with_hook(memory, "tcp4_seq_show"))}
    assert found["hooked_seq_ops"] == {
        "hooked_seq_ops": {
            "tcp4_seq_ops_show": {"SymbolName": "tcp4_seq_show", "ModuleOwner": "rootkit"}
        }
    }


def test_a_hook_among_the_functions_behind_files_of_proc(memory: Memory) -> None:
    [found] = check_operations(with_hook(memory, "proc_root_readdir"))
    assert found.event == "hooked_proc_fops"
    assert found.args == {
        "hooked_fops_pointers": [{"SymbolName": "proc_root_readdir", "ModuleOwner": "rootkit"}],
        "places": ["/proc file_operations.iterate_shared"],
    }


def test_a_hook_among_the_functions_that_make_the_lines_of_a_file(memory: Memory) -> None:
    """Of that name, the kernel has one for each of these files."""
    files = [path for path in ("/proc/modules", "/proc/mounts") if os.path.exists(path)]
    [found] = check_operations(with_hook(memory, "m_show"))
    assert found.args == {
        "hooked_fops_pointers": [{"SymbolName": "m_show", "ModuleOwner": "rootkit"}] * len(files),
        "places": [f"{path} seq_operations.show" for path in files],
    }
