# SPDX-License-Identifier: Apache-2.0
"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

_CANDIDATES = 5


def hint(name: str, names: Iterable[str]) -> str:
    """` (did you mean X?)` for the one of `names` that is most like `name`, else nothing.

    Of several that are alike in as many letters it is the one that is as long.
    """

    def unlike(near: str) -> tuple[float, int]:
        return -SequenceMatcher(None, near, name).ratio(), abs(len(near) - len(name))

    near = get_close_matches(name, list(names), n=_CANDIDATES)
    return f" (did you mean {min(near, key=unlike)}?)" if near else ""
