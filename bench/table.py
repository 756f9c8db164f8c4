# SPDX-License-Identifier: Apache-2.0
"""Results as a table and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bench.section import Figure, Missing, Result, number

_HEAD = ("figure", "value", "unit", "runs", "target", "met", "note")
_RIGHT = {1, 3}  # columns of numbers
_MET = {True: "yes", False: "NO", None: ""}


def table(results: Mapping[str, Result]) -> str:
    """One aligned table of all sections; below it what could not be measured."""
    rows: list[tuple[str, ...]] = [_HEAD]
    for section, result in results.items():
        rows.append((f"[{section}]", *[""] * (len(_HEAD) - 1)))
        rows += [_row(one) for one in result if isinstance(one, Figure)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(_cell, range(len(row)), row, widths)).rstrip() for row in rows]
    missing = [one for result in results.values() for one in result if isinstance(one, Missing)]
    return "\n".join(lines + [f"not measured: {one.name}: {one.reason}" for one in missing])


def _row(figure: Figure) -> tuple[str, ...]:
    spread = (
        f"{number(min(figure.runs))}–{number(max(figure.runs))}" if len(figure.runs) > 1 else ""
    )
    target = str(figure.target) if figure.target else ""
    value, met = number(figure.value), _MET[figure.met]
    return (figure.name, value, figure.unit, spread, target, met, figure.note)


def _cell(column: int, text: str, width: int) -> str:
    return text.rjust(width) if column in _RIGHT else text.ljust(width)


def document(machine: Mapping[str, Any], quick: bool, results: Mapping[str, Result]) -> Any:
    """{machine, quick, figures: [{section, name, value, unit, target, met, runs, note}],
    not_measured: [{section, name, reason}]}"""
    every = [(section, one) for section, result in results.items() for one in result]
    return {
        "machine": machine,
        "quick": quick,
        "figures": [
            {"section": section, **asdict(one), "target": _target(one), "met": one.met}
            for section, one in every
            if isinstance(one, Figure)
        ],
        "not_measured": [
            {"section": section, **asdict(one)}
            for section, one in every
            if isinstance(one, Missing)
        ],
    }


def _target(figure: Figure) -> str | None:
    return str(figure.target) if figure.target else None
