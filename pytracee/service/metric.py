# SPDX-License-Identifier: Apache-2.0
"""A number that `/metrics` tells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """One metric as it is now: `samples` maps the label's value ("" if it has none) to a number."""

    name: str
    help: str
    samples: dict[str, float]
    label: str = ""
    gauge: bool = False
