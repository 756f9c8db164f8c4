# SPDX-License-Identifier: Apache-2.0
"""Files that hold no signature that can run: told at their line, and the others run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.python.load import load
from detector.python.recent import Recent

Make = Callable[..., Path]
QUIET = "def on_event(self, event): pass"
SELECTOR = '[Selector("openat", "container")]'
GOOD = """\
from detector.python import *
class Good(PythonSignature):
    metadata = SignatureMetadata(id="GOOD", name="Good One")
    selectors = [Selector("openat", "container")]
    def on_event(self, event): pass
"""


def problems(directory: Path) -> list[str]:
    return [f"{p.path.name}:{p.row}:{p.col}: {p.message}" for p in load([directory])[1]]


def test_what_a_class_says_of_itself(signatures: Make) -> None:
    directory = signatures(A=QUIET)
    [loaded], told = load([directory])
    assert not told
    assert loaded.signature.metadata.id == "A"
    assert loaded.signature.metadata.event_name == "mine_and_yours"
    assert [one.name for one in loaded.signature.selectors] == ["openat"]
    assert loaded.signature.path == directory / "A.py"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = (\n", "bad.py:1:5: SyntaxError: '(' was never closed"),
        ("x\x00\n", "bad.py:1:1: "),
        ("import os\nimport not_there\n", "bad.py:2:1: cannot be imported: ModuleNotFoundError"),
        ("x = 1\ny = x + 1 / 0\n", "bad.py:2:9: cannot be imported: ZeroDivisionError"),
        ("import sys\nsys.exit(1)\n", "bad.py:2:1: cannot be imported: SystemExit: 1"),
        ("x = 1\n", "bad.py:1:1: it has no class derived from detector.python.PythonSignature"),
        (GOOD + "class Two(Good): pass\n", "bad.py:6:1: one signature, one file"),
        (GOOD.replace('"GOOD"', '""'), "bad.py:2:1: its metadata must be"),
        (GOOD.replace("metadata =", "about ="), "bad.py:2:1: its metadata must be"),
        (GOOD.replace("SignatureMetadata(", "dict("), "bad.py:2:1: its metadata must be"),
        (GOOD.replace("selectors =", "events ="), "bad.py:2:1: its selectors must be"),
        (GOOD.replace('Selector("openat", "container")', '"openat"'), "bad.py:2:1: its selectors"),
        (GOOD.replace('"container"', '"pod"'), "bad.py:2:1: it selects openat of pod"),
        (GOOD.replace(SELECTOR, "5"), "bad.py:2:1: its selectors must be"),
        (
            GOOD.replace('"container"', 'where=data("pathnam").is_one_of("x")'),
            "bad.py:2:1: its `where`: openat has no argument pathnam (did you mean pathname?)",
        ),
        (
            GOOD.replace('"container"', 'where=field("userid").equals(0)'),
            "bad.py:2:1: its `where` has no field userid (did you mean userId?)",
        ),
        (
            GOOD.replace('"container"', 'where=field("userId").equals("root")'),
            "bad.py:4:43: cannot be imported: TypeError: 'root' is no integer",
        ),
        (
            GOOD.replace('"container"', 'instead_of=("open",)'),
            "bad.py:2:1: openat is there instead of open, which it does not select",
        ),
        (GOOD.replace("on_event", "on_events"), "bad.py:2:1: it has no method on_event"),
    ],
)
def test_a_bad_file_costs_only_itself(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.py").write_text(text)
    (tmp_path / "good.py").write_text(GOOD)
    found = problems(tmp_path)
    assert len(found) == 1
    assert found[0].startswith(told)
    assert [one.signature.metadata.id for one in load([tmp_path])[0]] == ["GOOD"]


def test_tests_and_hidden_folders_are_no_signatures(signatures: Make, tmp_path: Path) -> None:
    for name in ("test_x.py", "x_test.py", "conftest.py", "__init__.py", ".hidden/x.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1 / 0\n")
    (tmp_path / "other.rego").write_text("")
    classes, told = load([signatures(A=QUIET)])
    assert len(classes) == 1
    assert not told


def test_equal_file_names_in_two_directories_do_not_meet(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.py").write_text(GOOD.replace("GOOD", name))
    classes, told = load([tmp_path / "one", tmp_path / "two"])
    assert not told
    assert [one.signature.metadata.id for one in classes] == ["one", "two"]
    assert len({one.signature.key for one in classes}) == 2


def test_recent_forgets_what_was_set_longest_ago() -> None:
    recent: Recent[str, int] = Recent(2)
    recent["a"] = recent["b"] = 1
    recent["a"] = 2
    recent["c"] = 3
    assert dict(recent) == {"a": 2, "c": 3}
