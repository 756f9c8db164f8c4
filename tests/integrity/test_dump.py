# SPDX-License-Identifier: Apache-2.0
"""What cannot be dumped is said, and the rest is dumped."""

from typing import cast

import pytest

from collector.integrity.dump import Request, check
from collector.integrity.finding import Found, View
from collector.integrity.memory import Memory
from collector.integrity.symbols import Symbols


class Zeros:
    """Memory that is nothing but zeros."""

    def read(self, _address: int, size: int) -> bytes:
        return bytes(size)


def test_all_that_is_missing_is_said_in_one_message_after_the_rest() -> None:
    """As it is looked again and again, and a message said once."""
    view = View(cast("Memory", Zeros()), Symbols.read())
    found: list[Found] = []
    asked = [Request("pt_none"), Request(address=1 << 63, length=3), Request("pt_neither")]
    with pytest.raises(LookupError, match=r"no symbol pt_none; .*no symbol pt_neither$"):
        found.extend(check(view, asked))
    assert [one.args["bytes"] for one in found] == [bytes(3)]
