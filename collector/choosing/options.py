# SPDX-License-Identifier: Apache-2.0
"""The options that choose: `--events`, `--scope`, `--filter`, `--trace`, `--policy`."""

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from collector.choosing import command_line, signatures
from collector.choosing.chosen import chosen
from collector.choosing.events import Names
from collector.choosing.policy import Policy
from pytracee.service import completing
from pytracee.service.errors import OperatorError
from pytracee.service.option_group import grouped

_OPTIONS = (
    click.option(
        "-e",
        "--events",
        multiple=True,
        metavar="LIST",
        shell_complete=completing.events,
        help="Events and sets, comma-separated; * wildcards; -NAME leaves out. `list` shows all.",
    ),
    click.option(
        "-s",
        "--scope",
        multiple=True,
        metavar="EXPR",
        help="Whose activity: global, pid=, uid=, comm=, container, tree=, …; follow takes in "
        "what they start. Several: AND between kinds, OR within one.",
    ),
    click.option(
        "-f",
        "--filter",
        multiple=True,
        metavar="EXPR",
        help="What must be in an event: data.NAME=, retval=, or a scope; EVENT. before it for one "
        "event. Comma lists, *, !=, <, >, <=, >=. See docs/choosing.md.",
    ),
    click.option(
        "-t",
        "--trace",
        multiple=True,
        metavar="EXPR",
        help="All of these in one, as older command lines have it: event=, comm=, "
        "openat.pathname=.",
    ),
    click.option(
        "-p",
        "--policy",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE|DIR",
        help="Policies, in YAML: whose activity, which events, with what in them. Up to 64.",
    ),
    click.option(
        "--signatures",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="What signatures' names stand for: what detector --list --output json prints. "
        "pytracee gives it.",
    ),
)


#: makes a click command have these options, for `given`
with_options = grouped(*_OPTIONS)


def given(values: Mapping[str, Any], complaints: list[str]) -> list[Policy]:
    """The policies that the values of these options make, in the order of their bits.

    What is wrong is added to `complaints`; then they are of no use.
    """
    asked = command_line.asked(
        values["events"], values["scope"], values["filter"], values["trace"], complaints
    )
    try:
        listed = signatures.read(values["signatures"]) if values["signatures"] else []
    except OperatorError as error:
        complaints += error.complaints
        listed = []
    return chosen(asked, values["policy"], Names(listed), platform.machine(), complaints)
