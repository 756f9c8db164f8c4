# SPDX-License-Identifier: Apache-2.0
"""What the process that opens files will do for who gave up root, and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytracee.service.opener import Opener


def opened(name: str) -> int:
    return os.open(name, os.O_WRONLY | os.O_CREAT, 0o600)


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[Opener]:
    made = Opener()
    for name in ("policies", "others"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.yaml").write_text(name)
    pid = made.start([str(tmp_path / "out")], opened, [str(tmp_path / "policies")])
    yield made
    assert made._socket
    made._socket.close()
    os.waitpid(pid, 0)


def test_it_opens_what_it_was_told_to_be_written_and_to_be_read(
    opener: Opener, tmp_path: Path
) -> None:
    with open(opener.open(str(tmp_path / "out")), "wb") as file:
        file.write(b"written")
    assert (tmp_path / "out").read_bytes() == b"written"
    (tmp_path / "policies/later.yaml").write_text("later")
    folder = opener.read(str(tmp_path / "policies"))
    assert sorted(os.listdir(folder)) == ["later.yaml", "one.yaml"]
    os.close(folder)
    with open(opener.read(str(tmp_path / "policies/later.yaml")), "rb") as file:
        assert file.read() == b"later"


def test_it_opens_nothing_else(opener: Opener, tmp_path: Path) -> None:
    (tmp_path / "policies/deep").mkdir()
    (tmp_path / "policies/deep/x.yaml").touch()
    for name in ("others/one.yaml", "policies/..", "policies/deep/x.yaml", "out"):
        with pytest.raises(PermissionError):
            opener.read(str(tmp_path / name))
    for name in ("policies", "policies/one.yaml"):
        with pytest.raises(PermissionError):
            opener.open(str(tmp_path / name))
        with pytest.raises(PermissionError):
            opener.remove(str(tmp_path / name))
    with pytest.raises(FileNotFoundError):
        opener.read(str(tmp_path / "policies/none.yaml"))


def test_it_does_not_trust_who_asks(opener: Opener, tmp_path: Path) -> None:
    """As who asks may be somebody else's by now."""
    folder = str(tmp_path / "policies")
    for entry in ("../others/one.yaml", "..", "deep/x.yaml"):
        with pytest.raises(PermissionError):
            opener._ask(b"g", [folder], folder, entry)
