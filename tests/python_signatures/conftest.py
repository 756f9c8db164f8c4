# SPDX-License-Identifier: Apache-2.0
"""Signatures directories with Python files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.python_signatures.running import Running

#: `{body}` is the class's; X, Y … are the ids
_FILE = """\
from detector.python import *

class Mine(PythonSignature):
    metadata = SignatureMetadata(id={id!r}, name="Mine and Yours")
    selectors = [Selector("openat")]

{body}
"""


@pytest.fixture
def signatures(tmp_path: Path) -> Callable[..., Path]:
    """Write signatures, id → body of the class, and give their directory."""

    def make(**bodies: str) -> Path:
        for name, body in bodies.items():
            lines = "\n".join(f"    {line}" for line in body.splitlines())
            (tmp_path / f"{name}.py").write_text(_FILE.format(id=name, body=lines))
        return tmp_path

    return make


@pytest.fixture
def running(signatures: Callable[..., Path]) -> Callable[..., Running]:
    return lambda **bodies: Running(signatures(**bodies))
