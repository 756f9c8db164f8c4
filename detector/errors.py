# SPDX-License-Identifier: Apache-2.0
"""What the operator did or must do: one clear sentence, without a traceback, exit status 2."""


class OperatorError(Exception):
    """The message names the option or file, and the cure."""
