# SPDX-License-Identifier: Apache-2.0
"""Numbers of things, in sentences."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 event`, `2 events`; `many`: the plural that is not made with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
