# SPDX-License-Identifier: Apache-2.0
"""What a section of the measurements takes and gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


class NotHere(Exception):
    """This machine lacks what a figure needs; the text says what, and the cure."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the figure ought to be: at least, or at most, `bound`."""

    bound: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {number(self.bound)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `runs`: what the repeated runs gave; `value` is their median unless
    `note` says otherwise."""

    name: str
    value: float
    unit: str
    target: Target | None = None
    runs: tuple[float, ...] = ()
    note: str = ""

    @property
    def met(self) -> bool | None:
        return self.target.met(self.value) if self.target else None


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that could not be had here, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Setting:
    """How to measure: `folder` is for files of this run, `quick` asks for few and short runs.

    `peer` is the command of another detector, "" for none.
    """

    folder: Path
    quick: bool
    peer: str = ""

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full


Result = Sequence[Figure | Missing]
Section = Callable[[Setting], Result]


def middle(
    name: str, runs: Sequence[float], unit: str, target: Target | None = None, note: str = ""
) -> Figure:
    """The median of repeated runs."""
    return Figure(name, median(runs), unit, target, tuple(runs), note)


def number(value: float) -> str:
    """Three digits where there are few, thousands in groups where there are many."""
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
