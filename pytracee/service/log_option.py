# SPDX-License-Identifier: Apache-2.0
"""`--log`, the same for all commands."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pytracee.service.notices import LEVELS, SETTING

_F = TypeVar("_F", bound=Callable[..., Any])


def with_option(command: _F) -> _F:
    """A click command with --log, whose words are for notices.log_of."""
    return click.option(
        "--log",
        multiple=True,
        envvar=SETTING,
        show_envvar=True,
        metavar="LEVEL|option:…",
        help=f"{', '.join(LEVELS)}: what is told, and what matters more. option:log-file=FILE for "
        "it; option:log-format=json. Default: info.",
    )(command)
