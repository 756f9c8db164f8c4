# SPDX-License-Identifier: Apache-2.0
"""Times as an operator gives them: 500ms, 5s, 1m."""

import re

from pytracee.service.errors import OperatorError

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|)", re.ASCII)
_MOST = 3600.0  # seconds


def seconds(text: str, given: str) -> float:
    """`given` is where it stands. Raises OperatorError for what is none, or more than an hour."""
    match = _DURATION.fullmatch(text)
    found = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < found <= _MOST:
        raise OperatorError(f"{given}: give a time such as 500ms, 5s or 1m")
    return found
