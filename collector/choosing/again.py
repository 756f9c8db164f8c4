# SPDX-License-Identifier: Apache-2.0
"""What was chosen, read anew: policies, the options of a configuration file, signatures."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from collector.choosing import options
from collector.choosing.policy import Policy
from collector.context import options as context_options
from pytracee.service import config
from pytracee.service.errors import OperatorError


class Again:
    """Call it for the policies that the same command line means now. It raises OperatorError."""

    def __init__(self, command: click.Command, values: Mapping[str, Any]) -> None:
        """`values`: of the command's options, in its own context."""
        self._command = command
        self._values = values
        self._arguments = sys.argv[1:]
        found: Path | None = click.get_current_context().meta.get(config.PATH)
        #: what cannot be read twice, as a pipe, stays as it was read
        self._config = found if found and found.is_file() else None

    @property
    def files(self) -> Sequence[Path]:
        """Files and folders that are read."""
        return [*self._values["policy"], *([self._config] if self._config else [])]

    @property
    def may_differ(self) -> bool:
        """Whether there is anything to be read anew."""
        return bool(self.files) or self.signed

    @property
    def signed(self) -> bool:
        """Whether signatures could be chosen."""
        return self._values["signatures"] is not None

    def __call__(self) -> Sequence[Policy]:
        complaints: list[str] = []
        values = self._options() if self._config else self._values
        policies = options.given(values, complaints)
        context_options.check(values, policies, complaints)
        if complaints:
            raise OperatorError(*complaints)
        return policies

    def _options(self) -> Mapping[str, Any]:
        try:
            with self._command.make_context("collector", list(self._arguments)) as context:
                return context.params
        except click.ClickException as error:
            raise OperatorError(error.format_message()) from None
