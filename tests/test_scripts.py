# SPDX-License-Identifier: Apache-2.0
"""scripts/setup: what it takes for a Python, when it installs, and what it says where it cannot.

The scripts run in a small tree of their own with a `python3` that notes what it was asked to do.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"
PROGRAMS = [
    "bash",
    "cat",
    "dirname",
    "flock",
    "readlink",
    "sha256sum",
    "stat",
    "mkdir",
    "cp",
    "chmod",
]
PYTHON = """#!/bin/sh
echo "$*" >>{notes}
case $* in
    *"(3, 11) <="*) exit {too_old} ;;
    *ensurepip*) exit {without_venv} ;;
    "-m venv"*) for folder; do :; done; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python" ;;
    *"pip install"*) exit {pip_fails} ;;
    *version_info*) echo 3.12 ;;
    --version) echo Python 3.12.0 ;;
esac
"""
RUNS = '#!/bin/sh\necho "started in $PWD with $*"\n'


class Tree:
    """A source tree with the real scripts, and a machine with only the programs they need."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a tree"
        self.bin = folder / "bin"
        self.notes = folder / "notes"
        self.bin.mkdir()
        shutil.copytree(SCRIPTS, self.root / "scripts")
        (self.root / "pyproject.toml").write_text("one\n")
        for name in PROGRAMS:
            program = shutil.which(name)
            assert program is not None
            (self.bin / name).symlink_to(program)

    def python(self, *, name: str = "python3", **fails: int) -> None:
        outcome = {"too_old": 0, "without_venv": 0, "pip_fails": 0} | fails
        program = self.bin / name
        program.write_text(PYTHON.format(notes=self.notes, **outcome))
        program.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """scripts/run from another folder; `pytracee` is there as soon as there is a .venv."""
        front_end = self.root / ".venv" / "bin" / "pytracee"
        front_end.parent.mkdir(parents=True, exist_ok=True)
        front_end.write_text(RUNS)
        front_end.chmod(0o755)
        return subprocess.run(
            [self.bin / "bash", self.root / "scripts" / "run", *arguments],
            cwd=self.bin,
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[str]:
        """What any Python was asked since the last time."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        self.notes.unlink(missing_ok=True)
        return lines


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def installs(asked: list[str]) -> list[str]:
    return [line for line in asked if "pip install" in line]


def test_the_first_run_sets_up_and_starts_where_it_was_called(tree: Tree) -> None:
    tree.python()
    done = tree.run("--events", "a b")
    venv = tree.root / ".venv"
    assert done.stdout == f"started in {tree.bin} with --events a b\n"
    assert done.stderr.splitlines() == [
        f"setup: making {venv} with Python 3.12.0",
        f"setup: installing pytracee and its dependencies into {venv}",
    ]
    asked = tree.asked()
    assert f"-m venv --clear {venv}" in asked
    assert asked[-2].endswith("--editable .")
    assert asked[-1] == "-P -m detector.opa.install"


def test_the_second_run_is_silent_and_installs_nothing(tree: Tree) -> None:
    tree.python()
    tree.run()
    tree.asked()
    done = tree.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert tree.asked() == ["-P -m detector.opa.install"]


def test_a_changed_pyproject_is_installed_again_into_the_same_environment(tree: Tree) -> None:
    tree.python()
    tree.run()
    tree.asked()
    (tree.root / "pyproject.toml").write_text("two\n")
    assert tree.run().returncode == 0
    asked = tree.asked()
    assert len(installs(asked)) == 1
    assert not [line for line in asked if "-m venv" in line]


def test_a_moved_tree_is_installed_again(tree: Tree) -> None:
    tree.python()
    tree.run()
    tree.asked()
    tree.root = tree.root.rename(tree.root.parent / "moved")
    assert tree.run().returncode == 0
    assert len(installs(tree.asked())) == 1


def test_an_installation_that_failed_is_tried_again(tree: Tree) -> None:
    tree.python(pip_fails=1)
    for _ in range(2):
        done = tree.run()
        assert done.returncode == 2
        assert "pip failed (see above): it needs a network" in done.stderr
        assert len(installs(tree.asked())) == 1


def test_a_name_that_runs_nothing_is_passed_over(tree: Tree) -> None:
    tree.python(too_old=127)
    tree.python(name="python3.12")
    assert tree.run().returncode == 0


def test_no_python_is_one_sentence_with_the_cure(tree: Tree) -> None:
    tree.python(too_old=1)
    done = tree.run()
    assert done.returncode == 2
    assert done.stderr == (
        "setup: no Python 3.11, 3.12 or 3.13 on PATH: apt-get install python3 python3-venv "
        "(Debian 12, Ubuntu 24.04 or newer), or pyenv install 3.13\n"
    )


def test_a_python_without_venv_is_one_sentence_with_the_cure(tree: Tree) -> None:
    tree.python(without_venv=1)
    done = tree.run()
    assert done.returncode == 2
    assert done.stderr == (
        "setup: python3 cannot make virtual environments: apt-get install python3.12-venv\n"
    )
