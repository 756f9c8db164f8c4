# SPDX-License-Identifier: Apache-2.0
"""What a shell offers to complete."""

import click

from schemas.events import BY_NAME, sets


def events(_context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    """Lists of events and sets that begin like this one: its last name is completed."""
    head, comma, name = begun.rpartition(",")
    minus = "-" if name.startswith("-") else ""
    known = sorted({"list", *BY_NAME, *sets()})
    return [f"{head}{comma}{minus}{one}" for one in known if one.startswith(name[len(minus) :])]
