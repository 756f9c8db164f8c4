# SPDX-License-Identifier: Apache-2.0
"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def hint(name: str, names: Iterable[str]) -> str:
    """` (did you mean X?)` for the one of `names` that is most like `name`, else nothing."""
    near = get_close_matches(name, list(names), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
