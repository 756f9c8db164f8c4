# SPDX-License-Identifier: Apache-2.0
"""Values of events that may be missing, or of another type than they should be: lines of JSON may
say anything.
"""

from typing import Any


def texts(value: Any) -> list[str]:
    """The texts of a list (argv, env); none of what is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def integer(value: Any) -> int | None:
    """None for what is none, and for true and false."""
    return value if type(value) is int else None
