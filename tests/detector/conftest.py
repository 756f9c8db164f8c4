# SPDX-License-Identifier: Apache-2.0
"""What the detector's tests share: the real OPA, the real program, and small signatures."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.opa.binary import locate

DETECTOR = [sys.executable, "-P", "-m", "detector"]
_WAITING = re.compile(
    r"^detector: not in this stream, so these signatures wait:\n(    .*\n)+", re.MULTILINE
)


def besides_waiting(said: str) -> str:
    """What the program said, without the lines on shipped signatures that this stream cannot serve.

    Most streams of tests have the events of few signatures.
    """
    return _WAITING.sub("", said)


@pytest.fixture(scope="session")
def opa() -> Path:
    return locate()


@pytest.fixture
def detector(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the program to its end, in an empty folder. Its standard input is `stdin`."""

    def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*DETECTOR, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=os.environ,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


@pytest.fixture
def signatures(tmp_path: Path) -> Callable[..., Path]:
    """Make a signatures directory; `files` are file name → Rego text."""

    def make(name: str = "signatures", /, **files: str) -> Path:
        directory = tmp_path / name
        directory.mkdir(exist_ok=True)
        for stem, text in files.items():
            (directory / f"{stem}.rego").write_text(text)
        return directory

    return make
