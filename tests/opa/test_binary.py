# SPDX-License-Identifier: Apache-2.0
"""Which OPA is taken, in which order, and what is said when none will do.

The OPAs here are shell scripts that answer `version` as OPA does: the choice is what is tested.
"""

import os
from pathlib import Path

import pytest

from detector.opa.binary import VERSION, OpaMissing, cached, locate


def write_opa(path: Path, version: str = VERSION) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!/bin/sh\n[ $1 = version ] && printf 'Version: {version}\\nPlatform: x\\n'\n"
    )
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No OPA in any of the three places."""
    monkeypatch.delenv("PYTRACEE_OPA", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_three_places_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_cache = write_opa(cached())
    assert locate() == in_cache
    on_path = write_opa(tmp_path / "bin" / "opa")
    assert locate() == on_path
    named = write_opa(tmp_path / "named")
    monkeypatch.setenv("PYTRACEE_OPA", str(named))
    assert locate() == named


def test_nothing_found_names_the_version_and_the_cure() -> None:
    with pytest.raises(OpaMissing) as caught:
        locate()
    assert str(caught.value) == (
        f"OPA {VERSION} was not found: run `detector --install-opa` (or scripts/run in a source "
        f"tree), or set PYTRACEE_OPA to the path of an OPA {VERSION}"
    )


def test_another_version_on_path_is_passed_over(tmp_path: Path) -> None:
    other = write_opa(tmp_path / "bin" / "opa", "0.70.0")
    with pytest.raises(OpaMissing, match=f"passed over: {other} is OPA 0.70.0"):
        locate()
    in_cache = write_opa(cached())
    assert locate() == in_cache


def test_a_version_is_compared_as_a_whole(tmp_path: Path) -> None:
    write_opa(tmp_path / "bin" / "opa", f"{VERSION}1")
    write_opa(cached(), f"{VERSION}-dev")
    with pytest.raises(OpaMissing):
        locate()


def test_a_named_opa_of_another_version_is_not_replaced_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_opa(cached())
    named = write_opa(tmp_path / "named", "0.70.0")
    monkeypatch.setenv("PYTRACEE_OPA", str(named))
    with pytest.raises(OpaMissing) as caught:
        locate()
    assert str(caught.value) == (
        f"PYTRACEE_OPA: {named} is OPA 0.70.0: let it name an OPA {VERSION}, "
        "or unset it and run `detector --install-opa`"
    )


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0, "cannot be run (No such file or directory)"),
        ("#!/bin/sh\n", 0o644, "cannot be run (Permission denied)"),
        ("not a program", 0o755, "cannot be run (Exec format error)"),
        ("#!/bin/sh\nexit 3\n", 0o755, "is no OPA (`version` ended with status 3)"),
        ("#!/bin/sh\necho Hello\n", 0o755, "is no OPA (`version` ended with status 0)"),
    ],
)
def test_a_named_file_that_is_no_opa(
    content: str | None,
    mode: int,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = tmp_path / "named"
    if content is not None:
        named.write_text(content)
        named.chmod(mode)
    monkeypatch.setenv("PYTRACEE_OPA", str(named))
    with pytest.raises(OpaMissing) as caught:
        locate()
    assert reason in str(caught.value)


def test_a_relative_name_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = write_opa(tmp_path / "named")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTRACEE_OPA", "named")
    found = locate()
    os.chdir("/")
    assert found == named


def test_the_cache_is_under_the_home_folder_unless_configured_absolutely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert cached() == tmp_path / ".cache" / "pytracee" / f"opa-{VERSION}" / "opa"
