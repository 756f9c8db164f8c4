# SPDX-License-Identifier: Apache-2.0
"""The rooms of the house: who may import whom, what no module may be called, whose licence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"collector", "detector", "pytracee", "schemas"}
MAY_IMPORT = {
    "schemas": {"schemas"},
    "pytracee": {"pytracee", "schemas"},
    "collector": {"collector", "pytracee", "schemas"},
    "detector": {"detector", "pytracee", "schemas"},
}
NO_NAMES = {"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}
SOURCES = {".c", ".h", ".py", ".rego", ".sh"}
LEFT_BEHIND = {"__pycache__", "build", "dist"}


def tree_files() -> list[Path]:
    """Every file of the project; not what tools leave behind (hidden folders, caches, builds)."""
    tops = [ROOT / ".ci", *(path for path in ROOT.iterdir() if path.name[0] != ".")]
    paths = [path for top in tops for path in (top.rglob("*") if top.is_dir() else [top])]
    return [path for path in paths if path.is_file() and not LEFT_BEHIND & {*path.parts}]


def modules(package: str) -> list[Path]:
    return [
        path
        for path in tree_files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / package)
    ]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, imported package of ours) for each import in a module, at whatever depth it stands."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if (top := name.split(".")[0]) in PACKAGES:
                yield node.lineno, top


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_imports_only_what_it_may(package: str) -> None:
    seen = [(path, *found) for path in modules(package) for found in imports(path)]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}"
        for path, line, imported in seen
        if imported not in MAY_IMPORT[package]
    ]
    assert modules(package)
    assert wrong == []


def test_the_import_rule_sees_every_form_of_import(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "import os, collector.kernel\n"
        "from detector import opa\n"
        "def late():\n    import schemas as s\n    from pytracee.sinks import file\n"
    )
    assert list(imports(module)) == [
        (1, "collector"),
        (2, "detector"),
        (4, "schemas"),
        (5, "pytracee"),
    ]


def test_no_module_is_named_for_nothing_in_particular() -> None:
    parts = [
        (path, part)
        for path in tree_files()
        for part in path.relative_to(ROOT).parts
        if part.split(".")[0].lower() in NO_NAMES
    ]
    # The rules' own vocabulary is called so in the form of rule that people bring along.
    assert [f"{path}" for path, part in parts if part != "helpers.rego"] == []


def test_every_source_file_names_its_licence_in_its_first_lines() -> None:
    sources = [path for path in tree_files() if is_source(path)]
    unnamed = [
        str(path.relative_to(ROOT))
        for path in sources
        if b"SPDX-License-Identifier: " not in b"".join(path.read_bytes().splitlines()[:2])
    ]
    assert len(sources) > len(PACKAGES)
    assert unnamed == []


def is_source(path: Path) -> bool:
    return path.suffix in SOURCES or path.read_bytes()[:2] == b"#!"


def test_kernel_sources_are_dual_licensed_and_the_rest_is_apache() -> None:
    wrong = []
    for path in filter(is_source, tree_files()):
        head = path.read_bytes().split(b"\n", 2)
        licence = next(line for line in head if b"SPDX-License-Identifier: " in line)
        places = (ROOT / "bpf", ROOT / "tests" / "lab" / "module")
        kernel = any(map(path.is_relative_to, places)) and path.suffix in {".c", ".h"}
        expected = b"GPL-2.0-only OR BSD-2-Clause" if kernel else b"Apache-2.0"
        if expected not in licence:
            wrong.append(f"{path.relative_to(ROOT)}: {licence.decode()}")
    assert wrong == []
