# SPDX-License-Identifier: Apache-2.0
"""Which maps a program names, as binutils and the kernel see it."""

import re
import subprocess
from pathlib import Path

import pytest

from collector.loading.relocations import used_maps
from tests.collecting import ROOT
from tests.kernel.test_objects import CLANG, needs_clang

OBJECT = ROOT / "collector/objects/x86_64.bpf.o"
SOURCE = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define MAP(name) struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); \\
	__type(key, int); __type(value, int); } name SEC(".maps")
MAP(first); MAP(second); MAP(third); MAP(fourth);
MAP(unused);
static __noinline int deepest(int at) { return bpf_map_lookup_elem(&fourth, &at) != 0; }
static __noinline int deeper(int at) { return deepest(at) + 1; }
__noinline int calls(int at) { return bpf_map_lookup_elem(&third, &at) != 0; }
#define NAMES(map) { int k = 0; return bpf_map_lookup_elem(&map, &k) != 0; }
SEC("tp_btf/sys_exit") int one(void *ctx) NAMES(first)
SEC("tp_btf/sys_exit") int two(void *ctx) NAMES(second)
SEC("tp_btf/sys_enter") int three(void *ctx) { return calls(0); }
SEC("tp_btf/sys_enter") int four(void *ctx) { return deeper(0); }
"""


@needs_clang
def test_each_program_has_its_own_maps_and_those_of_what_it_calls(tmp_path: Path) -> None:
    (tmp_path / "x.c").write_text(SOURCE)
    options = ["-g", "-O2", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu"]
    subprocess.run([str(CLANG), *options, "-c", "x.c", "-o", "x.o"], cwd=tmp_path, check=True)
    assert used_maps(tmp_path / "x.o") == {
        "calls": {"third"},
        "one": {"first"},
        "two": {"second"},
        "three": {"third"},
        "four": {"fourth"},
        "deeper": {"fourth"},
        "deepest": {"fourth"},
    }


@pytest.mark.parametrize("name", ["events", "lost", "config"])
def test_maps_of_the_object_are_found(name: str) -> None:
    text = subprocess.run(["readelf", "-Wr", OBJECT], capture_output=True, text=True, check=True)
    assert re.search(rf"^[0-9a-f]{{16}} .* {name}$", text.stdout, re.MULTILINE)
    assert any(name in found for found in used_maps(OBJECT).values())
