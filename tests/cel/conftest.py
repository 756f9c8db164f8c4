# SPDX-License-Identifier: Apache-2.0
"""Signatures directories with YAML files."""

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and give its directory."""

    def make(text: str) -> Path:
        (tmp_path / "file.yaml").write_text(text)
        return tmp_path

    return make
