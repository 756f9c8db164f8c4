# SPDX-License-Identifier: Apache-2.0
"""The table of symbols."""

from pathlib import Path

import pytest

from collector.integrity import symbols
from collector.integrity.symbols import HIDDEN, SYSTEM, Symbols, hidden_addresses

TEXT = b"""\
ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff81000100 t first
ffffffff81000100 t first_too
ffffffff81000200 T second
ffffffff81001000 T _etext
ffffffffc0000000 t inner\t[mod]
ffffffffc0000080 t other\t[mod]
ffffffffc0100000 t bpf_prog_1\t[bpf]
ffffffffc0000040 t second\t[mod]
"""
MODULES = {"mod": range(0xFFFFFFFFC0000000, 0xFFFFFFFFC0002000)}


@pytest.fixture
def table() -> Symbols:
    return Symbols(TEXT, MODULES)


def test_an_address_by_name_and_owner(table: Symbols) -> None:
    assert table.address("second") == 0xFFFFFFFF81000200
    assert table.address("second", "mod") == 0xFFFFFFFFC0000040
    assert table.address("inner") is None
    assert table.address("irst") is None
    assert table.text == range(0xFFFFFFFF81000000, 0xFFFFFFFF81001000)


@pytest.mark.parametrize(
    ("address", "name", "owner"),
    [
        (0xFFFFFFFF81000100, "first", SYSTEM),
        (0xFFFFFFFF810001FF, "first", SYSTEM),
        (0xFFFFFFFF81000200, "second", SYSTEM),
        (0xFFFFFFFF81001000, "", HIDDEN),  # behind the kernel's code
        (0xFFFFFFFF80FFFFFF, "", HIDDEN),
        (0xFFFFFFFFC0000044, "second", "mod"),
        (0xFFFFFFFFC0001FFF, "other", "mod"),
        (0xFFFFFFFFC0002000, "", HIDDEN),  # behind the module
        (0xFFFFFFFFC0100000, "bpf_prog_1", "bpf"),
        (0xFFFFFFFFC0100001, "", HIDDEN),
        (0, "", HIDDEN),
    ],
)
def test_what_lies_at_an_address(table: Symbols, address: int, name: str, owner: str) -> None:
    found = table.at(address)
    assert (found.name, found.owner) == (name, owner)


def test_where_the_code_lies_must_be_known() -> None:
    with pytest.raises(LookupError, match="does not say where the kernel's code lies"):
        _ = Symbols(b"0000000000000000 T _stext\n", {}).text


def test_hidden_addresses_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "kallsyms"
    monkeypatch.setattr(symbols, "KALLSYMS", path)
    assert "No such file" in hidden_addresses()
    path.write_text("0000000000000000 T _stext\n" * 20)
    assert "kernel.kptr_restrict=1" in hidden_addresses()
    path.write_bytes(TEXT)
    assert hidden_addresses() == ""
